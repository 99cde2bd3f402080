"""Giving codes to a customer: the customer, the codes, what is kept of it and what is told of it, in one unit.

Codes that cannot be given are a refusal that is kept, as a publication that failed (docs/publications.md).
"""

from patron.db.actions import Action, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import missing, upsert, want_upsert, who
from patron.domains.customers.model import CUSTOMERS, Customer
from patron.domains.events.model import PUBLICATION_PREFIX, PUBLICATIONS, Publication
from patron.domains.metadata_schemas import check_metadata_schema
from patron.domains.publications.actions.again import given as given_before
from patron.domains.publications.actions.again import want_given
from patron.domains.publications.actions.choose import Chosen, choose, want_vouchers
from patron.domains.publications.actions.tell import answer, record_publication, refuse
from patron.domains.publications.model import (
    LIST,
    MEMBERSHIPS,
    PUBLICATION_KEYS,
    PUBLICATION_VOUCHERS,
    Membership,
    PublicationKey,
    PublicationVoucher,
)
from patron.domains.publications.policy import Given, Publish, end_of, new_publication
from patron.domains.publications.store import KEY
from patron.domains.vouchers import Campaign, Campaigns, publish
from patron.domains.vouchers.model import VOUCHERS, Voucher
from patron.kernel.problems import Problem, duplicate_source_id


async def _gather(read: Read, ctx: Ctx, body: Publish) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    customer_id = await want_upsert(read, ctx, wants, body.customer)
    if body.source_id is not None:
        wants.make(PUBLICATION_KEYS, PublicationKey(ctx.project_id, body.source_id, None, None, "", ""))
        key = await read.one(KEY, project_id=ctx.project_id, source_id=body.source_id)
        if key is not None and key.publication_id is not None:
            want_given(ctx, wants, key.publication_id, key.code)
            return wants
    await want_vouchers(read, ctx, wants, body, customer_id)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Publish) -> Outcome:
    check_metadata_schema(rows.rulebook, "publication", body.metadata)
    lacking = missing(rows, ctx, body.customer)
    if lacking is not None:
        return Need(lacking)
    customer_id = who(rows, ctx, body.customer)
    repeated = _repeated(rows, ctx, body, customer_id)
    if repeated is not None:
        return repeated
    chosen = choose(rows, ctx, body, customer_id)
    if isinstance(chosen, Need | More):
        return chosen
    customer = upsert(rows, ctx, body.customer)
    if chosen.refusal is not None:
        return _fail(rows, ctx, body, customer, chosen, chosen.refusal)
    if chosen.before is not None:
        return answer(rows, ctx, chosen.before, customer, chosen.vouchers[0])
    return _give(rows, ctx, body, customer, chosen)


def _repeated(rows: Rows, ctx: Ctx, body: Publish, customer_id: str) -> Outcome | None:
    """The first answer once more, where this source_id has been used; None: it has not.

    Problem 400 where it was used for somebody or something else.
    """
    if body.source_id is None:
        return None
    key = rows.get(PUBLICATION_KEYS, (ctx.project_id, body.source_id))
    if key is None or key.publication_id is None:
        return None
    before = given_before(rows, ctx, key.publication_id, key.code)
    if isinstance(before, Need):
        return before
    publication, voucher = before
    if key.customer_id != customer_id or key.asked not in _names(rows, body, voucher):
        raise duplicate_source_id(f"Publication with source_id: '{body.source_id}' already exists")
    customer = rows.get(CUSTOMERS, (ctx.project_id, customer_id))
    assert publication is not None
    assert customer is not None
    return answer(rows, ctx, publication, customer, voucher)


def _names(rows: Rows, body: Publish, voucher: Voucher | None) -> tuple[str | None, ...]:
    """What a source_id would be kept with, for this: the voucher's code, or the campaign's id."""
    if body.voucher is not None:
        return body.voucher, voucher.code if voucher and body.voucher == voucher.id else None
    campaign = Campaigns.of(rows.rulebook).find(body.campaign or "")
    return (None if campaign is None else campaign.id,)


def _give(rows: Rows, ctx: Ctx, body: Publish, customer: Customer, chosen: Chosen) -> Reply:
    """Give these vouchers away: they are the customer's now, and their publication is kept and told."""
    campaign = chosen.campaign
    until = None if campaign is None or campaign.lifetime is None else end_of(ctx.now, campaign.lifetime)
    vouchers = [publish(rows, ctx, voucher, customer.id, expires_at=until) for voucher in chosen.vouchers]
    publication = _keep(rows, ctx, body, Given(ctx.id(PUBLICATION_PREFIX), customer, vouchers, campaign))
    if body.source_id is not None:
        asked = publication.code if body.voucher or campaign is None else campaign.id
        rows.put(
            PUBLICATION_KEYS,
            PublicationKey(ctx.project_id, body.source_id, publication.id, customer.id, asked, publication.code),
        )
    if campaign is not None:
        _join(rows, ctx, publication, campaign, vouchers[0])
    record_publication(rows, ctx, publication, customer, vouchers)
    return answer(rows, ctx, publication, customer, vouchers[0])


def _join(rows: Rows, ctx: Ctx, publication: Publication, campaign: Campaign, voucher: Voucher) -> None:
    """Note what the customer has of a campaign, if it is the first, or the first one was deleted."""
    key = (ctx.project_id, publication.customer_id, campaign.id)
    before = rows.get(MEMBERSHIPS, key)
    if before is not None and not _is_gone(rows, ctx, before):
        return
    after = Membership(*key, publication.id, voucher.code, voucher.id)
    (rows.add if before is None else rows.put)(MEMBERSHIPS, after)


def _is_gone(rows: Rows, ctx: Ctx, membership: Membership) -> bool:
    """Whether that voucher was deleted, as far as it was looked at: it is where it matters."""
    key = (ctx.project_id, membership.code)
    if not rows.knows(VOUCHERS, key):
        return False
    voucher = rows.get(VOUCHERS, key)
    return voucher is None or voucher.id != membership.voucher_id


def _fail(rows: Rows, ctx: Ctx, body: Publish, customer: Customer, chosen: Chosen, problem: Problem) -> Reply:
    """Keep and tell that nothing could be given, and why; the source_id is not used up by it."""
    given = Given(ctx.id(PUBLICATION_PREFIX), customer, chosen.vouchers, chosen.campaign, problem)
    publication = _keep(rows, ctx, body, given)
    record_publication(rows, ctx, publication, customer, chosen.vouchers)
    return refuse(ctx, publication, problem)


def _keep(rows: Rows, ctx: Ctx, body: Publish, given: Given) -> Publication:
    publication = new_publication(given, body, ctx.now)
    rows.add(PUBLICATIONS, publication)
    was_given = int(given.refusal is None)
    for voucher in given.vouchers:
        kept = PublicationVoucher(ctx.project_id, voucher.code, publication.id, voucher.id, was_given)
        rows.add(PUBLICATION_VOUCHERS, kept)
    rows.count(LIST, 1)
    return publication


PUBLISH = Action("publications.publish", _gather, _apply)
"""Body: `Publish`. Answers 200 with the publication; with 400, which is kept as a publication that failed, where no
code can be given. Problem 404 for an unknown customer, voucher or campaign, 400 for a source_id that was used for
something else.
"""
