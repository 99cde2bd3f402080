"""What must hold of stored vouchers, whoever wrote them: every balance is computed anew from its transactions."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, Check, absent_check, check, column_check, total_check
from patron.db.dialect import json_member
from patron.domains.customers.model import CUSTOMER_TOTALS
from patron.domains.vouchers.model import (
    ADDITION,
    BINNED_VOUCHERS,
    GIFT,
    REDEMPTION,
    REFUND,
    REMOVAL,
    TRANSACTION_KEYS,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
    VoucherTotals,
)

_vouchers, _totals, _moves = VOUCHERS.c, VOUCHER_TOTALS.c, VOUCHER_TRANSACTIONS.c
_keys, _holders, _binned, _of_customer = TRANSACTION_KEYS.c, VOUCHER_HOLDERS.c, BINNED_VOUCHERS.c, CUSTOMER_TOTALS.c

_NOTHING = sa.null()
_ID_KEPT, _CODE_KEPT = json_member(_binned.voucher, "id"), json_member(_binned.voucher, "code")


def _sum_of(*kinds: str) -> sa.ScalarSelect[int]:
    """How much the transactions of these types moved the balance of a row of totals."""
    of_card = sa.select(sa.func.coalesce(sa.func.sum(_moves.amount), 0)).where(
        _moves.project_id == PROJECT, _moves.code == _totals.code
    )
    return (of_card.where(sa.or_(*(_moves.type == kind for kind in kinds))) if kinds else of_card).scalar_subquery()


def _exists(code: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.exists().where(_vouchers.project_id == PROJECT, _vouchers.code == code),
        sa.exists().where(_binned.project_id == PROJECT, _binned.code == code),
    )


_COUNT = (
    sa.select(sa.func.count())
    .where(_moves.project_id == PROJECT, _moves.code == _totals.code)
    .scalar_subquery()
)  # fmt: skip
_before = VOUCHER_TRANSACTIONS.sa.alias("before")
_BALANCE_BEFORE = (
    sa.select(_before.c.balance)
    .where(_before.c.project_id == PROJECT, _before.c.code == _moves.code, _before.c.n == _moves.n - 1)
    .scalar_subquery()
)
_EXPECTED_AFTER = sa.case((_moves.n == 1, 0), else_=_BALANCE_BEFORE) + _moves.amount
_TO_GO = (
    sa.select(sa.func.coalesce(sa.func.sum(_totals.balance), 0))
    .select_from(VOUCHER_HOLDERS.sa)
    .join(VOUCHERS.sa, sa.and_(_vouchers.project_id == _holders.project_id, _vouchers.code == _holders.code))
    .join(VOUCHER_TOTALS.sa, sa.and_(_totals.project_id == _holders.project_id, _totals.code == _holders.code))
    .where(_holders.project_id == PROJECT, _holders.customer_id == _of_customer.customer_id)
    .scalar_subquery()
)


_OF_CARD = sa.and_(_moves.project_id == PROJECT, _moves.code == _totals.code)
_IN_DOUBT = sa.exists().where(_OF_CARD, _moves.balance.is_distinct_from(_EXPECTED_AFTER))
"""Whether the transactions of a card contradict each other, so that nobody can say what its totals should be."""


def _sum_check(column: str, rule: str, expected: sa.ColumnElement[int]) -> Check:
    return column_check(f"voucher_totals.{column}", rule, VOUCHER_TOTALS, column, expected, unless=_IN_DOUBT)


CHECKS = (
    total_check("vouchers", VOUCHERS),
    absent_check(
        "vouchers.without_totals",
        "Every gift card has a row of totals.",
        VOUCHERS,
        VOUCHER_TOTALS,
        [_vouchers.code],
        lambda voucher, code: VoucherTotals(voucher.project_id, code),
        where=[_vouchers.type == GIFT],
    ),
    check(
        "vouchers.in_the_bin",
        "No voucher is in the bin and out of it.",
        sa.select(_binned.code, sa.literal("in the bin, and there"), sa.literal("in the bin")).where(
            _binned.project_id == PROJECT,
            sa.exists().where(_vouchers.project_id == PROJECT, _vouchers.code == _binned.code),
        ),
    ),
    check(
        "binned_vouchers.voucher",
        "What is kept of a voucher in the bin is its own row.",
        sa.select(_binned.code, _ID_KEPT, _binned.id).where(
            _binned.project_id == PROJECT,
            sa.or_(_ID_KEPT.is_distinct_from(_binned.id), _CODE_KEPT.is_distinct_from(_binned.code)),
        ),
    ),
    _sum_check("balance", "A balance is the sum of its transactions.", _sum_of()),
    _sum_check("amount", "The amount of a card is what was added to it.", _sum_of(ADDITION)),
    _sum_check("subtracted_amount", "What was subtracted from a card was removed from it.", -_sum_of(REMOVAL)),
    _sum_check("redeemed_amount", "What was redeemed is what redemptions took.", -_sum_of(REDEMPTION, REFUND)),
    _sum_check("transactions", "A card has as many transactions as it has counted.", _COUNT),
    check(
        "voucher_totals.of_nobody",
        "Every row of totals has a voucher, in the bin or out of it.",
        sa.select(_totals.code, sa.literal("a row of totals"), _NOTHING).where(
            _totals.project_id == PROJECT, ~_exists(_totals.code)
        ),
    ),
    check(
        "voucher_transactions.balance",
        "Each transaction begins with the balance that the one before it left.",
        sa.select(_moves.id, _moves.balance, _EXPECTED_AFTER).where(
            _moves.project_id == PROJECT, _moves.balance.is_distinct_from(_EXPECTED_AFTER)
        ),
    ),
    check(
        "voucher_transactions.of_nobody",
        "Every transaction has a row of totals that it moved.",
        sa.select(_moves.id, sa.literal("a transaction"), _NOTHING).where(
            _moves.project_id == PROJECT,
            ~sa.exists().where(_totals.project_id == PROJECT, _totals.code == _moves.code),
        ),
    ),
    check(
        "voucher_transaction_keys.of_nobody",
        "Every source_id of a change leads to its transaction.",
        sa.select(_keys.source_id, _keys.amount, _NOTHING).where(
            _keys.project_id == PROJECT,
            ~sa.exists().where(
                _moves.project_id == PROJECT,
                _moves.code == _keys.code,
                _moves.source_id == _keys.source_id,
                _moves.amount == _keys.amount,
            ),
        ),
    ),
    check(
        "voucher_holders.of_nobody",
        "Whoever holds a voucher holds one that there is.",
        sa.select(_holders.code, _holders.customer_id, _NOTHING).where(
            _holders.project_id == PROJECT, ~_exists(_holders.code)
        ),
    ),
    column_check(
        "customer_totals.gift_amount_to_go",
        "What a customer has left on gift cards is the sum over the cards that they hold.",
        CUSTOMER_TOTALS,
        "gift_amount_to_go",
        _TO_GO,
    ),
)
