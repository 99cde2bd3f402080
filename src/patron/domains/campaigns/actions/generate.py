"""Making codes in the background (spec I 2.2): an async action, whose job makes a chunk of them in each unit.

All codes of a configuration are counted through in an order that the action's own key makes (`kernel.codes`); those
that a voucher of the project has, in the bin too, are passed over. The codes, the counts and how far the action is are
written together, so none is lost and none is made twice wherever the job is broken off.
"""

from dataclasses import replace as with_channel
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import ActionWork, advance, begin, found, want_step
from patron.domains.async_actions.model import AsyncAction, Step
from patron.domains.campaigns.actions.rolling import FAILED, Ending, Pace, Rolling, told
from patron.domains.campaigns.model import Generation
from patron.domains.campaigns.policy import check_yields
from patron.domains.vouchers import (
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    FREE,
    GIFT_VOUCHERS,
    Campaign,
    code_config,
    counted,
    kept_config,
    open_card,
    voucher_of,
    want_additions,
)
from patron.domains.vouchers.model import GIFT, LIST, VOUCHERS
from patron.domains.vouchers.model import PREFIX as VOUCHER_PREFIX
from patron.kernel.codes import CodeConfig, nth_codes
from patron.queue.jobs import enqueue

ROWS = 120
"""Rows that a chunk adds: other writes of the server wait no longer than these take."""
ALONE = 16
"""Where nobody has asked the server for anything since the chunk before, the next one is so many times as large."""
ROWS_OF_A_CARD = 3
SPARE = 8
"""A last chunk tries a few codes more than are left to make, so that one that is taken costs no further chunk."""
CHANNEL = "API"
"""Through what the credits of new cards came: the request that asked for them, not the job that makes them."""
COUNTED_OUT = 4_000
"""Of a configuration that yields no more codes than these, the free ones are counted before any is promised."""

_encode = msgspec.json.encode
_options = msgspec.json.Decoder(Generation).decode


class Chunk(msgspec.Struct, frozen=True):
    """Make the codes that come next in the action with this id, which has done so many chunks."""

    action_id: str
    position: int
    generation: Generation
    size: int


async def check_enough(read: Read, project_id: str, config: CodeConfig, n: int) -> None:
    """Refuse to make so many codes where it can be told that there are too few. Problem 400 says how many there are."""
    check_yields(config, n)
    if config.capacity <= COUNTED_OUT:
        codes = nth_codes(config, b"", range(config.capacity))
        free = await read.scan(FREE, project_id=project_id, codes=_encode(codes).decode())
        check_yields(config, n, config.capacity - len(free))


def begin_generating(
    rows: Rows, ctx: Ctx, campaign: Campaign, config: CodeConfig, n: int, changes: dict[str, Any]
) -> AsyncAction:
    """Begin to make `n` codes of a campaign whose totals are locked; vouchers differ from its template by `changes`."""
    key = blake2b(ctx.seed, person=b"codes", digest_size=16).hexdigest()
    chunk = ROWS // ROWS_OF_A_CARD if campaign.campaign_type == GIFT_VOUCHERS else ROWS
    generation = Generation(campaign.id, key, kept_config(config), changes, chunk)
    action = begin(rows, ctx, "CAMPAIGN.VOUCHERS_GENERATE", generation, n)
    enqueue(rows, ctx, GENERATE, ActionWork(action.id))
    _move(rows, ctx, campaign.id, 1, failed=0)
    return action


async def _next_of(_read: Read, action: AsyncAction, pace: Pace) -> Chunk:
    generation = _options(action.options)
    left = action.total - action.done_count
    most = generation.chunk * (ALONE if pace == "free" else 1)
    # Where nothing was passed over so far, hardly anything will be; where something was, most of the rest may be.
    size = min(left + SPARE, most) if generation.tried <= action.done_count + SPARE else most
    return Chunk(action.id, action.position, generation, size)


async def _gather(_read: Read, ctx: Ctx, body: Chunk) -> Wants:
    wants = Wants()
    want_step(ctx, wants, body.action_id, body.position)
    want_additions(ctx, wants, body.generation.campaign_id)
    wants.count(ctx.project_id, LIST)
    wants.scan(FREE, scope=f"codes of {body.action_id}", project_id=ctx.project_id, codes=_codes_of(body))
    return wants


def _codes_of(body: Chunk) -> str:
    generation = body.generation
    return _codes(generation.config, generation.key, generation.tried, body.size)


@lru_cache(8)
def _codes(config: str, key: str, first: int, size: int) -> str:
    """The codes to try, as a JSON array; asked for twice, in gather and in apply."""
    known = code_config(config)
    numbers = range(first, min(first + size, known.capacity))
    return _encode(list(dict.fromkeys(nth_codes(known, bytes.fromhex(key), numbers)))).decode()


def _apply(rows: Rows, ctx: Ctx, body: Chunk) -> Outcome:
    action = found(rows, ctx, body.action_id)
    if action.status == "DONE" or action.position != body.position:
        return told(more=action.status != "DONE")
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, body.generation.campaign_id))
    if campaign is None or campaign.deleted_at is not None:
        return told(more=False)
    if action.status == FAILED:
        _move(rows, ctx, campaign.id, 1, failed=0)
    ctx = with_channel(ctx, channel=CHANNEL)
    codes = rows.scanned(FREE, project_id=ctx.project_id, codes=_codes_of(body))
    made = codes[: action.total - action.done_count]
    _add(rows, ctx, campaign, made, body.generation.changes)
    capacity = code_config(body.generation.config).capacity
    tried = min(body.generation.tried + body.size, capacity)
    action = replace(action, options=_encode(replace(body.generation, tried=tried)).decode())
    action = advance(rows, ctx, action, Step(done=len(made), failed=0, passed=len(made)))
    return told(more=action.done_count < action.total and tried < capacity)


def _add(rows: Rows, ctx: Ctx, campaign: Campaign, codes: list[str], changes: dict[str, Any]) -> None:
    model = voucher_of(campaign, "", "", ctx.now, changes)
    amount = campaign.gift_amount or 0
    for code, voucher_id in zip(codes, ctx.ids(VOUCHER_PREFIX, "codes", len(codes)), strict=True):
        voucher = replace(model, code=code, id=voucher_id)
        rows.add(VOUCHERS, voucher)
        if voucher.type == GIFT:
            open_card(rows, ctx, voucher, amount)
    rows.count(LIST, len(codes))
    counted(rows, ctx, campaign.id, vouchers=len(codes), amount_created=amount * len(codes))


def _move(rows: Rows, ctx: Ctx, campaign_id: str, generating: int, *, failed: int) -> None:
    totals = rows.get(CAMPAIGN_TOTALS, (ctx.project_id, campaign_id))
    if totals is not None:
        rows.put(CAMPAIGN_TOTALS, replace(totals, generating=totals.generating + generating, failed=failed))


def _fault_of(action: AsyncAction) -> str:
    if action.done_count == action.total:
        return ""
    return (
        f"{action.done_count} of {action.total} codes were made: the configuration can yield no more that are free, or "
        "the campaign was deleted."
    )


def _want_end(ctx: Ctx, wants: Wants, ending: Ending) -> None:
    wants.lock(CAMPAIGN_TOTALS, (ctx.project_id, ending.campaign_id))


def _end(rows: Rows, ctx: Ctx, ending: Ending) -> None:
    failed = int(not ending.done or ending.action.done_count < ending.action.total)
    _move(rows, ctx, ending.campaign_id, -1 if ending.under_way else 0, failed=failed)


GENERATE = Rolling(
    "campaigns.generate",
    Action("campaigns.generate_chunk", _gather, _apply),
    _next_of,
    _fault_of,
    _want_end,
    _end,
).task()
"""Carries out an async action that makes codes."""
