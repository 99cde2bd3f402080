"""Beginning an import of orders: what was sent is kept in this unit, and a job carries it out. One at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import ActionWork, begin
from patron.domains.async_actions.model import ASYNC_ACTIONS
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.orders.actions.carry_on import CARRY_ON
from patron.domains.orders.model import ORDER_IMPORTS, OrderImport
from patron.domains.orders.store import IMPORT
from patron.domains.orders.wire import OrderIn
from patron.kernel.problems import import_in_progress
from patron.queue.jobs import enqueue

ROWS = 25
"""Orders of a chunk, and so of a unit: other writes of the server wait no longer than these take."""
CHARACTERS = 256_000
ITEMS = 500
"""Lines of a chunk, each of which may bring a product and a SKU; one order may have as many."""

_encode = msgspec.json.encode


class StartImport(msgspec.Struct, frozen=True):
    """Import these orders, kept as chunks of JSON."""

    total: int
    contents: list[str]


async def of_orders(orders: Sequence[OrderIn]) -> StartImport:
    """The orders in chunks, each with its number from 1; others have their turn between two chunks."""
    return StartImport(len(orders), [content async for content in _chunks(orders)])


async def _chunks(orders: Sequence[OrderIn]) -> AsyncIterator[str]:
    chunk: list[bytes] = []
    size = items = 0
    for number, order in enumerate(orders, 1):
        chunk.append(_encode((number, order)))
        size += len(chunk[-1])
        items += len(order.items or ())
        if len(chunk) == ROWS or size >= CHARACTERS or items >= ITEMS:
            yield _joined(chunk)
            chunk, size, items = [], 0, 0
            await asyncio.sleep(0)
    if chunk:
        yield _joined(chunk)


def _joined(chunk: list[bytes]) -> str:
    return f"[{b','.join(chunk).decode()}]"


async def _gather(read: Read, ctx: Ctx, _body: StartImport) -> Wants:
    wants = Wants()
    wants.find_or_make(ORDER_IMPORTS, OrderImport(ctx.project_id, None))
    last = await read.one(IMPORT, project_id=ctx.project_id)
    if last is not None and last.action_id is not None:
        wants.lock(ASYNC_ACTIONS, (ctx.project_id, last.action_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: StartImport) -> Outcome:
    last = rows.get(ORDER_IMPORTS, (ctx.project_id,))
    assert last is not None
    if last.action_id is not None:
        key = (ctx.project_id, last.action_id)
        if not rows.knows(ASYNC_ACTIONS, key):
            return Need(_also(key))
        running = rows.get(ASYNC_ACTIONS, key)
        if running is not None and running.status not in ("DONE", "FAILED"):
            raise import_in_progress(running.id)
    action = begin(rows, ctx, "ORDERS.IMPORT", {}, body.total, body.contents)
    rows.put(ORDER_IMPORTS, OrderImport(ctx.project_id, action.id))
    enqueue(rows, ctx, CARRY_ON, ActionWork(action.id))
    return Reply(200, _encode(AsyncActionId(action.id)))


def _also(key: tuple[str, str]) -> Wants:
    wants = Wants()
    wants.lock(ASYNC_ACTIONS, key)
    return wants


START_IMPORT = Action("orders.start_import", _gather, _apply)
"""Body: `StartImport`. Answers 200 with the id of the async action; Problem 409 while another import runs."""
