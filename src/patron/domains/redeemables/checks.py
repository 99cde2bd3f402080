"""What must hold of sessions: whatever one holds counts in the sums of its voucher, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, Check, check
from patron.db.repairs import Column
from patron.domains.redeemables.model import SESSION_LOCKS
from patron.domains.vouchers.model import VOUCHER_TOTALS, VOUCHERS

_locks, _totals, _vouchers = SESSION_LOCKS.c, VOUCHER_TOTALS.c, VOUCHERS.c


def _held_check(column: str, part: str, what: str) -> Check:
    """The sum may be more than what is found: rows of sessions that ended are purged, and the sum is counted anew when
    somebody next asks.
    """
    expected = (
        sa.select(sa.func.coalesce(sa.func.sum(_locks[part]), 0))
        .select_from(SESSION_LOCKS.sa)
        .join(VOUCHERS.sa, sa.and_(_vouchers.project_id == _locks.project_id, _vouchers.id == _locks.voucher_id))
        .where(
            _locks.project_id == PROJECT,
            _locks.code == _totals.code,
            _vouchers.code == _totals.code,
            _locks.expires_at >= _totals.held_until,
        )
        .scalar_subquery()
    )
    return check(
        f"voucher_totals.{column}",
        f"What sessions hold of a voucher's {what} is in its sum, until the first of them may have ended.",
        sa.select(_totals.code, _totals[column], expected).where(
            _totals.project_id == PROJECT, _totals[column] < expected
        ),
        repair=Column(VOUCHER_TOTALS, column, expected, None),
    )


CHECKS = (_held_check("held_quantity", "quantity", "uses"), _held_check("held_amount", "amount", "balance"))
