"""Moving a balance together with the transaction that explains it: there is no other way to move one (spec I 1.6)."""

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.vouchers.model import (
    REDEMPTION,
    TRANSACTION_PREFIX,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    Voucher,
    VoucherTotals,
    VoucherTransaction,
)
from patron.domains.vouchers.policy import kind_of, moved, redeemed_before
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
    return _moved(rows, ctx, voucher, after, kind_of(amount), amount, source_id=source_id, reason=reason)


def note_redeemed_before(rows: Rows, ctx: Ctx, voucher: Voucher, totals: VoucherTotals, before: RedeemedBefore) -> None:
    """Note what was done with a new voucher where it comes from; of a card, with the transaction that explains it.

    Problem 400 for what cannot have been done with it.
    """
    after = redeemed_before(voucher, totals, before)
    if before.amount:
        _moved(rows, ctx, voucher, after, REDEMPTION, -before.amount, source_id=None, reason=BEFORE_ITS_IMPORT)
    else:
        rows.put(VOUCHER_TOTALS, after)


def _moved(
    rows: Rows,
    ctx: Ctx,
    voucher: Voucher,
    after: VoucherTotals,
    kind: str,
    amount: int,
    *,
    source_id: str | None,
    reason: str | None,
) -> VoucherTransaction:
    rows.put(VOUCHER_TOTALS, after)
    transaction = VoucherTransaction(
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
    rows.add(VOUCHER_TRANSACTIONS, transaction)
    return transaction
