"""Moving a balance together with the transaction that explains it: there is no other way to move one (spec I 1.6)."""

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.vouchers.model import (
    REDEMPTION,
    REFUND,
    TRANSACTION_PREFIX,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    Voucher,
    VoucherTotals,
    VoucherTransaction,
)
from patron.domains.vouchers.policy import kind_of, moved, redeemed, redeemed_before
from patron.domains.vouchers.wire.imported import RedeemedBefore

BEFORE_ITS_IMPORT = "redeemed before its import"


def transact(
    rows: Rows,
    ctx: Ctx,
    voucher: Voucher,
    totals: VoucherTotals,
    amount: int,
    *,
    source_id: str | None = None,
    reason: str | None = None,
) -> VoucherTransaction:
    """Add credits to a card whose totals are locked, or take some where `amount` is negative; what tells of it.

    Problem 400 for an amount that the card cannot move by.
    """
    after = moved(totals, amount)
    rows.put(VOUCHER_TOTALS, after)
    transaction = _explained(ctx, voucher, after, kind_of(amount), amount, source_id, reason)
    rows.add(VOUCHER_TRANSACTIONS, transaction)
    return transaction


def spend(rows: Rows, ctx: Ctx, voucher: Voucher, totals: VoucherTotals, spent: int, source_id: str) -> VoucherTotals:
    """Note one redemption of a voucher whose totals are locked, and take what it spent from a card (0: nothing).

    `source_id` is the redemption's id, which the transaction names. Credits that are left were looked at before.
    """
    return _moved_by(rows, ctx, voucher, redeemed(totals, 1, spent), REDEMPTION, -spent, source_id)


def refund(rows: Rows, ctx: Ctx, voucher: Voucher, totals: VoucherTotals, spent: int, source_id: str) -> VoucherTotals:
    """Take one redemption back: `spend` the other way round; `source_id` is the rollback's id."""
    return _moved_by(rows, ctx, voucher, redeemed(totals, -1, -spent), REFUND, spent, source_id)


def _moved_by(
    rows: Rows, ctx: Ctx, voucher: Voucher, after: VoucherTotals, kind: str, amount: int, source_id: str
) -> VoucherTotals:
    rows.put(VOUCHER_TOTALS, after)
    if amount:
        rows.add(VOUCHER_TRANSACTIONS, _explained(ctx, voucher, after, kind, amount, source_id, None))
    return after


def note_redeemed_before(rows: Rows, ctx: Ctx, voucher: Voucher, totals: VoucherTotals, before: RedeemedBefore) -> None:
    """Note what was done with a new voucher where it comes from; of a card, with the transaction that explains it.

    Problem 400 for what cannot have been done with it.
    """
    after = redeemed_before(voucher, totals, before)
    rows.put(VOUCHER_TOTALS, after)
    if before.amount:
        explained = _explained(ctx, voucher, after, REDEMPTION, -before.amount, None, BEFORE_ITS_IMPORT)
        rows.add(VOUCHER_TRANSACTIONS, explained)


def open_card(rows: Rows, ctx: Ctx, card: Voucher, amount: int) -> None:
    """Give a new gift card its first credits, explained by a transaction as all later ones are; none needs none."""
    totals = VoucherTotals(ctx.project_id, card.code)
    if not amount:
        rows.add(VOUCHER_TOTALS, totals)
        return
    after = moved(totals, amount)
    rows.add(VOUCHER_TOTALS, after)
    rows.add(VOUCHER_TRANSACTIONS, _explained(ctx, card, after, kind_of(amount), amount, None, None))


def _explained(
    ctx: Ctx,
    voucher: Voucher,
    after: VoucherTotals,
    kind: str,
    amount: int,
    source_id: str | None,
    reason: str | None,
) -> VoucherTransaction:
    return VoucherTransaction(
        project_id=ctx.project_id,
        code=voucher.code,
        n=after.transactions,
        id=ctx.id(TRANSACTION_PREFIX, f"{after.transactions}/{voucher.code}"),
        voucher_id=voucher.id,
        campaign_id=voucher.campaign_id,
        type=kind,
        amount=amount,
        total=after.amount,
        balance=after.balance,
        source=ctx.channel,
        source_id=source_id,
        reason=reason,
        created_at=ctx.now,
    )
