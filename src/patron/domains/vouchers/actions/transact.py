"""Moving a balance together with the transaction that explains it: there is no other way to move one (spec I 1.6)."""

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.vouchers.model import (
    TRANSACTION_PREFIX,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    Voucher,
    VoucherTotals,
    VoucherTransaction,
)
from patron.domains.vouchers.policy import kind_of, moved


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
    transaction = VoucherTransaction(
        project_id=ctx.project_id,
        code=voucher.code,
        n=after.transactions,
        id=ctx.id(TRANSACTION_PREFIX, voucher.code),
        voucher_id=voucher.id,
        campaign_id=voucher.campaign_id,
        type=kind_of(amount),
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
