"""Noting on an order that what was redeemed for it was rolled back, and canceling it where the project says so.

For redemptions: `want_order` in `gather`, `locked` and `lacking_last` before the first change, then `roll_back`. Its
customer's totals and feed move with it, as they do whenever an order is written (spec I 4.8).
"""

from msgspec.structs import replace

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.domains.orders.actions.record import record_order
from patron.domains.orders.actions.settle import lacking_last, settle
from patron.domains.orders.model import ORDERS, Order
from patron.domains.orders.policy import noted, redemption_of, without_discounts
from patron.kernel.clock import to_iso


def lacking_to_roll_back(rows: Rows, ctx: Ctx, order: Order, *, canceling: bool) -> Wants | None:
    """What `roll_back` needs beyond what was named; None: it has all."""
    return lacking_last(rows, ctx, (order, without_discounts(order))) if canceling else None


def roll_back(
    rows: Rows, ctx: Ctx, order: Order, redemption_id: str, rollback_id: str, parts: list[str], *, canceling: bool
) -> Order:
    """Note the rollback of a redemption, of these `parts` if it was stacked; the order as it is then."""
    after = replace(without_discounts(order) if canceling else order, updated_at=ctx.now)
    redemption = redemption_of(order, redemption_id)
    if redemption is not None:
        undone = replace(redemption, rollback_id=rollback_id, rollback_date=to_iso(ctx.now))
        after = noted(after, redemption_id, replace(undone, rollback_stacked=parts) if parts else undone)
    rows.put(ORDERS, after)
    settle(rows, ctx, [(order, after)], [after.id])
    record_order(rows, ctx, (order, after))
    return after
