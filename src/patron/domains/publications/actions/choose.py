"""Which codes a publication gives away: the one that was asked for, or free ones of a campaign.

Free codes are drawn: no two units see the same. Where too few are free, codes that other units hold may become free
again, so none is refused before the last of them is known to be gone (docs/publications.md).
"""

import msgspec
from msgspec.structs import replace

from patron.db.actions import Ctx, More, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.campaigns import pool_of
from patron.domains.events.model import Publication
from patron.domains.publications.actions.again import given, want_given
from patron.domains.publications.actions.draw import Short, draw, lacking_for, want_draw
from patron.domains.publications.model import MEMBERSHIPS
from patron.domains.publications.policy import Publish, unusable
from patron.domains.publications.store import MEMBERSHIP
from patron.domains.vouchers import (
    ONLY_CODE_OF,
    PUBLISHABLE,
    STANDALONE,
    Campaign,
    Campaigns,
    check_has_vouchers,
    find,
    find_campaign,
    found,
    missing,
    unknown_campaign,
    want,
    want_holder,
)
from patron.domains.vouchers.model import VOUCHERS, Voucher
from patron.kernel.incentive_problems import (
    missing_vouchers,
    no_voucher_suitable_for_publication,
    too_many_vouchers_requested,
    voucher_already_published,
    voucher_cannot_be_published,
)
from patron.kernel.problems import Problem, not_found


class Chosen(msgspec.Struct, frozen=True):
    """What a publication comes to.

    Either the vouchers that are to be given away; or `before`, the publication that gave the customer the one voucher
    (first of `vouchers`) that there is for each; or why nothing is, and the voucher that was asked for.
    """

    campaign: Campaign | None
    vouchers: list[Voucher]
    before: Publication | None = None
    refusal: Problem | None = None


async def of_one_code(read: Read, project_id: str, body: Publish) -> Publish:
    """What was asked for, with the code where it is a campaign that has one for all.

    Problem 400 for several of it, or a campaign that has no vouchers.
    """
    if body.campaign is None or body.voucher is not None:
        return body
    campaign = await find_campaign(read, project_id, body.campaign)
    check_has_vouchers(campaign)
    if campaign.type != STANDALONE:
        return body
    if body.count > 1:
        raise too_many_vouchers_requested("campaign.count: expected 1, as the campaign has one code for all")
    code = await read.one(ONLY_CODE_OF, project_id=project_id, campaign_id=campaign.id)
    return replace(body, voucher=code)


async def want_vouchers(read: Read, ctx: Ctx, wants: Wants, body: Publish, customer_id: str) -> None:
    """Name the vouchers that may be given away, and what this customer has of their campaign. Problem 404."""
    if body.voucher is not None:
        voucher, _, _ = await find(read, ctx.project_id, body.voucher)
        await want_holder(read, ctx, wants, await want(read, ctx, wants, body.voucher))
        campaign_id = voucher.campaign_id
        campaign = None if campaign_id is None else Campaigns.of(read.rulebook).find(campaign_id)
    else:
        campaign = await find_campaign(read, ctx.project_id, body.campaign or "")
        await want_draw(read, ctx, wants, campaign, body.count)
        campaign_id = campaign.id
    if campaign_id is None:
        return
    wants.lock(MEMBERSHIPS, (ctx.project_id, customer_id, campaign_id))
    if body.join_once or (campaign is not None and campaign.join_once):
        await _want_before(read, ctx, wants, customer_id, campaign_id)


async def _want_before(read: Read, ctx: Ctx, wants: Wants, customer_id: str, campaign_id: str) -> None:
    known = await read.one(MEMBERSHIP, project_id=ctx.project_id, customer_id=customer_id, campaign_id=campaign_id)
    if known is not None:
        want_given(ctx, wants, known.publication_id, known.code)


def choose(rows: Rows, ctx: Ctx, body: Publish, customer_id: str) -> Chosen | Need | More:
    """What to give to this customer. Problem 404, and 400 for several codes where each customer has one."""
    if body.voucher is not None:
        return _choose_named(rows, ctx, body, customer_id, body.voucher)
    campaign = _campaign(rows, body.campaign or "")
    if not rows.has_drawn(PUBLISHABLE, **pool_of(ctx, campaign)):
        return More()
    before = _before(rows, ctx, body, customer_id, campaign)
    if before is not None:
        return before
    drawn = draw(rows, ctx, campaign, body.count)
    if isinstance(drawn, More):
        return drawn
    if not isinstance(drawn, Short):
        return Chosen(campaign, drawn)
    return lacking_for(rows, ctx, campaign) or Chosen(campaign, [], refusal=_too_few(campaign, body.count, drawn.left))


def _choose_named(rows: Rows, ctx: Ctx, body: Publish, customer_id: str, reference: str) -> Chosen | Need | More:
    if not rows.knows(VOUCHERS, (ctx.project_id, reference)):
        return More()
    voucher = found(rows, ctx, reference)
    lacking = missing(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    campaign = None if voucher.campaign_id is None else _campaign(rows, voucher.campaign_id)
    if body.campaign is not None and (campaign is None or body.campaign not in (campaign.id, campaign.name)):
        raise not_found("voucher", reference)
    if campaign is not None:
        before = _before(rows, ctx, body, customer_id, campaign)
        if isinstance(before, Need | More):
            return before
        if before is not None:
            return before if before.vouchers[0].code == voucher.code else _has_another(before, voucher)
    is_for_one = campaign is None or campaign.type != STANDALONE
    refusal = voucher_already_published(voucher.code) if is_for_one and voucher.publish_count else None
    return Chosen(campaign, [voucher], refusal=refusal or unusable(voucher, ctx.now))


def _campaign(rows: Rows, reference: str) -> Campaign:
    campaign = Campaigns.of(rows.rulebook).find(reference)
    if campaign is None:
        raise unknown_campaign(reference)
    return campaign


def _before(rows: Rows, ctx: Ctx, body: Publish, customer_id: str, campaign: Campaign) -> Chosen | Need | More | None:
    """What the customer has of a campaign, where that is all that they get; None: nothing yet, or they get more."""
    key = (ctx.project_id, customer_id, campaign.id)
    if not rows.knows(MEMBERSHIPS, key):
        return More()
    if campaign.type == STANDALONE or not (campaign.join_once or body.join_once):
        return None
    if body.count > 1:
        raise too_many_vouchers_requested("campaign.count: expected 1, as each customer gets one code of it")
    membership = rows.get(MEMBERSHIPS, key)
    if membership is None:
        return None
    before = given(rows, ctx, membership.publication_id, membership.code)
    if isinstance(before, Need):
        return before
    publication, voucher = before
    if publication is None or voucher is None or voucher.id != membership.voucher_id:
        return None
    return Chosen(campaign, [voucher], before=publication)


def _has_another(before: Chosen, voucher: Voucher) -> Chosen:
    code = before.vouchers[0].code
    problem = voucher_cannot_be_published(f"Customer has already joined the campaign, and has its code '{code}'")
    return Chosen(before.campaign, [voucher], refusal=problem)


def _too_few(campaign: Campaign, n: int, left: int) -> Problem:
    if left:
        return missing_vouchers(f"campaign.count: expected at most {left}, as no more codes of it are left; got {n}")
    return no_voucher_suitable_for_publication(
        f"Campaign '{campaign.name}' has no code left to give away; one of type AUTO_UPDATE makes new ones"
    )
