"""Comparing an active segment's members with everybody: when it is made, and when a day or a schema has changed.

The database says who differs, a range of customers at a time; each of these is then looked at under lock, so that what
happens to customers meanwhile is neither lost nor told twice. A unit that began before the segment was there may end
after the first comparison: so a second one follows, when every such unit has long ended.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS
from patron.domains.projects import calendar_of
from patron.domains.segments.actions.history import history_of, knows_history, want_history
from patron.domains.segments.actions.move import ENTERED, LEFT, Moves, Told, move
from patron.domains.segments.actions.standing import ids_of
from patron.domains.segments.model import (
    ACTIVE,
    NEVER_COMPARED,
    SEGMENT_MEMBERS,
    SEGMENTS,
    SEGMENTS_OF_CUSTOMERS,
    Segment,
)
from patron.domains.segments.policy.basis import basis_of
from patron.domains.segments.policy.compiled import Segments, Sieve
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.comparing import END_OF_RANGE, LAST, differing
from patron.domains.segments.store.segments import BY_ID
from patron.kernel.clock import now_ms
from patron.queue.jobs import NOTHING, Task, Work, enqueue
from patron.queue.schedule import Occurrence

CHUNK = 100
SETTLED_MS = 30_000
"""No unit lasts so long."""


class Compare(msgspec.Struct, frozen=True):
    """Write down of these customers whether they are in a segment."""

    segment_id: str
    customers: list[str]


class OfSegment(msgspec.Struct, frozen=True):
    """The segment with this id."""

    segment_id: str


class Compared(msgspec.Struct, frozen=True):
    """Everybody was looked at, by this basis."""

    segment_id: str
    basis: str


async def _gather(read: Read, ctx: Ctx, body: Compare) -> Wants:
    segment = await read.one(BY_ID, project_id=ctx.project_id, id=body.segment_id)
    sieve = None if segment is None else Segments.of(read.rulebook).sieve(segment)
    wants = Wants()
    for customer_id in body.customers if sieve is not None else ():
        _want(wants, sieve, (ctx.project_id, customer_id), body.segment_id)
    return wants


def _want(wants: Wants, sieve: Sieve | None, key: tuple[str, str], segment_id: str) -> None:
    wants.lock(CUSTOMERS, key)
    wants.lock(CUSTOMER_TOTALS, key)
    wants.lock(SEGMENTS_OF_CUSTOMERS, (*key, ACTIVE))
    wants.lock(SEGMENT_MEMBERS, (key[0], segment_id, key[1]), to_delete=True)
    if sieve is not None:
        want_history(wants, key, sieve.history)


def _apply(rows: Rows, ctx: Ctx, body: Compare) -> Outcome:
    segments = Segments.of(rows.rulebook)
    segment = segments.get(body.segment_id)
    sieve = None if segment is None else segments.sieve(segment)
    if segment is None or sieve is None:
        return Reply(204)
    lacking = Wants()
    keys = [(ctx.project_id, each) for each in body.customers]
    for key in keys:
        if not (rows.knows(CUSTOMERS, key) and knows_history(rows, key, sieve.history)):
            _want(lacking, sieve, key, segment.id)
    if lacking.locks:
        return Need(lacking)
    for key in keys:
        _compare(rows, ctx, key, segment, sieve)
    return Reply(204)


def _compare(rows: Rows, ctx: Ctx, key: tuple[str, str], segment: Segment, sieve: Sieve) -> None:
    customer, totals = rows.get(CUSTOMERS, key), rows.get(CUSTOMER_TOTALS, key)
    if customer is None or totals is None:
        return
    history = history_of(rows, key, sieve.history)
    passes = sieve.passes(facts_of(customer, totals, history, sieve.groups), ctx.now)
    if passes == (segment.id in ids_of(rows.get(SEGMENTS_OF_CUSTOMERS, (*key, ACTIVE)))):
        return
    told: list[Told] = [] if segment.compared_by == NEVER_COMPARED else [(ENTERED if passes else LEFT, segment)]
    moves = Moves(entered=[segment], told=told) if passes else Moves(left=[segment], told=told)
    move(rows, ctx, customer, ACTIVE, moves)


COMPARE = Action("segments.compare", _gather, _apply)
"""Body: `Compare`. Answers 204. Who was in before the segment was there is written down without a word."""


async def _gather_compared(_read: Read, ctx: Ctx, body: Compared) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(SEGMENTS, (ctx.project_id, body.segment_id))
    return wants


def _apply_compared(rows: Rows, ctx: Ctx, body: Compared) -> Outcome:
    segment = rows.get(SEGMENTS, (ctx.project_id, body.segment_id))
    if segment is not None and segment.deleted_at is None and segment.compared_by != body.basis:
        rows.put(SEGMENTS, replace(segment, compared_by=body.basis, version=rows.next_version()))
    return Reply(204)


COMPARED = Action("segments.compared", _gather_compared, _apply_compared)
"""Body: `Compared`. Answers 204."""


async def _fill(work: Work[OfSegment]) -> None:
    read = await work.read()
    segment = await read.one(BY_ID, project_id=work.project_id, id=work.payload.segment_id)
    sieve = None if segment is None else Segments.of(read.rulebook).sieve(segment)
    if sieve is None:
        await work.finish()
        return
    basis = basis_of(sieve, read.rulebook, now_ms())
    after = "" if work.state is None else msgspec.json.decode(work.state, type=str)
    passing = population(sieve.filter)
    statement = differing(passing)
    while after != LAST:
        read = await work.read()
        [up_to] = await read.scan(END_OF_RANGE, project_id=work.project_id, after=after) or [LAST]
        asked = {"project_id": work.project_id, "segment_id": work.payload.segment_id, "after": after, "up_to": up_to}
        ids = await read.scan(statement, **asked, **passing.values(calendar_of(read.rulebook), now_ms()))
        for n in range(0, len(ids), CHUNK):
            await work.step(COMPARE, Compare(work.payload.segment_id, ids[n : n + CHUNK]))
        after = up_to
        await work.step(NOTHING, None, state=after)
    await work.finish(COMPARED, Compared(work.payload.segment_id, basis))


FILL = Task("segments.fill", OfSegment, _fill)
"""Compares a segment's members with everybody."""


def fill(rows: Rows, ctx: Ctx, segment: Segment) -> None:
    """Have the members of a new segment written down, or those of one whose filter means something else from now on."""
    enqueue(rows, ctx, FILL, OfSegment(segment.id), label=segment.id)
    enqueue(rows, ctx, FILL, OfSegment(segment.id), run_at=ctx.now + SETTLED_MS, label=f"{segment.id} again")


def fill_naming(rows: Rows, ctx: Ctx, location_id: str) -> None:
    """Have the members of those segments written down anew that name a location which has another shape."""
    for segment, sieve in Segments.of(rows.rulebook).active().segments.values():
        if any(each.id == location_id for each in sieve.locations):
            fill(rows, ctx, segment)


class Sweep(msgspec.Struct, frozen=True):
    """Compare the members of these segments."""

    segment_ids: list[str]


async def _gather_sweep(_read: Read, _ctx: Ctx, _body: Sweep) -> Wants:
    return Wants()


def _apply_sweep(rows: Rows, ctx: Ctx, body: Sweep) -> Outcome:
    for segment_id in body.segment_ids:
        enqueue(rows, ctx, FILL, OfSegment(segment_id), label=segment_id)
    return Reply(204)


SWEEP = Action("segments.sweep", _gather_sweep, _apply_sweep)
"""Body: `Sweep`. Answers 204."""


async def _sweep(work: Work[Occurrence]) -> None:
    """A first comparison has a job of its own already."""
    read = await work.read()
    now = now_ms()
    stale = [
        segment.id
        for segment, sieve in Segments.of(read.rulebook).active().segments.values()
        if segment.compared_by not in (NEVER_COMPARED, basis_of(sieve, read.rulebook, now))
    ]
    await (work.finish(SWEEP, Sweep(stale)) if stale else work.finish())


SWEEPING: Task[Any] = Task("segments.sweep", Occurrence, _sweep, keep=False)
"""Has the members of segments compared whose filter means something else today, or under a schema of today."""
