"""What an order's write leaves in its customer's feed (spec C 6.1)."""

from typing import Any

import msgspec

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer
from patron.domains.customers.model import CUSTOMERS
from patron.domains.events import record
from patron.domains.events.model import ACTION, Recorded
from patron.domains.orders.model import Order
from patron.domains.orders.totals import Shift
from patron.domains.orders.wire import CustomerId, OrderOut

ENTERED: dict[str, Recorded] = {
    "PAID": "customer.order.paid",
    "FULFILLED": "customer.order.fulfilled",
    "CANCELED": "customer.order.canceled",
}
"""The kind of entry by the status that an order gets."""


def record_order(rows: Rows, ctx: Ctx, shift: Shift) -> None:
    """Tell that an order is there or was changed, and of a status that it has got, in the feed of its customer now.

    The referrer is told by the id alone: the entry is the customer's, and stays when the referrer is erased.
    """
    before, after = shift
    customer = None if after.customer_id is None else rows.get(CUSTOMERS, (ctx.project_id, after.customer_id))
    if customer is None:
        return
    told: dict[str, Any] = {"customer": SimpleCustomer.of(customer), "order": OrderOut.of(after)}
    if after.referrer_id is not None:
        told["referrer"] = CustomerId(after.referrer_id)
    data = msgspec.json.encode(told)
    for kind in _kinds(before, after):
        record(rows, ctx, customer.id, kind, ACTION, data)


def _kinds(before: Order | None, after: Order) -> list[Recorded]:
    kinds: list[Recorded] = ["customer.order.created" if before is None else "customer.order.updated"]
    if after.status in ENTERED and (before is None or before.status != after.status):
        kinds.append(ENTERED[after.status])
    return kinds
