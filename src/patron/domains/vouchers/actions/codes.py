"""Choosing a free code at random (spec I 1.4).

All codes of a configuration are counted through in an order of the write's own (`kernel.codes`). `gather` names those
that look free, `apply` takes the first that is.
"""

from hashlib import blake2b

import msgspec

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.vouchers.model import BINNED_VOUCHERS, VOUCHERS
from patron.domains.vouchers.store import FREE
from patron.kernel.codes import CodeConfig, nth_code, nth_codes
from patron.kernel.incentive_problems import invalid_code_config
from patron.kernel.problems import Problem

NAMED = 3
"""Beside many writes at once, more than one code is named, so that one that is taken meanwhile costs no new round."""
AT_A_TIME = 100
MOST_TRIED = 2_000


async def want_code(read: Read, ctx: Ctx, wants: Wants, config: CodeConfig, n: int = 1) -> None:
    """Name some codes that look free, for `n` vouchers.

    Problem 400 says how many the configuration yields, where too few are free.
    """
    key = _key(ctx)
    most = min(config.capacity, MOST_TRIED)
    named, first, last = 0, 0, min(n - 1 + NAMED, most)
    while named < n and first < last:
        codes = nth_codes(config, key, range(first, last))
        free = await read.all(FREE, project_id=ctx.project_id, codes=msgspec.json.encode(codes).decode())
        for code in free[: n - 1 + NAMED]:
            want_free(ctx, wants, code)
        named += len(free)
        first, last = last, min(last + AT_A_TIME, most)
    if named < n:
        raise _used_up(config)


def want_free(ctx: Ctx, wants: Wants, code: str) -> None:
    """Name the rows that say whether a code is taken, in the bin or out of it."""
    wants.lock(VOUCHERS, (ctx.project_id, code))
    wants.lock(BINNED_VOUCHERS, (ctx.project_id, code))


def is_free(rows: Rows, ctx: Ctx, code: str) -> bool:
    """Whether no voucher has this code, in the bin or out of it; under lock."""
    voucher = rows.get(VOUCHERS, (ctx.project_id, code))
    return not (voucher and voucher.type) and rows.get(BINNED_VOUCHERS, (ctx.project_id, code)) is None


def free_code(rows: Rows, ctx: Ctx, config: CodeConfig) -> str | None:
    """A code that `want_code` named and that is free; None where others have taken them all since."""
    key = _key(ctx)
    for number in range(min(config.capacity, MOST_TRIED)):
        code = nth_code(config, key, number)
        named = rows.knows(VOUCHERS, (ctx.project_id, code)) and rows.knows(BINNED_VOUCHERS, (ctx.project_id, code))
        if named and is_free(rows, ctx, code):
            return code
    return None


def _key(ctx: Ctx) -> bytes:
    """What this write shuffles codes by; another one after a collision."""
    return blake2b(ctx.seed, key=ctx.attempt.to_bytes(4), digest_size=32).digest()


def _used_up(config: CodeConfig) -> Problem:
    few = "all" if config.capacity <= MOST_TRIED else "nearly all"
    return invalid_code_config(f"code_config: it can yield {config.capacity} codes, of which {few} are taken")
