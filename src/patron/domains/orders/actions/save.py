"""Creating an order, or changing the one that is known by the id or source_id given (spec I 5).

Its customer and referrer are created or changed with it, its customer's totals and feed move in the same unit.
"""

from collections.abc import Mapping
from functools import reduce

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import missing, upsert, want_upsert, who
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.actions.bring import bring, missing_brought, want_brought
from patron.domains.orders.actions.find import find, locked, unknown, want_order
from patron.domains.orders.actions.record import record_order
from patron.domains.orders.actions.settle import lacking_last, settle
from patron.domains.orders.items import Catalogue, brought, kept_items
from patron.domains.orders.model import LIST, ORDER_KEYS, ORDERS, PREFIX, Order, OrderKey
from patron.domains.orders.policy import check_schemas, new_order, patched, same
from patron.domains.orders.store import BY_ID, BY_SOURCE_ID
from patron.domains.orders.wire import ItemOut, OrderIn, OrderOut, OrderPatch
from patron.kernel.problems import duplicate_found


class Save(msgspec.Struct, frozen=True):
    """A patch for the order with this id or source_id; without one, the patch (an `OrderIn`) says which it is.

    `catalogue` is what its lines speak of, as it was when they came.
    """

    patch: OrderPatch
    reference: str | None = None
    catalogue: Catalogue = Catalogue()


async def _gather(read: Read, ctx: Ctx, body: Save) -> Wants:
    wants = Wants()
    order = await _stored(read, ctx, wants, body)
    if order is not None:
        want_order(ctx, wants, order)
    if body.reference is None and not _id_of(body.patch):
        wants.count(ctx.project_id, LIST)  # also where it is there: it may be erased until then
    if body.patch.source_id:
        wants.make(ORDER_KEYS, OrderKey(ctx.project_id, body.patch.source_id, None, None))
    for label, person in people(body.patch).items():
        await want_upsert(read, ctx, wants, person, label)
    await want_brought(read, ctx, wants, brought(body.patch, body.catalogue))
    return wants


async def _stored(read: Read, ctx: Ctx, wants: Wants, body: Save) -> Order | None:
    """The order that is there, without a lock; None where it is to be created. Problem 404."""
    if body.reference is not None:
        order = await find(read, ctx.project_id, body.reference)
        if order.id != body.reference:
            wants.lock(ORDER_KEYS, (ctx.project_id, body.reference))
        return order
    if given := _id_of(body.patch):
        found = await read.one(BY_ID, project_id=ctx.project_id, id=given)
        if found is None:
            raise unknown(given)
        return found
    if body.patch.source_id:
        return await read.one(BY_SOURCE_ID, project_id=ctx.project_id, source_id=body.patch.source_id)
    return None


def people(patch: OrderPatch) -> dict[str, CustomerIn]:
    """Who comes along with an order, by what they are to it."""
    given: dict[str, CustomerIn] = {}
    if isinstance(patch.customer, CustomerIn):
        given["customer"] = patch.customer
    if isinstance(patch.referrer, CustomerIn):
        given["referrer"] = patch.referrer
    elif patch.referrer_id:
        given["referrer"] = CustomerIn(id=patch.referrer_id)
    return given


def _apply(rows: Rows, ctx: Ctx, body: Save) -> Outcome:
    before = _current(rows, ctx, body)
    if isinstance(before, Need):
        return before
    given = people(body.patch)
    lacking = [wants for label, person in given.items() if (wants := missing(rows, ctx, person, label))]
    lines = brought(body.patch, body.catalogue)
    lacking += missing_brought(rows, ctx, lines)
    if lacking:
        return Need(reduce(_both, lacking))
    expected = {f"{label}_id": who(rows, ctx, person, label) for label, person in given.items()}
    start = before or new_order(ctx.project_id, ctx.id(PREFIX), None, ctx.now)
    items = kept_items(body.patch, body.catalogue)
    last = lacking_last(rows, ctx, (before, patched(start, body.patch, items, expected)))
    if last is not None:
        return Need(last)
    ids = {f"{label}_id": upsert(rows, ctx, person, label).id for label, person in given.items()}
    items = bring(rows, ctx, lines, items)
    after = write(rows, ctx, before, Sent(start, body.patch, items, ids))
    if after is not before:
        settle(rows, ctx, [(before, after)], [after.id])
        record_order(rows, ctx, (before, after))
    if before is None:
        rows.count(LIST, 1)
    return Reply(200, msgspec.json.encode(OrderOut.of(after)), subject=after.customer_id or after.referrer_id)


def _both(wants: Wants, other: Wants) -> Wants:
    wants.merge(other)
    return wants


def _current(rows: Rows, ctx: Ctx, body: Save) -> Order | Need | None:
    """The order under lock; None where it is to be created. Problem 404."""
    named = body.reference or _id_of(body.patch)
    if named is None:
        return by_key(rows, ctx, body.patch.source_id)
    is_id = rows.knows(ORDERS, (ctx.project_id, named))
    order = locked(rows, ctx, named) if is_id else by_key(rows, ctx, named)
    if order is None:
        raise unknown(named)
    return order


def by_key(rows: Rows, ctx: Ctx, source_id: object) -> Order | Need | None:
    """The order that has this source_id now, if any has."""
    if not isinstance(source_id, str):
        return None
    key = rows.get(ORDER_KEYS, (ctx.project_id, source_id))
    return None if key is None or key.order_id is None else locked(rows, ctx, key.order_id)


class Sent(msgspec.Struct, frozen=True):
    """What was sent of an order: `start` is the order, or the empty one that a new order begins as."""

    start: Order
    patch: OrderPatch
    items: list[ItemOut] | None
    people: Mapping[str, str]


def write(rows: Rows, ctx: Ctx, before: Order | None, sent: Sent) -> Order:
    """Store what was sent of an order; the very same one where it says nothing new.

    Problem 400, or 409 where the source_id is another order's.
    """
    after = patched(sent.start, sent.patch, sent.items, sent.people)
    check_schemas(rows.rulebook, after, sent.patch)
    if before is not None and same(before, after):
        return before
    if before is not None:
        after = replace(after, updated_at=ctx.now)
    (rows.add if before is None else rows.put)(ORDERS, after)
    keep_key(rows, ctx, after)
    return after


def keep_key(rows: Rows, ctx: Ctx, after: Order) -> None:
    """The source_id leads to the order, and goes with its customer."""
    if after.source_id is None:
        return
    key = rows.get(ORDER_KEYS, (ctx.project_id, after.source_id))
    assert key is not None
    if key.order_id not in (None, after.id):
        raise duplicate_found("order", "source_id", after.source_id)
    rows.put(ORDER_KEYS, OrderKey(ctx.project_id, after.source_id, after.id, after.customer_id))


def _id_of(patch: OrderPatch) -> str | None:
    if isinstance(patch, OrderIn) and patch.id is not UNSET:
        return patch.id
    return None


SAVE = Action("orders.save", _gather, _apply)
"""Body: `Save`. Answers 200 with the order; Problem 404 for an unknown order or customer, 409 for a source_id that is
another order's.
"""
