"""What must hold of stored orders and of their customers' totals, whoever wrote them."""

from typing import Any

import sqlalchemy as sa

from patron.db.checks import PROJECT, Check, absent_check, check, column_check, total_check
from patron.domains.customers.model import CUSTOMER_TOTALS
from patron.domains.orders.model import ORDER_KEYS, ORDERS, Order, OrderKey

_orders, _keys, _totals = ORDERS.c, ORDER_KEYS.c, CUSTOMER_TOTALS.c

_NOTHING = sa.null()
_COSTS = sa.func.coalesce(_orders.amount, 0) - _orders.discount_amount - _orders.items_discount_amount
_PAID = sa.case((_COSTS > 0, _COSTS), else_=0)

_ORDER_OF_KEY = sa.exists().where(
    _orders.project_id == PROJECT,
    _orders.id == _keys.order_id,
    _orders.source_id == _keys.source_id,
    _orders.customer_id.is_not_distinct_from(_keys.customer_id),
)


def _of_customer(*what: Any) -> sa.Select[Any]:
    """Asks something of the orders that count for the customer whose totals are looked at."""
    return sa.select(*what).where(
        _orders.project_id == PROJECT,
        _orders.customer_id == _totals.customer_id,
        sa.or_(_orders.status == "PAID", _orders.status == "FULFILLED"),
    )


_NEWEST = _of_customer(sa.func.max(_orders.created_at)).scalar_subquery()
_LAST_AMOUNT = (
    _of_customer(_orders.total_amount)
    .order_by(_orders.created_at.desc(), _orders.total_amount.desc())
    .limit(1)
    .scalar_subquery()
)
_EXPECTED: dict[str, tuple[str, sa.ColumnElement[Any]]] = {
    "orders_amount": (
        "What a customer has spent is the sum of the orders that count.",
        _of_customer(sa.func.coalesce(sa.func.sum(_orders.total_amount), 0)).scalar_subquery(),
    ),
    "orders_count": (
        "A customer's orders are counted where they are paid or fulfilled.",
        _of_customer(sa.func.count()).select_from(ORDERS.sa).scalar_subquery(),
    ),
    "last_order_at": ("A customer's last order is the newest that counts.", _NEWEST),
    "last_order_amount": (
        "The amount of the last order is that order's.",
        sa.func.coalesce(_LAST_AMOUNT, 0),
    ),
}


def _totals_check(column: str) -> Check:
    rule, expected = _EXPECTED[column]
    return column_check(f"customer_totals.{column}", rule, CUSTOMER_TOTALS, column, expected)


def _key(order: Order, source_id: str) -> OrderKey:
    return OrderKey(order.project_id, source_id, order.id, order.customer_id)


CHECKS = (
    total_check("orders", ORDERS),
    column_check(
        "orders.total_amount",
        "What is paid for an order is its amount less its discounts.",
        ORDERS,
        "total_amount",
        _PAID,
    ),
    absent_check(
        "orders.without_key",
        "Every source_id leads to its order.",
        ORDERS,
        ORDER_KEYS,
        [_orders.source_id],
        _key,
        where=[_orders.source_id.is_not(None)],
        also=[_keys.order_id == _orders.id],
    ),
    check(
        "order_keys.of_nothing",
        "Every key row has an order with its source_id and its customer.",
        sa.select(_keys.source_id, _keys.order_id, _NOTHING).where(_keys.project_id == PROJECT, ~_ORDER_OF_KEY),
    ),
    *map(_totals_check, _EXPECTED),
)
