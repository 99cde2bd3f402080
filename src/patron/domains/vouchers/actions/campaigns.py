"""What a write of vouchers does to their campaign: it is locked while vouchers come to it, and its counts move.

Whoever adds vouchers locks the campaign's own row: so one that is deleted takes none any more, from the moment of its
deletion on, and each new voucher is of the template as it is then.
"""

from typing import Any

from msgspec.structs import replace

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains import events
from patron.domains.vouchers.campaign import (
    CAMPAIGN_DAYS,
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    Campaign,
    CampaignDay,
    Campaigns,
    day_of,
)
from patron.domains.vouchers.model import Voucher
from patron.domains.vouchers.of_campaign import CAMPAIGN_BY_ID, CAMPAIGN_BY_NAME, CAMPAIGN_OF
from patron.kernel.problems import Problem, not_found, resource_protected


async def find_campaign(read: Read, project_id: str, reference: str) -> Campaign:
    """The campaign with this id or name, which may be a second old; an id wins. Problem 404."""
    campaign = await known_campaign(read, project_id, reference)
    if campaign is None:
        raise unknown_campaign(reference)
    return campaign


async def known_campaign(read: Read, project_id: str, reference: str) -> Campaign | None:
    """As `find_campaign`; None where there is none."""
    campaign = Campaigns.of(read.rulebook).find(reference)
    if campaign is None:
        campaign = await read.one(CAMPAIGN_BY_ID, project_id=project_id, id=reference)
    if campaign is None:
        campaign = await read.one(CAMPAIGN_BY_NAME, project_id=project_id, name=reference)
    return campaign


def want_additions(ctx: Ctx, wants: Wants, campaign_id: str) -> None:
    """Name the rows of a campaign that vouchers are to be added to."""
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign_id))
    want_counts(ctx, wants, campaign_id)


def taking(rows: Rows, ctx: Ctx, campaign_id: str) -> Campaign:
    """The campaign that vouchers are added to, under lock. Problem 404 for one that was deleted meanwhile."""
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, campaign_id))
    if campaign is None or campaign.deleted_at is not None:
        raise unknown_campaign(campaign_id)
    return campaign


def lock_campaign(rows: Rows, ctx: Ctx, reference: str) -> Campaign | None:
    """The campaign with this id or name, where `want_additions` named it; None where the name leads to another by now.

    Problem 404 for one that is not there any more.
    """
    campaign = Campaigns.of(rows.rulebook).find(reference)
    if campaign is None:
        raise unknown_campaign(reference)
    return taking(rows, ctx, campaign.id) if rows.knows(CAMPAIGNS, (ctx.project_id, campaign.id)) else None


def want_counts(ctx: Ctx, wants: Wants, campaign_id: str) -> None:
    """Name the counts of a campaign: how many vouchers it has, and what happened in it today."""
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, campaign_id))
    wants.find_or_make(CAMPAIGN_DAYS, CampaignDay(ctx.project_id, campaign_id, day_of(ctx.now)))


async def want_counts_of(read: Read, ctx: Ctx, wants: Wants, code: str) -> None:
    """Name the counts of the campaign of the voucher with this code, if it is of any."""
    campaign_id = await read.one(CAMPAIGN_OF, project_id=ctx.project_id, code=code)
    if campaign_id is not None:
        want_counts(ctx, wants, campaign_id)


def missing_counts(rows: Rows, ctx: Ctx, voucher: Voucher) -> Wants | None:
    """The counts that `want_counts_of` did not name, as the code has become another voucher's; None: all are named."""
    if voucher.campaign_id is None or rows.knows(CAMPAIGN_TOTALS, (ctx.project_id, voucher.campaign_id)):
        return None
    wants = Wants()
    want_counts(ctx, wants, voucher.campaign_id)
    return wants


def counted(rows: Rows, ctx: Ctx, campaign_id: str | None, *, vouchers: int = 0, **moves: int) -> None:
    """Move the counts of a campaign (None: of none): by so many `vouchers`, and by what happened today.

    `moves` are fields of `CampaignDay`; vouchers that came or went are noted among them.
    """
    if campaign_id is None:
        return
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign_id))
    if totals is None:
        return
    if vouchers:
        rows.put(CAMPAIGN_TOTALS, replace(totals, vouchers_count=totals.vouchers_count + vouchers))
        moves["vouchers_created" if vouchers > 0 else "vouchers_deleted"] = abs(vouchers)
    day = rows.get(CAMPAIGN_DAYS, (ctx.project_id, campaign_id, day_of(ctx.now)))
    assert day is not None
    after: dict[str, Any] = {field: getattr(day, field) + amount for field, amount in moves.items() if amount}
    if after:
        rows.put(CAMPAIGN_DAYS, replace(day, **after))


def check_unprotected(rows: Rows, voucher: Voucher) -> None:
    """Refuse to change or delete a voucher whose campaign is protected. Problem 400 (spec I 2.1)."""
    campaign = Campaigns.of(rows.rulebook).find(voucher.campaign_id) if voucher.campaign_id else None
    if campaign is not None and campaign.protected:
        raise resource_protected("campaign", campaign.id)


def told_campaign(rows: Rows, voucher: Voucher) -> events.Campaign | None:
    """The campaign of a voucher as feeds tell it; None for none, or none any more."""
    campaign = Campaigns.of(rows.rulebook).find(voucher.campaign_id) if voucher.campaign_id else None
    return None if campaign is None else events.Campaign(campaign.id, campaign.campaign_type, campaign.name)


def unknown_campaign(reference: str) -> Problem:
    """404 in the reference's words."""
    return not_found("campaign", reference)
