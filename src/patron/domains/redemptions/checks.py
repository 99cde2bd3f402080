"""What must hold of stored redemptions: what others say of them is computed anew from the rows."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, Check, check, column_check, total_check
from patron.db.dialect import TEXT
from patron.domains.customers.model import CUSTOMER_TOTALS, MERGED_CUSTOMERS
from patron.domains.orders.model import ORDERS
from patron.domains.promotions import PROMOTION_TIER_TOTALS
from patron.domains.redemptions.model import (
    FAILURE,
    REDEMPTION,
    REDEMPTION_KEYS,
    REDEMPTIONS,
    ROLLBACK,
    ROLLED_BACK,
    SEVERAL,
    SUCCESS,
    TIER,
    VOUCHER,
)
from patron.domains.vouchers.model import BINNED_VOUCHERS, REFUND, VOUCHER_TOTALS, VOUCHER_TRANSACTIONS, VOUCHERS
from patron.domains.vouchers.model import REDEMPTION as SPENT_OF_CARD

_rows, _keys, _orders = REDEMPTIONS.c, REDEMPTION_KEYS.c, ORDERS.c
_totals, _moves, _of_customer, _merged = VOUCHER_TOTALS.c, VOUCHER_TRANSACTIONS.c, CUSTOMER_TOTALS.c, MERGED_CUSTOMERS.c

_of_tiers = PROMOTION_TIER_TOTALS.c

_NOTHING = sa.null()
_ONE = _rows.related_type != SEVERAL
"""A row of one redeemable, rather than of several together."""


def _its_id(table: sa.FromClause) -> sa.ScalarSelect[str]:
    of_code = sa.select(table.c.id).where(table.c.project_id == PROJECT, table.c.code == _totals.code)
    return of_code.correlate_except(table).scalar_subquery()


_VOUCHER_ID = sa.func.coalesce(_its_id(VOUCHERS.sa), _its_id(BINNED_VOUCHERS.sa))
"""Of the voucher that a row of totals is about; earlier ones may have had its code."""


def _of_voucher(sum_of: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Something of the successful redemptions of a voucher, less that of their rollbacks."""
    of_voucher = (
        _rows.project_id == PROJECT,
        _rows.code == _totals.code,
        _rows.related_id == _VOUCHER_ID,
        _rows.related_type == VOUCHER,
        _rows.result == SUCCESS,
    )
    found = sa.select(sa.func.coalesce(sa.func.sum(sum_of), 0)).where(*of_voucher)
    return found.correlate(VOUCHER_TOTALS.sa).scalar_subquery()


_TIMES = sa.case((_rows.object == REDEMPTION, 1), else_=-1)


def _counted(what: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """Something of a customer's rows; those of merged customers stand under their own ids for a while."""
    own = sa.select(what).where(_rows.project_id == PROJECT, _rows.customer_id == _of_customer.customer_id, *conditions)
    others = (
        sa.select(what)
        .select_from(MERGED_CUSTOMERS.sa.join(REDEMPTIONS.sa, _rows.customer_id == _merged.id))
        .where(
            _merged.project_id == PROJECT,
            _merged.into_id == _of_customer.customer_id,
            _rows.project_id == PROJECT,
            *conditions,
        )
    )
    return own.correlate(CUSTOMER_TOTALS.sa).scalar_subquery() + others.correlate(CUSTOMER_TOTALS.sa).scalar_subquery()


def _of_tier(sum_of: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Something of the redemptions of a promotion tier that stand."""
    found = sa.select(sa.func.coalesce(sa.func.sum(sum_of), 0)).where(
        _rows.project_id == PROJECT,
        _rows.related_id == _of_tiers.tier_id,
        _rows.related_type == TIER,
        _rows.object == REDEMPTION,
        _rows.result == SUCCESS,
        _rows.status != ROLLED_BACK,
    )
    return found.correlate(PROMOTION_TIER_TOTALS.sa).scalar_subquery()


_N = sa.func.count(_rows.place)
_SPENT = sa.func.coalesce(sa.func.sum(_rows.amount), 0)
_ATTEMPT, _ROLLBACK = _rows.object == REDEMPTION, _rows.object == ROLLBACK
_WORKED, _FAILED = _rows.result == SUCCESS, _rows.result == FAILURE
_COUNTERS: dict[str, tuple[str, sa.ColumnElement[int]]] = {
    "redeemed": ("A customer's attempts to redeem are counted.", _counted(_N, _ONE, _ATTEMPT)),
    "redemptions_succeeded": ("A customer's redemptions are counted.", _counted(_N, _ONE, _ATTEMPT, _WORKED)),
    "redemptions_failed": ("A customer's failed redemptions are counted.", _counted(_N, _ONE, _ATTEMPT, _FAILED)),
    "rolled_back": ("A customer's attempts to roll back are counted.", _counted(_N, _ONE, _ROLLBACK)),
    "rollbacks_succeeded": ("A customer's rollbacks are counted.", _counted(_N, _ONE, _ROLLBACK, _WORKED)),
    "rollbacks_failed": ("A customer's failed rollbacks are counted.", _counted(_N, _ONE, _ROLLBACK, _FAILED)),
    "gift_redeemed_amount": ("What a customer spent of gift cards is the sum of it.", _counted(_SPENT, _ONE, _WORKED)),
}


def _counter_check(column: str) -> Check:
    rule, expected = _COUNTERS[column]
    return column_check(f"customer_totals.{column}", rule, CUSTOMER_TOTALS, column, expected)


_undoing = REDEMPTIONS.sa.alias("undoing")
_IS_UNDONE = sa.exists().where(
    _undoing.c.project_id == PROJECT,
    _undoing.c.id == _rows.rollback_id,
    _undoing.c.place == sa.func.substr(_rows.rollback_id, 4),
    _undoing.c.of_id == _rows.id,
    _undoing.c.result == SUCCESS,
    _undoing.c.amount == -_rows.amount,
)
_OF_ORDER = _orders.redemptions.op("->", return_type=TEXT)(_rows.id)
_ROLLBACK_OF_ORDER = _OF_ORDER.op("->>", return_type=TEXT)(sa.literal("rollback_id", TEXT))
"""What an order says of a redemption, and by what it was rolled back."""

_EXPLAINED = sa.exists().where(
    _moves.project_id == PROJECT,
    _moves.code == _rows.code,
    _moves.source_id == _rows.id,
    _moves.amount == -_rows.amount,
)
_STILL_THERE = sa.exists().where(
    _totals.project_id == PROJECT, _totals.code == _rows.code, _rows.related_id == _VOUCHER_ID
)
CHECKS = (
    total_check("redemptions", REDEMPTIONS),
    column_check(
        "voucher_totals.redeemed_quantity",
        "A voucher was redeemed as often as its redemptions say, less their rollbacks.",
        VOUCHER_TOTALS,
        "redeemed_quantity",
        _totals.redeemed_before + _of_voucher(_TIMES),
    ),
    column_check(
        "promotion_tier_totals.total_redeemed",
        "A promotion tier was redeemed as often as its redemptions say, but for those that were rolled back.",
        PROMOTION_TIER_TOTALS,
        "total_redeemed",
        _of_tier(sa.literal(1)),
    ),
    column_check(
        "promotion_tier_totals.total_amount",
        "The orders for which a promotion tier stands redeemed came to what its redemptions say.",
        PROMOTION_TIER_TOTALS,
        "total_amount",
        _of_tier(_rows.order_amount),
    ),
    column_check(
        "promotion_tier_totals.total_discount_amount",
        "A promotion tier has taken off orders what its redemptions say, but for those that were rolled back.",
        PROMOTION_TIER_TOTALS,
        "total_discount_amount",
        _of_tier(_rows.discount_amount),
    ),
    *map(_counter_check, _COUNTERS),
    check(
        "redemptions.rolled_back",
        "What was rolled back names the rollback, which gave back what it took.",
        sa.select(_rows.id, _rows.status, _rows.rollback_id).where(
            _rows.project_id == PROJECT,
            sa.or_(
                (_rows.status == ROLLED_BACK).is_distinct_from(_rows.rollback_id.is_not(None)),
                sa.and_(_rows.rollback_id.is_not(None), ~_IS_UNDONE),
            ),
        ),
    ),
    check(
        "redemptions.unexplained",
        "What was spent of a card, or given back, is explained by a transaction.",
        sa.select(_rows.id, _NOTHING, -_rows.amount).where(
            _rows.project_id == PROJECT, _ONE, _rows.amount != 0, _rows.result == SUCCESS, _STILL_THERE, ~_EXPLAINED
        ),
    ),
    check(
        "voucher_transactions.of_redemption",
        "Credits that were redeemed or given back, but for those of before an import, are of a redemption.",
        sa.select(_moves.id, _moves.amount, _NOTHING).where(
            _moves.project_id == PROJECT,
            _moves.source_id.is_not(None),
            sa.or_(_moves.type == SPENT_OF_CARD, _moves.type == REFUND),
            ~sa.exists().where(
                _rows.project_id == PROJECT,
                _rows.code == _moves.code,
                _rows.id == _moves.source_id,
                _rows.amount == -_moves.amount,
            ),
        ),
    ),
    check(
        "redemptions.of_order",
        "An order names what was redeemed for it, and by what that was rolled back.",
        sa.select(_rows.id, _ROLLBACK_OF_ORDER, _rows.rollback_id)
        .select_from(REDEMPTIONS.sa)
        .join(ORDERS.sa, sa.and_(_orders.project_id == _rows.project_id, _orders.id == _rows.order_id))
        .where(
            _rows.project_id == PROJECT,
            _ATTEMPT,
            _WORKED,
            _rows.parent_id.is_(None),
            sa.or_(_OF_ORDER.is_(None), _ROLLBACK_OF_ORDER.is_distinct_from(_rows.rollback_id)),
        ),
    ),
    check(
        "redemption_keys.of_nothing",
        "What is redeemed once for an order leads to its redemption, which was not rolled back.",
        sa.select(_keys.key, _keys.redemption_id, _NOTHING).where(
            _keys.project_id == PROJECT,
            ~sa.exists().where(
                _rows.project_id == PROJECT,
                _rows.place == sa.func.substr(_keys.redemption_id, 3),
                _rows.id == _keys.redemption_id,
                _rows.once == _keys.key,
                _rows.rollback_id.is_(None),
            ),
        ),
    ),
)
