"""Changing a campaign (spec I 2.2). What vouchers have of it reaches those that nobody has yet, by a job.

The job brings the campaign's values as they are at each of its chunks, so of two changes the later one holds, whichever
job comes last. Codes that are made meanwhile are of the campaign as it is then, and so of the change.
"""

from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import (
    ActionWork,
    advance,
    begin,
    failed_in_file,
    failed_line,
    found,
    want_step,
)
from patron.domains.async_actions.model import AsyncAction, Step
from patron.domains.campaigns.actions.rolling import FAILED, Ending, Pace, Rolling, told
from patron.domains.campaigns.actions.show import shown
from patron.domains.campaigns.model import Updating
from patron.domains.campaigns.policy import check_metadata, patched, taken_over
from patron.domains.campaigns.wire.given import CampaignPatch
from patron.domains.categories import with_category
from patron.domains.promotions import held, want_promotion
from patron.domains.vouchers import (
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    CODES_AFTER,
    PROMOTION,
    Campaign,
    CampaignTotals,
    check_dates,
    find_campaign,
    lock_campaign,
    same,
)
from patron.domains.vouchers.model import VOUCHER_TOTALS, VOUCHERS, Voucher
from patron.kernel.json_bounds import check_metadata as check_bounds
from patron.kernel.problems import Problem, resource_protected
from patron.queue.jobs import enqueue

VOUCHERS_OF_A_CHUNK = 200

_encode = msgspec.json.encode
_decode = msgspec.json.decode
_options = msgspec.json.Decoder(Updating).decode


class Update(msgspec.Struct, frozen=True):
    """A patch for the campaign with this id or name."""

    reference: str
    patch: CampaignPatch


async def _gather(read: Read, ctx: Ctx, body: Update) -> Wants:
    campaign = await find_campaign(read, ctx.project_id, body.reference)
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign.id))
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, campaign.id))
    if campaign.campaign_type == PROMOTION:
        await want_promotion(read, ctx, wants, campaign.id)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    campaign = lock_campaign(rows, ctx, body.reference)
    if campaign is None:
        return More()
    if campaign.protected:
        raise resource_protected("campaign", campaign.id)
    of = held(rows, ctx, campaign.id) if campaign.campaign_type == PROMOTION else None
    if campaign.campaign_type == PROMOTION and of is None:
        return More()
    after = patched(campaign, with_category(rows.rulebook, body.patch))
    if after is not campaign:
        if after.metadata != campaign.metadata:
            check_metadata(rows.rulebook, after, [after.metadata])
        after = replace(after, updated_at=ctx.now, version=rows.next_version())
        rows.put(CAMPAIGNS, after)
        _bring(rows, ctx, campaign, after)
    return Reply(200, _encode(shown(rows, ctx, after, _totals(rows, ctx, campaign.id), of)))


def _bring(rows: Rows, ctx: Ctx, before: Campaign, after: Campaign) -> None:
    """Begin to bring a change to the vouchers that are there, if it is one that they take over."""
    totals = _totals(rows, ctx, after.id)
    columns = taken_over(before, after)
    if not columns or not totals.vouchers_count:
        return
    was, now = _decode(before.metadata), _decode(after.metadata)
    keys = tuple(sorted(key for key in was.keys() | now.keys() if (key, was.get(key)) != (key, now.get(key))))
    action = begin(rows, ctx, "CAMPAIGN.VOUCHERS_UPDATE", Updating(after.id, columns, keys), totals.vouchers_count)
    enqueue(rows, ctx, UPDATE_VOUCHERS, ActionWork(action.id))
    rows.put(CAMPAIGN_TOTALS, replace(totals, updating=totals.updating + 1))


def _totals(rows: Rows, ctx: Ctx, campaign_id: str) -> CampaignTotals:
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign_id))
    return CampaignTotals(ctx.project_id, campaign_id) if totals is None else totals


UPDATE = Action("campaigns.update", _gather, _apply)
"""Body: `Update`. Answers 200 with the campaign; Problem 404 for an unknown one, 400 for another kind."""


class Chunk(msgspec.Struct, frozen=True):
    """Bring a change to these vouchers, the next ones of the action with this id, which has done so many chunks."""

    action_id: str
    position: int
    options: Updating
    codes: list[tuple[str, str]]


async def _next_of(read: Read, action: AsyncAction, _pace: Pace) -> Chunk:
    options = _options(action.options)
    codes = await read.scan(
        CODES_AFTER,
        project_id=action.project_id,
        campaign_id=options.campaign_id,
        after=options.after,
        limit=VOUCHERS_OF_A_CHUNK,
    )
    return Chunk(action.id, action.position, options, codes)


async def _gather_chunk(_read: Read, ctx: Ctx, body: Chunk) -> Wants:
    wants = Wants()
    want_step(ctx, wants, body.action_id, body.position)
    wants.lock(CAMPAIGNS, (ctx.project_id, body.options.campaign_id))
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, body.options.campaign_id))
    for code, _ in body.codes:
        wants.lock(VOUCHERS, (ctx.project_id, code))
        wants.lock(VOUCHER_TOTALS, (ctx.project_id, code))
    return wants


def _apply_chunk(rows: Rows, ctx: Ctx, body: Chunk) -> Outcome:
    action = found(rows, ctx, body.action_id)
    if action.status == "DONE" or action.position != body.position:
        return told(more=action.status != "DONE")
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, body.options.campaign_id))
    if not body.codes or campaign is None or campaign.deleted_at is not None:
        return told(more=False)
    if action.status == FAILED:
        _move(rows, ctx, campaign.id, 1)
    outcomes = [rows.attempt(partial(_bring_to, rows, ctx, campaign, body.options, code)) for code, _ in body.codes]
    action = replace(action, options=_encode(replace(body.options, after=body.codes[-1][1])).decode())
    advance(rows, ctx, action, _step_of(action, body, outcomes))
    return told(more=True)


def _bring_to(rows: Rows, ctx: Ctx, campaign: Campaign, options: Updating, code: str) -> bool:
    """Bring a change to one voucher, unless somebody has it, or has used it; whether it is of the change."""
    voucher = rows.get(VOUCHERS, (ctx.project_id, code))
    totals = rows.get(VOUCHER_TOTALS, (ctx.project_id, code))
    if voucher is None or voucher.campaign_id != campaign.id or voucher.publish_count:
        return False
    if totals is not None and totals.redeemed_quantity:
        return False
    changes = {column: getattr(campaign, column) for column in options.columns if column != "metadata"}
    if options.keys:
        changes["metadata"] = _metadata(voucher, campaign, options.keys)
    if not all(same(getattr(voucher, column), value) for column, value in changes.items()):
        after = replace(voucher, **changes, updated_at=ctx.now)
        check_dates(after)
        rows.put(VOUCHERS, after)
    return True


def _metadata(voucher: Voucher, campaign: Campaign, keys: tuple[str, ...]) -> str:
    stored: dict[str, Any] = _decode(voucher.metadata)
    given: dict[str, Any] = _decode(campaign.metadata)
    after = {key: value for key, value in stored.items() if key not in keys}
    after |= {key: given[key] for key in keys if key in given}
    check_bounds(after)
    return _encode(after).decode()


def _step_of(action: AsyncAction, body: Chunk, outcomes: list[bool | Problem]) -> Step:
    problems = [
        (number, code, outcome)
        for number, ((code, _), outcome) in enumerate(zip(body.codes, outcomes, strict=True), action.passed + 1)
        if isinstance(outcome, Problem)
    ]
    return Step(
        done=sum(outcome is True for outcome in outcomes),
        failed=len(problems),
        passed=len(outcomes),
        lines="".join(failed_line(*each) for each in problems),
        failures=tuple(failed_in_file(*each) for each in problems),
    )


def _move(rows: Rows, ctx: Ctx, campaign_id: str, updating: int) -> None:
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign_id))
    if totals is not None:
        rows.put(CAMPAIGN_TOTALS, replace(totals, updating=totals.updating + updating))


def _want_end(ctx: Ctx, wants: Wants, ending: Ending) -> None:
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, ending.campaign_id))


def _end(rows: Rows, ctx: Ctx, ending: Ending) -> None:
    _move(rows, ctx, ending.campaign_id, -1 if ending.under_way else 0)


UPDATE_VOUCHERS = Rolling(
    "campaigns.update",
    Action("campaigns.update_chunk", _gather_chunk, _apply_chunk),
    _next_of,
    lambda _action: "",
    _want_end,
    _end,
).task()
"""Carries out an async action that brings a campaign's change to its vouchers."""
