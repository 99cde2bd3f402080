"""Moving the totals of orders' customers, in the unit of the orders (spec C 1.3).

Whoever writes orders asks `lacking_last` before the first change and calls `settle` after the last one, with the same
ids. Where the last order of a customer goes, the others are looked at, by index and in a unit without other members:
these could have changed them since.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_TOTALS, CustomerTotals, CustomerTotalsMoved
from patron.domains.orders.model import Order
from patron.domains.orders.store import LAST_OF
from patron.domains.orders.totals import Counted, Shift, counted_for, customers_of, loses_last, may_lose_last, moved


def lacking_last(rows: Rows, ctx: Ctx, shift: Shift) -> Wants | None:
    """What `settle` needs beyond what was named, for one order that is changed; None: it has all."""
    before, after = shift
    wants = Wants()
    for customer_id, totals in _totals(rows, ctx, [shift]):
        if loses_last(totals, counted_for([before], customer_id), counted_for([after], customer_id)):
            _want_last(rows, ctx, wants, customer_id, [after.id])
    return wants if wants.scans else None


def lacking_lasts(rows: Rows, ctx: Ctx, orders: Sequence[Order], ids: Iterable[str]) -> Wants | None:
    """As `lacking_last`, for orders that are there and of which nobody can say yet how each will be changed."""
    wants = Wants()
    for customer_id, totals in _totals(rows, ctx, [(None, order) for order in orders]):
        if may_lose_last(totals, counted_for(orders, customer_id)):
            _want_last(rows, ctx, wants, customer_id, ids)
    return wants if wants.scans else None


def settle(rows: Rows, ctx: Ctx, shifts: Sequence[Shift], ids: Iterable[str]) -> None:
    """Move the totals of everybody whose orders were changed."""
    for customer_id, totals in _totals(rows, ctx, shifts):
        before = counted_for((each for each, _ in shifts), customer_id)
        after = counted_for((each for _, each in shifts), customer_id)
        if before == after:
            continue
        other = _last_of_others(rows, ctx, customer_id, ids) if loses_last(totals, before, after) else None
        rows.put(CUSTOMER_TOTALS, moved(totals, before, after, other))
        rows.announce(CustomerTotalsMoved(ctx.project_id, customer_id))


def _totals(rows: Rows, ctx: Ctx, shifts: Sequence[Shift]) -> Iterable[tuple[str, CustomerTotals]]:
    """Of everybody concerned who is there: a deleted customer has no totals, one that is to be made none yet."""
    for customer_id in customers_of(shifts):
        key = (ctx.project_id, customer_id)
        totals = rows.get(CUSTOMER_TOTALS, key) if rows.knows(CUSTOMER_TOTALS, key) else None
        if totals is not None:
            yield customer_id, totals


def _want_last(rows: Rows, ctx: Ctx, wants: Wants, customer_id: str, ids: Iterable[str]) -> None:
    asked = _asked(ctx, customer_id, ids)
    if not rows.has_scanned(LAST_OF, **asked):
        wants.scan(LAST_OF, scope=f"last order of {customer_id}", **asked)
        wants.exclusive = True


def _last_of_others(rows: Rows, ctx: Ctx, customer_id: str, ids: Iterable[str]) -> Counted | None:
    found: list[Counted] = rows.scanned(LAST_OF, **_asked(ctx, customer_id, ids))
    return found[0] if found else None


def _asked(ctx: Ctx, customer_id: str, ids: Iterable[str]) -> dict[str, Any]:
    without = msgspec.json.encode(sorted(ids)).decode()
    return {"project_id": ctx.project_id, "customer_id": customer_id, "without": without}
