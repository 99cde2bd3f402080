"""Taking a campaign out of the bin: back to where it was, or away for good (spec C 5.6).

Its tiers and stacks come back with it. Its vouchers are entries of their own: they come back after it, one by one.
"""

from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.binned import Deed
from patron.db.rows import Rows
from patron.domains.campaigns.actions.delete import blank
from patron.domains.campaigns.store import BINNED_NAME, PURGE_DAYS
from patron.domains.promotions import held, purge_with, restore_with, want_promotion
from patron.domains.validation_rules import unassign, want_unassignment
from patron.domains.validation_rules.model import CAMPAIGN
from patron.domains.vouchers import CAMPAIGN_NAMES, CAMPAIGN_TOTALS, CAMPAIGNS, Campaign
from patron.kernel.problems import not_found


async def _gather_restore(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    await want_promotion(read, ctx, wants, body.id, binned=True)
    return wants


def _restore(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    campaign = _found(rows, ctx, body)
    of = held(rows, ctx, campaign.id, binned=True)
    if of is None:
        return More()
    version = rows.next_version()
    rows.put(CAMPAIGNS, replace(campaign, deleted_at=None, in_bin=0, updated_at=ctx.now, version=version))
    restore_with(rows, of, version)
    return Reply(204)


async def _gather_purge(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    await want_promotion(read, ctx, wants, body.id, binned=True)
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, body.id), to_delete=True)
    entry = {"project_id": ctx.project_id, "id": body.id, "deleted_at": body.deleted_at}
    name = await read.one(BINNED_NAME, **entry)
    if name is None:
        raise not_found("bin_entry", body.entry_id)
    wants.lock(CAMPAIGN_NAMES, (ctx.project_id, name), to_delete=True)
    want_unassignment(ctx, wants, CAMPAIGN, body.id)
    wants.do(PURGE_DAYS, **entry)
    return wants


def _purge(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    campaign = _found(rows, ctx, body)
    of = held(rows, ctx, campaign.id, binned=True)
    if of is None:
        return More()
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign.id))
    name = rows.get(CAMPAIGN_NAMES, (ctx.project_id, campaign.name))
    if totals is not None:
        rows.remove(CAMPAIGN_TOTALS, totals)
    if name is not None:
        rows.remove(CAMPAIGN_NAMES, name)
    unassign(rows, ctx, CAMPAIGN, campaign.id)
    rows.put(CAMPAIGNS, replace(blank(campaign), in_bin=0))
    purge_with(rows, of)
    return Reply(204)


def _found(rows: Rows, ctx: Ctx, body: Deed) -> Campaign:
    """The campaign in the bin. Problem 404 where it is not there any more, or there anew."""
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, body.id))
    if campaign is None or not campaign.in_bin or campaign.deleted_at != body.deleted_at:
        raise not_found("bin_entry", body.entry_id)
    return campaign


RESTORE = Action("campaigns.restore", _gather_restore, _restore)
"""Body: `Deed`. Answers 204; Problem 404 for what is not in the bin."""

PURGE = Action("campaigns.purge", _gather_purge, _purge)
"""Body: `Deed`. Answers 204; the name is free then. Problem 404 for what is not in the bin."""
