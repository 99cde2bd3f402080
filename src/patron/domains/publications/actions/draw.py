"""Drawing free codes of a campaign, and telling exactly when there are none (rules 10 and 11).

A draw passes over the codes that other units hold, and these may stay free: a write that is refused gives nothing away.
So where it brings too few, the unit asks which codes are free as far as anybody knows; waits for those that it does not
hold itself; and finds none only when each of them is gone.
"""

from typing import Any

import msgspec

from patron.db.actions import Ctx, More, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.campaigns import pool_of
from patron.domains.vouchers import (
    AUTO_UPDATE,
    CAMPAIGNS,
    PUBLISHABLE,
    PUBLISHABLE_CODES,
    Campaign,
    new_voucher_of,
    want_new_voucher,
)
from patron.domains.vouchers.model import VOUCHER_HOLDERS, VOUCHER_TOTALS, VOUCHERS, Voucher
from patron.kernel.incentive_problems import no_voucher_suitable_for_publication
from patron.kernel.problems import Problem, busy

MOST_WAITED_FOR = 200
"""Codes that one unit waits for. Were there more, some would be free, or become so one after the other."""

_OF_VOUCHER = (VOUCHERS, VOUCHER_TOTALS, VOUCHER_HOLDERS)
_MEANWHILE = busy("The codes that were chosen for this campaign have been taken.")


class Short(msgspec.Struct, frozen=True):
    """Too few codes were free, and nothing was taken; so many there were."""

    left: int


async def want_draw(read: Read, ctx: Ctx, wants: Wants, campaign: Campaign, n: int) -> None:
    """Name `n` free codes of a campaign, and as many new ones where it makes them."""
    wants.draw(PUBLISHABLE, n, **pool_of(ctx, campaign))
    if campaign.type != AUTO_UPDATE:
        return
    new = Wants()
    try:
        await want_new_voucher(read, ctx, new, campaign, n)
    except Problem:  # its configuration yields no more: what there is may still be given away
        return
    for key in new.locks[VOUCHERS]:
        new.lock(VOUCHER_HOLDERS, key)
    wants.merge(new)


def draw(rows: Rows, ctx: Ctx, campaign: Campaign, n: int) -> list[Voucher] | Short | More:
    """All of `n` free vouchers of a campaign, in the order of their making; made anew where it makes them."""
    left = 0

    def take() -> list[Voucher]:
        nonlocal left
        taken = _free_ones(rows, ctx, campaign, n)
        left = len(taken)
        while len(taken) < n and _makes_new(rows, ctx, campaign):
            voucher = new_voucher_of(rows, ctx, campaign)
            if voucher is None:
                raise _MEANWHILE
            taken.append(voucher)
        if len(taken) < n:
            raise no_voucher_suitable_for_publication("")
        return taken

    taken = rows.attempt(take)
    if not isinstance(taken, Problem):
        return taken
    return More() if taken is _MEANWHILE else Short(left)


def _makes_new(rows: Rows, ctx: Ctx, campaign: Campaign) -> bool:
    return campaign.type == AUTO_UPDATE and rows.knows(CAMPAIGNS, (ctx.project_id, campaign.id))


def _free_ones(rows: Rows, ctx: Ctx, campaign: Campaign, n: int) -> list[Voucher]:
    """Up to `n` vouchers that were drawn, or that this unit holds otherwise."""
    pool = pool_of(ctx, campaign)
    taken: dict[str, Voucher] = {}
    while len(taken) < n and (voucher := rows.draw_one(PUBLISHABLE, **pool)) is not None:
        taken[voucher.code] = voucher
    for voucher in _held(rows, ctx, campaign, pool):
        if len(taken) < n:
            taken.setdefault(voucher.code, voucher)
    return list(taken.values())


def _held(rows: Rows, ctx: Ctx, campaign: Campaign, pool: dict[str, Any]) -> list[Voucher]:
    """Vouchers that were seen to be free, and that this unit holds and has not given away."""
    seen = [each for each in _asked(pool) if rows.has_scanned(PUBLISHABLE_CODES, **each)]
    codes = [code for each in seen for code in rows.scanned(PUBLISHABLE_CODES, **each)]
    held = (rows.get(VOUCHERS, key) for code in codes if rows.knows(VOUCHERS, key := (ctx.project_id, code)))
    return [voucher for voucher in held if voucher and _is_free(voucher, campaign, pool["now"])]


def _is_free(voucher: Voucher, campaign: Campaign, now: int) -> bool:
    is_over = voucher.expires_at is not None and voucher.expires_at <= now
    return voucher.campaign_id == campaign.id and not voucher.publish_count and bool(voucher.active) and not is_over


def lacking_for(rows: Rows, ctx: Ctx, campaign: Campaign) -> Need | More | None:
    """What it takes to know that no code is left; None: none is."""
    first, again = _asked(pool_of(ctx, campaign))
    wants = Wants()
    if not rows.has_scanned(PUBLISHABLE_CODES, **first):
        _ask(ctx, wants, first)
        return Need(wants)
    codes = rows.scanned(PUBLISHABLE_CODES, **first)
    if len(codes) < MOST_WAITED_FOR and all(rows.knows(VOUCHERS, (ctx.project_id, code)) for code in codes):
        return None
    if rows.has_scanned(PUBLISHABLE_CODES, **again):
        return More()
    _ask(ctx, wants, again)
    for code in codes:
        for table in _OF_VOUCHER:
            wants.lock(table, (ctx.project_id, code))
    return Need(wants)


def _asked(pool: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The questions which codes are free: the second, under another limit, says that a unit waits for them."""
    return {**pool, "limit": MOST_WAITED_FOR}, {**pool, "limit": MOST_WAITED_FOR + 1}


def _ask(ctx: Ctx, wants: Wants, asked: dict[str, Any]) -> None:
    """Ask it in a scope of one's own: what other members give away, this unit knows without a question."""
    wants.scan(PUBLISHABLE_CODES, scope=ctx.id("draw_"), **asked)
