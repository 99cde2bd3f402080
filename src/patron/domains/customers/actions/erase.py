"""Erasing a customer for good (spec C 2.5, 5.7).

The first unit takes the profile away, so that nothing is found or added any more, and leaves an `Erasure`. Then the
traces that every domain has of the customer go, a chunk of each in a unit of its own, then what the rows left in the
database's file. An erasure that is interrupted is ended by the schedule. Who was merged into the customer is the same
person: all of it is done for each of the ids.
"""

from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from patron.db.actions import ANY_SIZE, Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.traces import CHUNK, Mention, Trace
from patron.domains.customers.actions.delete import remove, want_removal, whole_customer
from patron.domains.customers.actions.find import now_of, unknown, want_id
from patron.domains.customers.actions.names import Names, names, want_names
from patron.domains.customers.erased import COUNTERS, ErasureOut
from patron.domains.customers.model import (
    DELETED_CUSTOMERS,
    ERASURES,
    MERGED_CUSTOMERS,
    PREFIX,
    CustomerErased,
    Erasure,
)
from patron.domains.customers.store import DELETED, ERASURE, MERGED, UNWIPED
from patron.kernel.clock import now_ms
from patron.queue.jobs import Task, Work
from patron.queue.purge import Purge
from patron.queue.schedule import Occurrence

ID_PREFIX = "del_"

INTERRUPTED_MS = 60 * 1000
"""An erasure that has not ended for so long is taken up by the schedule."""

WIPED_AT_ONCE_BYTES = 64 << 20
"""A larger file of SQLite's is not written anew for each erasure, since writes wait meanwhile; the schedule does it."""

Traces = Sequence[Trace | Mention]


class Erase(msgspec.Struct, frozen=True):
    """Erase the customer with this id or source_id, or the deleted one with this id."""

    reference: str


def erase_of(traces: Traces) -> Action[Erase]:
    """The verb that erases a customer with these traces.

    Body: `Erase`. Answers 200 with the erasure; Problem 404 for an unknown customer.
    """

    async def gather(read: Read, ctx: Ctx, body: Erase) -> Wants:
        erasure = await read.one(ERASURE, project_id=ctx.project_id, id=ctx.id(ID_PREFIX))
        wants = Wants()
        if erasure is None:
            await _want_customer(read, ctx, wants, body.reference)
        else:
            _want_chunk(wants, traces, erasure, wiped_up_to=WIPED_AT_ONCE_BYTES)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: Erase) -> Outcome:
        key = (ctx.project_id, ctx.id(ID_PREFIX))
        if not rows.knows(ERASURES, key):
            return _begin(rows, ctx, body.reference)
        erasure = rows.get(ERASURES, key)
        assert erasure is not None
        return _go_on(rows, ctx, traces, erasure)

    return Action("customers.erase", gather, apply)


def ending_erasures(traces: Traces) -> Task[Occurrence]:
    """The task that ends erasures which were interrupted, and writes a large file of SQLite's anew."""
    action = end_erasures_of(traces)

    async def run(work: Work[Occurrence]) -> None:
        await work.finish(action, Purge(now_ms() - INTERRUPTED_MS))

    return Task(action.name, Occurrence, run, keep=False)


def end_erasures_of(traces: Traces) -> Action[Purge]:
    """The write that ends erasures which were begun before a moment."""

    async def gather(read: Read, ctx: Ctx, body: Purge) -> Wants:
        wants = Wants()
        wants.scan(UNWIPED, scope="erasures", project_id=ctx.project_id, before=body.before)
        erasure = await read.one(UNWIPED, project_id=ctx.project_id, before=body.before)
        if erasure is not None:
            _want_chunk(wants, traces, erasure, wiped_up_to=ANY_SIZE)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: Purge) -> Outcome:
        for erasure in rows.scanned(UNWIPED, project_id=ctx.project_id, before=body.before):
            if rows.knows(ERASURES, ERASURES.key_of(erasure)):
                ended = isinstance(_go_on(rows, ctx, traces, erasure), Reply) and not rows.wiped
                return Reply(204) if ended else More()
        return Reply(204)

    return Action("customers.end_erasures", gather, apply)


async def _want_customer(read: Read, ctx: Ctx, wants: Wants, reference: str) -> None:
    deleted_id = await _deleted_id(read, ctx, reference)
    if deleted_id is None:
        await want_removal(read, ctx, wants, reference, partial(CustomerErased, ctx.project_id))
        return
    await want_id(read, ctx, wants, reference)
    wants.lock(DELETED_CUSTOMERS, (ctx.project_id, deleted_id), to_delete=True)
    await want_names(read, ctx, wants, deleted_id)
    wants.expect(CustomerErased(ctx.project_id, deleted_id))


async def _deleted_id(read: Read, ctx: Ctx, reference: str) -> str | None:
    """The id of the deleted customer for whom this id stands; None where it stands for none."""
    if not reference.startswith(PREFIX):
        return None
    merged = await read.one(MERGED, project_id=ctx.project_id, id=reference)
    deleted_id = reference if merged is None else merged.into_id
    deleted = await read.one(DELETED, project_id=ctx.project_id, id=deleted_id)
    return None if deleted is None else deleted_id


def _begin(rows: Rows, ctx: Ctx, reference: str) -> More:
    """Take the profile away, whether it lives or was deleted before, and every name."""
    taken = _take_away(rows, ctx, reference)
    if isinstance(taken, More):
        return taken
    customer_id, its_names = taken
    for merged in its_names.merged:
        rows.remove(MERGED_CUSTOMERS, merged)
    counts = msgspec.json.encode({**dict.fromkeys(COUNTERS, 0), "customer": 1}).decode()
    others = [merged.id for merged in its_names.merged]
    rows.add(
        ERASURES,
        Erasure(
            project_id=ctx.project_id,
            id=ctx.id(ID_PREFIX),
            customer_id=customer_id,
            counts=counts,
            created_at=ctx.now,
            done_at=None,
            wiped_at=None,
            names=msgspec.json.encode(others).decode() if others else None,
        ),
    )
    rows.announce(CustomerErased(ctx.project_id, customer_id))
    return More()


def _take_away(rows: Rows, ctx: Ctx, reference: str) -> tuple[str, Names] | More:
    """The id of the customer who is gone now, and what names there were."""
    deleted_id = now_of(rows, ctx, reference)
    if not rows.knows(DELETED_CUSTOMERS, (ctx.project_id, deleted_id)):
        whole = whole_customer(rows, ctx, reference)
        if isinstance(whole, More):
            return whole
        customer, its_names = whole
        remove(rows, ctx, customer, its_names)
        return customer.id, its_names
    deleted = rows.get(DELETED_CUSTOMERS, (ctx.project_id, deleted_id))
    if deleted is None:
        raise unknown(reference)
    former = names(rows, ctx, deleted_id)
    if former is None:
        return More()
    rows.remove(DELETED_CUSTOMERS, deleted)
    return deleted_id, former


def _subjects(erasure: Erasure) -> list[str]:
    """All ids of who is erased."""
    others = [] if erasure.names is None else msgspec.json.decode(erasure.names, type=list[str])
    return [*others, erasure.customer_id]


def _want_chunk(wants: Wants, traces: Traces, erasure: Erasure, *, wiped_up_to: int) -> None:
    wants.lock(ERASURES, ERASURES.key_of(erasure))
    if erasure.done_at is not None:
        wants.wipe(up_to=wiped_up_to)
        return
    subject = _subjects(erasure)[erasure.gone or 0]
    for trace in traces:
        wants.do(trace.erase, project_id=erasure.project_id, subject=subject)
        if isinstance(trace, Trace) and trace.listed_as is not None:
            wants.count(erasure.project_id, trace.listed_as)


def _go_on(rows: Rows, ctx: Ctx, traces: Traces, erasure: Erasure) -> Reply | More:
    """Note the chunk that went; when there was no more, the file is wiped and the answer given."""
    if erasure.done_at is not None:
        after = replace(erasure, wiped_at=ctx.now if rows.wiped else None)
        rows.put(ERASURES, after)
        return Reply(200, msgspec.json.encode(ErasureOut.of(after)))
    counts: dict[str, int] = msgspec.json.decode(erasure.counts)
    subjects, at = _subjects(erasure), erasure.gone or 0
    if not all(rows.has_scanned(trace.erase, project_id=erasure.project_id, subject=subjects[at]) for trace in traces):
        return More()  # another process has come further
    more = False
    for trace in traces:
        gone = len(rows.scanned(trace.erase, project_id=erasure.project_id, subject=subjects[at]))
        more = more or gone >= CHUNK
        if isinstance(trace, Trace):
            _count(rows, counts, trace, gone)
    at += not more
    done_at = ctx.now if at == len(subjects) else None
    told = msgspec.json.encode(counts).decode()
    rows.put(ERASURES, replace(erasure, counts=told, done_at=done_at, gone=at))
    return More()


def _count(rows: Rows, counts: dict[str, int], trace: Trace, gone: int) -> None:
    """Add the rows that went to the answer's counters, and take them from the total of their list."""
    if trace.counted_as is not None:
        counts[trace.counted_as] += gone
    if trace.listed_as is not None:
        rows.count(trace.listed_as, -gone)
