"""Writing down whom a static segment lists: the first in the unit that makes it, the rest by a job (docs/adr/0008)."""

from collections.abc import Sequence

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import found
from patron.domains.customers.model import CUSTOMERS, MERGED_CUSTOMERS, Customer
from patron.domains.segments.actions.move import Moves, move
from patron.domains.segments.actions.standing import ids_of
from patron.domains.segments.model import SEGMENTS_OF_CUSTOMERS, STATIC, Segment
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.store.segments import NOW_IDS
from patron.kernel.problems import Problem, not_found
from patron.queue.jobs import Task, Work

AT_ONCE = 200
"""So many are written down in the unit that makes the segment, and in each one after it."""


class ListIn(msgspec.Struct, frozen=True):
    """List these customers in a static segment."""

    segment_id: str
    customers: list[str]


async def now_ids(read: Read, project_id: str, ids: Sequence[str]) -> dict[str, str | None]:
    """For which customers these ids stand; None for nobody's."""
    encoded = msgspec.json.encode(list(ids)).decode()
    return dict(await read.scan(NOW_IDS, project_id=project_id, ids=encoded))


def check_there(now: dict[str, str | None]) -> None:
    """Problem 404 for the first id that is nobody's."""
    for given, customer_id in now.items():
        if customer_id is None:
            raise not_found("customer", given)


def want_listed(wants: Wants, project_id: str, now: dict[str, str | None], ids: Sequence[str]) -> None:
    """Name the rows of customers who are to be listed."""
    for given in ids:
        customer_id = now[given] or given
        if customer_id != given:
            wants.lock(MERGED_CUSTOMERS, (project_id, given))
        wants.lock(CUSTOMERS, (project_id, customer_id))
        wants.lock(SEGMENTS_OF_CUSTOMERS, (project_id, customer_id, STATIC))


def listed(rows: Rows, ctx: Ctx, ids: Sequence[str]) -> list[Customer] | Need:
    """The customers with these ids, each once, as far as they are there; `Need` where one has moved meanwhile."""
    customers: dict[str, Customer] = {}
    lacking = Wants()
    for given in ids:
        try:
            customer = found(rows, ctx, given, lambda _id: ())
        except Problem:
            continue
        if isinstance(customer, Need):
            lacking.merge(customer.wants)
            continue
        mine = (ctx.project_id, customer.id, STATIC)
        if not rows.knows(SEGMENTS_OF_CUSTOMERS, mine):
            lacking.lock(SEGMENTS_OF_CUSTOMERS, mine)
        customers[customer.id] = customer
    return Need(lacking) if lacking.locks else list(customers.values())


def list_in(rows: Rows, ctx: Ctx, segment: Segment, customers: Sequence[Customer]) -> None:
    """List these customers; who is listed already stays so."""
    for customer in customers:
        row = rows.get(SEGMENTS_OF_CUSTOMERS, (ctx.project_id, customer.id, STATIC))
        if segment.id not in ids_of(row):
            move(rows, ctx, customer, STATIC, Moves(entered=[segment]))


async def _gather(read: Read, ctx: Ctx, body: ListIn) -> Wants:
    wants = Wants()
    want_listed(wants, ctx.project_id, await now_ids(read, ctx.project_id, body.customers), body.customers)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: ListIn) -> Outcome:
    segment = Segments.of(rows.rulebook).get(body.segment_id)
    if segment is None:
        return Reply(204)
    customers = listed(rows, ctx, body.customers)
    if isinstance(customers, Need):
        return customers
    list_in(rows, ctx, segment, customers)
    return Reply(204)


LIST_IN = Action("segments.list_in", _gather, _apply)
"""Body: `ListIn`. Answers 204; who was deleted meanwhile is not listed."""


async def _list_rest(work: Work[ListIn]) -> None:
    done = 0 if work.state is None else msgspec.json.decode(work.state, type=int)
    while done < len(work.payload.customers):
        chunk = ListIn(work.payload.segment_id, work.payload.customers[done : done + AT_ONCE])
        done += AT_ONCE
        await work.step(LIST_IN, chunk, state=done)
    await work.finish()


LIST_REST = Task("segments.list", ListIn, _list_rest)
"""Lists the customers of a large static segment."""
