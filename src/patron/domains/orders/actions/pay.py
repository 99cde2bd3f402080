"""Storing an order that was redeemed for, as it was calculated, with its customer's totals and feed (spec I 4.1, 4.4).

For redemptions: `want_paid` in `gather`; `order_to_pay` and `lacking_to_pay` before the first change; then `pay`.
"""

from functools import reduce

from msgspec.structs import replace

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers import missing, upsert, want_upsert
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.actions.bring import bring, missing_brought, want_brought
from patron.domains.orders.actions.find import locked, unknown, want_order
from patron.domains.orders.actions.record import record_order
from patron.domains.orders.actions.save import by_key, keep_key, people
from patron.domains.orders.actions.settle import lacking_last, settle
from patron.domains.orders.items import Catalogue, brought
from patron.domains.orders.model import LIST, ORDER_KEYS, ORDERS, PREFIX, Order, OrderKey
from patron.domains.orders.policy import with_lines
from patron.domains.orders.wire import OrderIn, OrderPatch

_REFERRER = "referrer"


async def want_paid(
    read: Read, ctx: Ctx, wants: Wants, patch: OrderPatch, stored: Order | None, catalogue: Catalogue
) -> None:
    """Name the rows of an order that is sent, as it was found, and of whom and what comes along but the customer."""
    wants.count(ctx.project_id, LIST)
    if stored is not None:
        want_order(ctx, wants, stored)
    if patch.source_id:
        wants.make(ORDER_KEYS, OrderKey(ctx.project_id, patch.source_id, None, None))
    if (referrer := _referrer(patch)) is not None:
        await want_upsert(read, ctx, wants, referrer, _REFERRER)
    await want_brought(read, ctx, wants, brought(patch, catalogue))


def order_to_pay(rows: Rows, ctx: Ctx, patch: OrderIn, *, by_source_id: bool) -> Order | Need | None:
    """The order that is meant, under lock; None where it is to be created. Problem 404 for an unknown id.

    Without `by_source_id`, one that has the source_id already is not meant by it: `pay` refuses.
    """
    if patch.id:
        order = locked(rows, ctx, patch.id)
        if order is None:
            raise unknown(patch.id)
        return order
    return by_key(rows, ctx, patch.source_id) if by_source_id else None


def lacking_to_pay(
    rows: Rows, ctx: Ctx, before: Order | None, after: Order, patch: OrderPatch, catalogue: Catalogue
) -> Wants | None:
    """What `pay` needs beyond what was named; None: it has all."""
    lacking = [lacking_last(rows, ctx, (before, after)), *missing_brought(rows, ctx, brought(patch, catalogue))]
    if (referrer := _referrer(patch)) is not None:
        lacking.append(missing(rows, ctx, referrer, _REFERRER))
    found = [wants for wants in lacking if wants is not None]
    return reduce(_both, found) if found else None


def paid(ctx: Ctx, before: Order | None, after: Order) -> Order:
    """The order as it is stored once it was redeemed for: with an id, and paid; one that was fulfilled stays so."""
    return replace(
        after,
        id=ctx.id(PREFIX) if before is None else after.id,
        status="FULFILLED" if after.status == "FULFILLED" else "PAID",
        updated_at=after.updated_at if before is None else ctx.now,
    )


def pay(rows: Rows, ctx: Ctx, before: Order | None, after: Order, patch: OrderPatch, catalogue: Catalogue) -> Order:
    """Store the order that `paid` made, with whom and what it brings along; the order as it is then.

    Problem 400, 404 or 409.
    """
    if (referrer := _referrer(patch)) is not None:
        after = replace(after, referrer_id=upsert(rows, ctx, referrer, _REFERRER).id)
    lines = brought(patch, catalogue)
    if lines:
        after = with_lines(after, lambda items: bring(rows, ctx, lines, items))
    (rows.add if before is None else rows.put)(ORDERS, after)
    keep_key(rows, ctx, after)
    settle(rows, ctx, [(before, after)], [after.id])
    record_order(rows, ctx, (before, after))
    if before is None:
        rows.count(LIST, 1)
    return after


def _referrer(patch: OrderPatch) -> CustomerIn | None:
    return people(patch).get(_REFERRER)


def _both(wants: Wants, other: Wants) -> Wants:
    wants.merge(other)
    return wants
