"""Which codes a publication gives away: the one that was asked for."""

import msgspec

from patron.db.actions import Ctx, More, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.publications.policy import Publish, unusable
from patron.domains.vouchers import find, found, missing, want, want_holder
from patron.domains.vouchers.model import VOUCHERS, Voucher
from patron.kernel.problems import Problem, not_found, voucher_already_published


class Refused(msgspec.Struct, frozen=True):
    """Why no code is given away, and the one that was asked for."""

    problem: Problem
    voucher: Voucher | None = None


Chosen = list[Voucher] | Refused | Need | More
"""The vouchers to give away, or why none is; or what is needed to tell."""


async def want_vouchers(read: Read, ctx: Ctx, wants: Wants, body: Publish) -> None:
    """Name the voucher that is asked for. Problem 404."""
    if body.voucher is None:
        raise not_found("campaign", body.campaign or "")
    voucher, _, _ = await find(read, ctx.project_id, body.voucher)
    await want(read, ctx, wants, body.voucher)
    await want_holder(read, ctx, wants, voucher.code)


def choose(rows: Rows, ctx: Ctx, body: Publish) -> Chosen:
    """The vouchers to give to this customer. Problem 404."""
    reference = body.voucher or ""
    if not rows.knows(VOUCHERS, (ctx.project_id, reference)):
        return More()
    voucher = found(rows, ctx, reference)
    lacking = missing(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    problem = voucher_already_published(voucher.code) if voucher.publish_count else unusable(voucher, ctx.now)
    return [voucher] if problem is None else Refused(problem, voucher)
