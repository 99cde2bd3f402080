"""A chunk of an import (spec I 5): each order stored or reported, in one unit with the step and the totals.

One order's fault is that order's: nothing of it stays, and the others are done. Nothing is told in feeds.
"""

from collections.abc import Mapping
from functools import partial

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import Behind, advance, failed_in_file, found, want_step
from patron.domains.async_actions.model import AsyncAction, Step
from patron.domains.customers import missing_import, upsert_import, want_imports
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.actions.bring import bring, missing_brought, want_brought
from patron.domains.orders.actions.find import locked, unknown, want_order
from patron.domains.orders.actions.save import Sent, by_key, people, write
from patron.domains.orders.actions.settle import lacking_lasts, settle
from patron.domains.orders.items import Brought, Catalogue, brought, kept_items
from patron.domains.orders.model import LIST, ORDER_KEYS, ORDERS, PREFIX, Order, OrderKey
from patron.domains.orders.policy import new_order
from patron.domains.orders.report import RowOutcome, line_of
from patron.domains.orders.store import BY_ID, OWNERS
from patron.domains.orders.totals import Shift
from patron.domains.orders.wire import OrderIn
from patron.kernel.problems import Problem

_encode = msgspec.json.encode


class Chunk(msgspec.Struct, frozen=True):
    """The orders of chunk `n` of an action, each with its number, and what their lines speak of."""

    action_id: str
    n: int
    rows: list[tuple[int, OrderIn]]
    catalogue: Catalogue


async def _gather(read: Read, ctx: Ctx, body: Chunk) -> Wants:
    wants = Wants()
    want_step(ctx, wants, body.action_id, body.n)
    wants.count(ctx.project_id, LIST)
    names = sorted({order.source_id for _, order in body.rows if order.source_id})
    owners = dict(await read.all(OWNERS, project_id=ctx.project_id, source_ids=_encode(names).decode()))
    for name in names:
        wants.make(ORDER_KEYS, OrderKey(ctx.project_id, name, None, None))
    ids = {order.id or owners.get(order.source_id or "") for _, order in body.rows}
    for order_id in sorted(each for each in ids if each):
        wants.lock(ORDERS, (ctx.project_id, order_id))
        stored = await read.one(BY_ID, project_id=ctx.project_id, id=order_id)
        if stored is not None:
            want_order(ctx, wants, stored)
    await want_imports(read, ctx, wants, _people(body))
    for number, order in body.rows:
        await want_brought(read, ctx, wants, _brought(order, body.catalogue), f"{number}/")
    return wants


def _brought(order: OrderIn, catalogue: Catalogue) -> list[Brought]:
    """What the lines of an order bring; nothing for one that will be refused for it when it is carried out."""
    try:
        return brought(order, catalogue)
    except Problem:
        return []


def _people(body: Chunk) -> dict[str, CustomerIn]:
    """Who comes along with the orders, by number and by what they are to the order."""
    return {_label(number, role): person for number, order in body.rows for role, person in people(order).items()}


def _label(number: int, role: str) -> str:
    return f"{number}/{role}"


def _apply(rows: Rows, ctx: Ctx, body: Chunk) -> Outcome:
    action = found(rows, ctx, body.action_id)
    if action.status == "DONE" or action.position != body.n:
        return _told(action)
    known = _known(rows, ctx, body)
    if isinstance(known, Need):
        return known
    before = {order.id: order for order in known if order is not None}
    last = lacking_lasts(rows, ctx, list(before.values()), before)
    if last is not None:
        return Need(last)
    outcomes = [_attempt(rows, ctx, number, order, body.catalogue) for number, order in body.rows]
    stored = {outcome.order.id for outcome in outcomes if outcome.order is not None} | before.keys()
    shifts = [_shift(rows, ctx, before, order_id) for order_id in sorted(stored)]
    settle(rows, ctx, shifts, before)
    rows.count(LIST, len(stored) - len(before))
    return _told(advance(rows, ctx, action, _step_of(outcomes)))


def _told(action: AsyncAction) -> Reply:
    return Reply(200, _encode(Behind(action.position, action.done_count, action.failed_count)))


def _known(rows: Rows, ctx: Ctx, body: Chunk) -> list[Order | None] | Need:
    """The orders that are there, under lock; or all the rows that are lacking, of orders and of people."""
    known = [_one(rows, ctx, order) for _, order in body.rows]
    lacking = [each.wants for each in known if isinstance(each, Need)]
    lacking += [wants for label, who in _people(body).items() if (wants := missing_import(rows, ctx, who, label))]
    for _, order in body.rows:
        lacking += missing_brought(rows, ctx, _brought(order, body.catalogue))
    if not lacking:
        return [each for each in known if not isinstance(each, Need)]
    wants = Wants()
    for each in lacking:
        wants.merge(each)
    return Need(wants)


def _one(rows: Rows, ctx: Ctx, order: OrderIn) -> Order | Need | None:
    return locked(rows, ctx, order.id) if order.id else by_key(rows, ctx, order.source_id)


def _attempt(rows: Rows, ctx: Ctx, number: int, order: OrderIn, catalogue: Catalogue) -> RowOutcome:
    name = order.source_id or order.id or ""
    outcome = rows.attempt(partial(_carry_out, rows, ctx, number, order, catalogue))
    return RowOutcome(number, name, problem=outcome) if isinstance(outcome, Problem) else outcome


def _carry_out(rows: Rows, ctx: Ctx, number: int, order: OrderIn, catalogue: Catalogue) -> RowOutcome:
    before = _one(rows, ctx, order)
    assert not isinstance(before, Need)
    if before is None and order.id:
        raise unknown(order.id)
    lines = brought(order, catalogue)
    start = before or new_order(ctx.project_id, ctx.serial_id(PREFIX, "import", number), None, ctx.now)
    ids = {
        f"{role}_id": upsert_import(rows, ctx, person, _label(number, role)).id
        for role, person in people(order).items()
    }
    items = bring(rows, ctx, lines, kept_items(order, catalogue), f"{number}/")
    after = write(rows, ctx, before, Sent(start, order, items, ids))
    return RowOutcome(number, order.source_id or order.id or "", after, found=before is not None)


def _shift(rows: Rows, ctx: Ctx, before: Mapping[str, Order], order_id: str) -> Shift:
    after = rows.get(ORDERS, (ctx.project_id, order_id))
    assert after is not None
    return before.get(order_id), after


def _step_of(outcomes: list[RowOutcome]) -> Step:
    failures = tuple(
        failed_in_file(each.row, each.source_id, each.problem) for each in outcomes if each.problem is not None
    )
    return Step(
        done=len(outcomes) - len(failures),
        failed=len(failures),
        passed=len(outcomes),
        lines="".join(map(line_of, outcomes)),
        failures=failures,
    )


IMPORT_CHUNK = Action("orders.import_chunk", _gather, _apply)
"""Body: `Chunk`. Answers 200 with `Behind`; a chunk that an earlier write has done changes nothing."""
