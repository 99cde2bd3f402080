"""What this domain keeps of one customer: their orders go with them; of those that they referred, the mention goes."""

from patron.db.traces import Link, Trace
from patron.domains.orders.model import LIST, ORDER_KEYS, ORDERS
from patron.domains.orders.wire import OrderOut
from patron.kernel.clock import to_iso

TRACES = (
    Trace(ORDER_KEYS, by="customer_id", then="order_id", given_at_once=True),
    Trace(
        ORDERS,
        by="customer_id",
        then="id",
        told_as="orders",
        tell=OrderOut.of,
        counted_as="orders",
        listed_as=LIST,
        given_at_once=True,
    ),
    Link(
        ORDERS,
        by="referrer_id",
        then="id",
        told_as="referred_orders",
        tell=lambda order: {"id": order.id, "created_at": to_iso(order.created_at)},
    ),
)
"""Keys first, since each leads to an order. Both are read by customer to keep the totals of orders right."""
