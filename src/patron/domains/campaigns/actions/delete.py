"""Deleting a campaign (spec I 2.2): it and its tiers are gone at once, its vouchers by a job: binned or for good."""

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import ActionWork, advance, begin, found, want_step
from patron.domains.async_actions.model import AsyncAction, Step
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.campaigns.actions.rolling import Ending, Pace, Rolling, told
from patron.domains.campaigns.model import Deleting
from patron.domains.promotions import NOTHING_HELD, end_with, held, want_promotion
from patron.domains.validation_rules import unassign, want_unassignment
from patron.domains.validation_rules.model import CAMPAIGN
from patron.domains.vouchers import (
    CAMPAIGN_NAMES,
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    CODES_AFTER,
    DELETE_DAYS,
    PROMOTION,
    Campaign,
    destroy,
    find_campaign,
    lock_campaign,
    missing,
    put_in_bin,
    want_deletions,
)
from patron.domains.vouchers.model import VOUCHERS, Voucher
from patron.kernel.problems import resource_protected
from patron.queue.jobs import enqueue

VOUCHERS_OF_A_CHUNK = 100
"""Each may be in its holder's feed and move their totals."""

_options = msgspec.json.Decoder(Deleting).decode


class Delete(msgspec.Struct, frozen=True):
    """Delete the campaign with this id or name: for good, or into the bin."""

    reference: str
    force: bool


async def _gather(read: Read, ctx: Ctx, body: Delete) -> Wants:
    campaign = await find_campaign(read, ctx.project_id, body.reference)
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign.id))
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, campaign.id))
    wants.lock(CAMPAIGN_NAMES, (ctx.project_id, campaign.name), to_delete=body.force)
    if campaign.campaign_type == PROMOTION:
        await want_promotion(read, ctx, wants, campaign.id)
    want_unassignment(ctx, wants, CAMPAIGN, campaign.id)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    campaign = lock_campaign(rows, ctx, body.reference)
    if campaign is None:
        return More()
    if campaign.protected:
        raise resource_protected("campaign", campaign.id)
    of = held(rows, ctx, campaign.id) if campaign.campaign_type == PROMOTION else NOTHING_HELD
    if of is None:
        return More()
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign.id))
    name = rows.get(CAMPAIGN_NAMES, (ctx.project_id, campaign.name))
    assert totals is not None
    version = rows.next_version()
    rows.put(CAMPAIGNS, replace(campaign, deleted_at=ctx.now, version=version))
    end_with(rows, ctx, of, version, in_bin=not body.force)
    rows.put(CAMPAIGN_TOTALS, replace(totals, deleting=1))
    if body.force and name is not None:
        rows.remove(CAMPAIGN_NAMES, name)
    if body.force:
        unassign(rows, ctx, CAMPAIGN, campaign.id)
    options = Deleting(campaign.id, body.force)
    action = begin(rows, ctx, "CAMPAIGN.VOUCHERS_DELETE", options, totals.vouchers_count)
    enqueue(rows, ctx, DELETE_VOUCHERS, ActionWork(action.id))
    return Reply(202, msgspec.json.encode(AsyncActionId(action.id)))


DELETE = Action("campaigns.delete", _gather, _apply)
"""Body: `Delete`. Answers 202 with the id of the async action; Problem 404 for an unknown campaign."""


class Chunk(msgspec.Struct, frozen=True):
    """Delete these vouchers of the action with this id, which has done so many chunks."""

    action_id: str
    position: int
    options: Deleting
    codes: list[str]


async def _next_of(read: Read, action: AsyncAction, _pace: Pace) -> Chunk:
    options = _options(action.options)
    found_codes = await read.scan(
        CODES_AFTER,
        project_id=action.project_id,
        campaign_id=options.campaign_id,
        after="",
        limit=VOUCHERS_OF_A_CHUNK,
    )
    return Chunk(action.id, action.position, options, [code for code, _ in found_codes])


async def _gather_chunk(read: Read, ctx: Ctx, body: Chunk) -> Wants:
    wants = Wants()
    want_step(ctx, wants, body.action_id, body.position)
    options = body.options
    await want_deletions(read, ctx, wants, options.campaign_id, body.codes, force=options.force)
    return wants


def _apply_chunk(rows: Rows, ctx: Ctx, body: Chunk) -> Outcome:
    action = found(rows, ctx, body.action_id)
    if action.status == "DONE" or action.position != body.position:
        return told(more=action.status != "DONE")
    if not body.codes:
        return told(more=False)
    vouchers = _still_there(rows, ctx, body)
    lacking = [wants for voucher in vouchers if (wants := missing(rows, ctx, voucher))]
    if lacking:
        return Need(_together(lacking))
    take_away = destroy if body.options.force else put_in_bin
    for voucher in vouchers:
        take_away(rows, ctx, voucher)
    advance(rows, ctx, action, Step(done=len(vouchers), failed=0, passed=len(vouchers)))
    return told(more=True)


def _still_there(rows: Rows, ctx: Ctx, body: Chunk) -> list[Voucher]:
    vouchers = (rows.get(VOUCHERS, (ctx.project_id, code)) for code in body.codes)
    return [each for each in vouchers if each is not None and each.campaign_id == body.options.campaign_id]


def _together(lacking: list[Wants]) -> Wants:
    wants = Wants()
    for each in lacking:
        wants.merge(each)
    return wants


def _want_end(ctx: Ctx, wants: Wants, ending: Ending) -> None:
    key = (ctx.project_id, ending.campaign_id)
    wants.lock(CAMPAIGNS, key)
    wants.lock(CAMPAIGN_TOTALS, key, to_delete=True)
    if ending.done and _options(ending.action.options).force:
        wants.do(DELETE_DAYS, project_id=ctx.project_id, campaign_id=key[1])


def _end(rows: Rows, ctx: Ctx, ending: Ending) -> None:
    """When the last voucher is gone, a campaign is in the bin, or nothing is left of it but that it was there."""
    key = (ctx.project_id, ending.campaign_id)
    campaign, totals = rows.get(CAMPAIGNS, key), rows.get(CAMPAIGN_TOTALS, key)
    if not ending.done or campaign is None or totals is None:
        return
    if _options(ending.action.options).force:
        rows.put(CAMPAIGNS, blank(campaign))
        rows.remove(CAMPAIGN_TOTALS, totals)
    else:
        rows.put(CAMPAIGNS, replace(campaign, in_bin=1))
        rows.put(CAMPAIGN_TOTALS, replace(totals, deleting=0))


def blank(campaign: Campaign) -> Campaign:
    """What stays, so that each process hears of the deletion."""
    nothing = dict.fromkeys(("description", "category", "discount", "validity"))
    return replace(campaign, name="", metadata="{}", code_config="{}", **nothing)


DELETE_VOUCHERS = Rolling(
    "campaigns.delete",
    Action("campaigns.delete_chunk", _gather_chunk, _apply_chunk),
    _next_of,
    lambda _action: "",
    _want_end,
    _end,
).task()
"""Carries out an async action that deletes a campaign's vouchers."""
