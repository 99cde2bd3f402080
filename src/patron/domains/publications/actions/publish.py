"""Giving codes to a customer: the customer, the codes, what is kept of it and what is told of it, in one unit.

Codes that cannot be given are a refusal that is kept, as a publication that failed (docs/publications.md).
"""

from patron.db.actions import Action, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import missing, upsert, want_upsert, who
from patron.domains.customers.model import CUSTOMERS, Customer
from patron.domains.metadata_schemas import check_metadata_schema
from patron.domains.publications.actions.again import given, want_given
from patron.domains.publications.actions.choose import Refused, choose, want_vouchers
from patron.domains.publications.actions.tell import answer, record_publication, refuse
from patron.domains.publications.model import (
    LIST,
    PREFIX,
    PUBLICATION_KEYS,
    PUBLICATION_VOUCHERS,
    PUBLICATIONS,
    Publication,
    PublicationKey,
    PublicationVoucher,
)
from patron.domains.publications.policy import Given, Publish, new_publication
from patron.domains.publications.store import KEY
from patron.domains.vouchers import publish
from patron.domains.vouchers.model import Voucher
from patron.kernel.problems import duplicate_source_id


async def _gather(read: Read, ctx: Ctx, body: Publish) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    await want_upsert(read, ctx, wants, body.customer)
    if body.source_id is not None:
        wants.make(PUBLICATION_KEYS, PublicationKey(ctx.project_id, body.source_id, None, None, "", ""))
        key = await read.one(KEY, project_id=ctx.project_id, source_id=body.source_id)
        if key is not None and key.publication_id is not None:
            want_given(ctx, wants, key.publication_id, key.code)
            return wants
    await want_vouchers(read, ctx, wants, body)
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
    chosen = choose(rows, ctx, body)
    if isinstance(chosen, Need | More):
        return chosen
    customer = upsert(rows, ctx, body.customer)
    if isinstance(chosen, Refused):
        return _fail(rows, ctx, body, customer, chosen)
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
    before = given(rows, ctx, key.publication_id, key.code)
    if isinstance(before, Need):
        return before
    publication, voucher = before
    names = {key.asked} if voucher is None or body.voucher is None else {key.asked, voucher.id}
    if key.customer_id != customer_id or (body.voucher or body.campaign) not in names:
        raise duplicate_source_id(f"Publication with source_id: '{body.source_id}' already exists")
    customer = rows.get(CUSTOMERS, (ctx.project_id, customer_id))
    assert publication is not None
    assert customer is not None
    return answer(rows, ctx, publication, customer, voucher)


def _give(rows: Rows, ctx: Ctx, body: Publish, customer: Customer, chosen: list[Voucher]) -> Reply:
    """Give these vouchers away: they are the customer's now, and their publication is kept and told."""
    vouchers = [publish(rows, ctx, voucher, customer.id) for voucher in chosen]
    publication = _keep(rows, ctx, body, Given(ctx.id(PREFIX), customer, vouchers, None, None))
    if body.source_id is not None:
        asked = body.campaign if body.voucher is None else publication.code
        key = PublicationKey(ctx.project_id, body.source_id, publication.id, customer.id, asked or "", publication.code)
        rows.put(PUBLICATION_KEYS, key)
    record_publication(rows, ctx, publication, customer, vouchers)
    return answer(rows, ctx, publication, customer, vouchers[0])


def _fail(rows: Rows, ctx: Ctx, body: Publish, customer: Customer, refused: Refused) -> Reply:
    """Keep and tell that nothing could be given, and why; the source_id is not used up by it."""
    vouchers = [] if refused.voucher is None else [refused.voucher]
    publication = _keep(rows, ctx, body, Given(ctx.id(PREFIX), customer, vouchers, None, None, refused.problem))
    record_publication(rows, ctx, publication, customer, vouchers)
    return refuse(ctx, publication, refused.problem)


def _keep(rows: Rows, ctx: Ctx, body: Publish, given_: Given) -> Publication:
    publication = new_publication(given_, body, ctx.now)
    rows.add(PUBLICATIONS, publication)
    for voucher in given_.vouchers:
        kept = PublicationVoucher(ctx.project_id, voucher.code, publication.id, voucher.id, int(given_.refusal is None))
        rows.add(PUBLICATION_VOUCHERS, kept)
    rows.count(LIST, 1)
    return publication


PUBLISH = Action("publications.publish", _gather, _apply)
"""Body: `Publish`. Answers 200 with the publication; with 400, which is kept as a publication that failed, where no
code can be given. Problem 404 for an unknown customer, voucher or campaign, 400 for a source_id that was used for
something else.
"""
