"""Finding the order that a request speaks of, before and under lock."""

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, CustomerTotalsMoved
from patron.domains.orders.model import ORDER_KEYS, ORDERS, PREFIX, Order
from patron.domains.orders.store import BY_ID, BY_SOURCE_ID
from patron.kernel.problems import Problem, not_found


async def find(read: Read, project_id: str, reference: str) -> Order:
    """The order with this id or source_id. An id wins; Problem 404 where neither is known."""
    order = None
    if reference.startswith(PREFIX):
        order = await read.one(BY_ID, project_id=project_id, id=reference)
    if order is None:
        order = await read.one(BY_SOURCE_ID, project_id=project_id, source_id=reference)
    if order is None:
        raise unknown(reference)
    return order


async def find_stored(read: Read, project_id: str, order_id: str | None, source_id: str | None) -> Order | None:
    """The order that a body means by its `id`, which wins (Problem 404), or else by its `source_id`, if it is there."""
    if order_id:
        order = await read.one(BY_ID, project_id=project_id, id=order_id)
        if order is None:
            raise unknown(order_id)
        return order
    if not source_id:
        return None
    return await read.one(BY_SOURCE_ID, project_id=project_id, source_id=source_id)


def want_order(ctx: Ctx, wants: Wants, order: Order) -> None:
    """Name the rows of a stored order, and those of its customer."""
    wants.lock(ORDERS, (ctx.project_id, order.id))
    if order.source_id is not None:
        wants.lock(ORDER_KEYS, (ctx.project_id, order.source_id))
    if order.customer_id is not None:
        wants.lock(CUSTOMERS, (ctx.project_id, order.customer_id))
        wants.lock(CUSTOMER_TOTALS, (ctx.project_id, order.customer_id))
        wants.expect(CustomerTotalsMoved(ctx.project_id, order.customer_id))


def locked(rows: Rows, ctx: Ctx, order_id: str) -> Order | Need | None:
    """The order as it is under lock, with all that `want_order` names; None where there is none (any more)."""
    wants = Wants()
    if not rows.knows(ORDERS, (ctx.project_id, order_id)):
        wants.lock(ORDERS, (ctx.project_id, order_id))
        return Need(wants)
    order = rows.get(ORDERS, (ctx.project_id, order_id))
    if order is None or _has_all(rows, ctx, order):
        return order
    want_order(ctx, wants, order)
    return Need(wants)


def _has_all(rows: Rows, ctx: Ctx, order: Order) -> bool:
    has_key = order.source_id is None or rows.knows(ORDER_KEYS, (ctx.project_id, order.source_id))
    return has_key and (
        order.customer_id is None
        or (
            rows.knows(CUSTOMERS, (ctx.project_id, order.customer_id))
            and rows.knows(CUSTOMER_TOTALS, (ctx.project_id, order.customer_id))
        )
    )


def unknown(reference: str) -> Problem:
    """404 in the reference's words."""
    return not_found("order", reference)
