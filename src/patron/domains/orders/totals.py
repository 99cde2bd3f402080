"""What orders do to their customers' totals (spec C 1.3): pure decisions.

Of the orders that count, the newest is the last one; of several of the same millisecond, the one of the largest amount.
So the totals' own two columns say which is last, and only where that one goes must the others be looked at.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from patron.domains.customers.model import CustomerTotals
from patron.domains.orders.model import Order
from patron.kernel.json_bounds import LARGEST_NUMBER
from patron.kernel.problems import invalid_payload

Counted = tuple[int, int]
"""An order that counts: when it was created (epoch ms), and what was paid for it."""

Shift = tuple[Order | None, Order]
"""An order before and after a write; None where it is new."""


def counted_for(orders: Iterable[Order | None], customer_id: str) -> list[Counted]:
    """Those of the orders that count for this customer."""
    return [
        (order.created_at, order.total_amount)
        for order in orders
        if order is not None and order.customer_id == customer_id and order.status in ("PAID", "FULFILLED")
    ]


def customers_of(shifts: Iterable[Shift]) -> list[str]:
    """Whose totals may move, in a fixed order."""
    given = {order.customer_id for shift in shifts for order in shift if order is not None}
    return sorted(customer_id for customer_id in given if customer_id is not None)


def may_lose_last(totals: CustomerTotals, before: Sequence[Counted]) -> bool:
    """Whether the last order is among these, and there are others that may come after them."""
    return len(before) < totals.orders_count and _last(totals) in before


def moved(
    totals: CustomerTotals, before: Sequence[Counted], after: Sequence[Counted], other: Counted | None
) -> CustomerTotals:
    """The totals once the orders that counted as `before` count as `after`.

    `other` is the last of all others, asked for where these had the last one. Problem 400 for sums that a double
    does not hold exactly.
    """
    amount = totals.orders_amount + sum(paid for _, paid in after) - sum(paid for _, paid in before)
    if amount > LARGEST_NUMBER:
        raise invalid_payload(f"amount: expected at most {LARGEST_NUMBER} for all orders of a customer")
    stays = other if _last(totals) in before else _last(totals)
    last_at, last_amount = max((each for each in (*after, stays) if each is not None), default=(None, 0))
    return replace(
        totals,
        orders_amount=amount,
        orders_count=totals.orders_count + len(after) - len(before),
        last_order_at=last_at,
        last_order_amount=last_amount,
    )


def loses_last(totals: CustomerTotals, before: Sequence[Counted], after: Sequence[Counted]) -> bool:
    """Whether the last order goes and nothing of what is written takes its place: the others must be looked at."""
    last = _last(totals)
    return last is not None and may_lose_last(totals, before) and not any(each >= last for each in after)


def _last(totals: CustomerTotals) -> Counted | None:
    return None if totals.last_order_at is None else (totals.last_order_at, totals.last_order_amount)
