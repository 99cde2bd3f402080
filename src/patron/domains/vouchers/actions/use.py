"""Using a voucher, and giving a use back: its counts, a card's credits, and what its holder has to go.

For redemptions: `want_use` in `gather`, `missing` (of `hold`) before the first change, then `use` or `give_back`. A
voucher in the bin keeps its totals, so a use of it can be given back too; of one that is gone, there is nothing left to
give back to.
"""

import msgspec

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.vouchers.actions.find import its_totals
from patron.domains.vouchers.actions.hold import move_to_go, want_holder
from patron.domains.vouchers.actions.transact import refund, spend
from patron.domains.vouchers.model import (
    BINNED_VOUCHERS,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHERS,
    Voucher,
    VoucherTotals,
)


def want_use(ctx: Ctx, wants: Wants, code: str) -> None:
    """Name the rows of the voucher with this code that a use moves; a discount voucher gets its totals with the first.

    Who holds it is named by `want_holder`.
    """
    key = (ctx.project_id, code)
    wants.lock(VOUCHERS, key)
    wants.find_or_make(VOUCHER_TOTALS, VoucherTotals(*key))
    wants.lock(VOUCHER_HOLDERS, key)


async def want_return(read: Read, ctx: Ctx, wants: Wants, code: str) -> None:
    """Name the rows of the voucher with this code to which a use may be given back, in the bin or out of it."""
    key = (ctx.project_id, code)
    for table in (VOUCHERS, VOUCHER_TOTALS, BINNED_VOUCHERS):
        wants.lock(table, key)
    await want_holder(read, ctx, wants, code)


def use(rows: Rows, ctx: Ctx, voucher: Voucher, redemption_id: str, *, spent: int = 0) -> VoucherTotals:
    """Note that a voucher was redeemed, and take what it spent from a card; its totals as they are then."""
    after = spend(rows, ctx, voucher, its_totals(rows, voucher), spent, redemption_id)
    _tell_holder(rows, ctx, voucher, -spent)
    return after


def returnable(rows: Rows, ctx: Ctx, code: str, voucher_id: str) -> Voucher | None:
    """The voucher that had this code when it was used, in the bin or out of it; None where it is gone."""
    key = (ctx.project_id, code)
    voucher = rows.get(VOUCHERS, key)
    if voucher is None and (binned := rows.get(BINNED_VOUCHERS, key)) is not None:
        voucher = msgspec.json.decode(binned.voucher, type=Voucher)
    return voucher if voucher is not None and voucher.id == voucher_id else None


def give_back(rows: Rows, ctx: Ctx, voucher: Voucher, rollback_id: str, *, spent: int = 0) -> VoucherTotals:
    """Give back one use of a voucher that `returnable` found, with what it spent of a card; its totals then."""
    after = refund(rows, ctx, voucher, its_totals(rows, voucher), spent, rollback_id)
    if rows.get(VOUCHERS, (ctx.project_id, voucher.code)) is not None:
        _tell_holder(rows, ctx, voucher, spent)  # what is left on a card in the bin is nobody's to spend
    return after


def _tell_holder(rows: Rows, ctx: Ctx, voucher: Voucher, amount: int) -> None:
    holder = rows.get(VOUCHER_HOLDERS, (ctx.project_id, voucher.code))
    if holder is not None and amount:
        move_to_go(rows, ctx, holder.customer_id, amount)
