"""Writing down whom a static segment lists: the first in the unit that makes it, the rest by a job (docs/adr/0008)."""

from collections.abc import Sequence

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import found
from patron.domains.customers.model import CUSTOMERS, MERGED_CUSTOMERS, Customer
from patron.domains.segments.actions.move import Moves, move
from patron.domains.segments.actions.standing import ids_of
from patron.domains.segments.model import (
    LISTING_TASK,
    SEGMENT_LISTINGS,
    SEGMENTS_OF_CUSTOMERS,
    STATIC,
    Segment,
    SegmentListing,
)
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.store.listing import LISTING, LISTINGS
from patron.domains.segments.store.segments import NOW_IDS
from patron.kernel.problems import Problem, not_found
from patron.queue.jobs import Task, Work, enqueue

AT_ONCE = 200
"""So many are written down in the unit that makes the segment, and in each one after it."""


class ListRest(msgspec.Struct, frozen=True):
    """List in a static segment whoever is still to be listed."""

    segment_id: str


class ListIn(msgspec.Struct, frozen=True):
    """List the customers of one listing in its segment."""

    segment_id: str
    id: str


def list_later(rows: Rows, ctx: Ctx, segment: Segment, ids: Sequence[str]) -> None:
    """Have these customers listed by a job."""
    for n in range(0, len(ids), AT_ONCE):
        customers = msgspec.json.encode(ids[n : n + AT_ONCE]).decode()
        rows.add(SEGMENT_LISTINGS, SegmentListing(ctx.project_id, segment.id, f"{n:06}", customers))
    if ids:
        enqueue(rows, ctx, LIST_REST, ListRest(segment.id))


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
    listing = await read.one(LISTING, project_id=ctx.project_id, segment_id=body.segment_id, id=body.id)
    if listing is not None:
        wants.lock(SEGMENT_LISTINGS, SEGMENT_LISTINGS.key_of(listing), to_delete=True)
        ids = _ids_of(listing)
        want_listed(wants, ctx.project_id, await now_ids(read, ctx.project_id, ids), ids)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: ListIn) -> Outcome:
    key = (ctx.project_id, body.segment_id, body.id)
    listing = rows.get(SEGMENT_LISTINGS, key) if rows.knows(SEGMENT_LISTINGS, key) else None
    if listing is None:
        return Reply(204)
    segment = Segments.of(rows.rulebook).get(body.segment_id)
    if segment is not None:
        customers = listed(rows, ctx, _ids_of(listing))
        if isinstance(customers, Need):
            return customers
        list_in(rows, ctx, segment, customers)
    rows.remove(SEGMENT_LISTINGS, listing)
    return Reply(204)


def _ids_of(listing: SegmentListing) -> list[str]:
    return [each for each in msgspec.json.decode(listing.customers, type=list[str]) if each]


LIST_IN = Action("segments.list_in", _gather, _apply)
"""Body: `ListIn`. Answers 204; who was deleted meanwhile is not listed."""


async def _list_rest(work: Work[ListRest]) -> None:
    whose = {"project_id": work.project_id, "segment_id": work.payload.segment_id}
    for listing in await (await work.read()).scan(LISTINGS, **whose):
        await work.step(LIST_IN, ListIn(work.payload.segment_id, listing))
    await work.finish()


async def _gather_drop(read: Read, ctx: Ctx, body: ListRest) -> Wants:
    wants = Wants()
    for listing in await read.all(LISTINGS, project_id=ctx.project_id, segment_id=body.segment_id):
        wants.lock(SEGMENT_LISTINGS, (ctx.project_id, body.segment_id, listing), to_delete=True)
    wants.scan(LISTINGS, scope=f"listings of {body.segment_id}", project_id=ctx.project_id, segment_id=body.segment_id)
    return wants


def _apply_drop(rows: Rows, ctx: Ctx, body: ListRest) -> Outcome:
    for listing in rows.scanned(LISTINGS, project_id=ctx.project_id, segment_id=body.segment_id):
        row = rows.get(SEGMENT_LISTINGS, (ctx.project_id, body.segment_id, listing))
        if row is not None:
            rows.remove(SEGMENT_LISTINGS, row)
    return Reply(204)


DROP = Action("segments.drop_listings", _gather_drop, _apply_drop)
"""Body: `ListRest`. Answers 204. Whoever is not listed yet will not be, since nobody is left to do it."""

LIST_REST = Task(LISTING_TASK, ListRest, _list_rest, given_up=DROP)
"""Lists the customers of a large static segment."""
