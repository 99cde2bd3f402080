"""Carrying out bulk work as a job: chunk by chunk, from where the action stands, to its end."""

import asyncio
import time

import msgspec

from patron.domains.async_actions import BY_ID, FINISH, NEXT_CHUNK, finish_of, progress_of
from patron.domains.customers.actions.bulk import APPLY_ROWS, Applied, RowsChunk, Way
from patron.domains.customers.bulk.cells import CellReaders
from patron.domains.customers.bulk.chunks import Told, rows_maker
from patron.queue.claims import ATTEMPTS
from patron.queue.jobs import LostLease, Task, Work

LONGEST_PAUSE_SECONDS = 0.1
"""After each chunk the work rests as long as that took, or so long: half of a server's time is left to others."""


class BulkWork(msgspec.Struct, frozen=True):
    """Carry out the async action with this id."""

    action_id: str


class Plan(msgspec.Struct, frozen=True):
    """What an action keeps in its options: the way, and what is told once for all rows."""

    way: Way
    told: Told


async def carry_on(work: Work[BulkWork]) -> None:
    """Do the chunks that are left, and end the action. Where this is broken off, the next run goes on from there."""
    try:
        await _do_chunks(work)
    except LostLease:
        raise
    except Exception:
        if work.attempt >= ATTEMPTS:
            await _give_up(work)
        raise
    read = await work.read()
    await work.finish(FINISH, await finish_of(read, work.project_id, work.payload.action_id))


async def _do_chunks(work: Work[BulkWork]) -> None:
    read = await work.read()
    action = await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)
    if action is None or action.result is not None:
        return
    plan = msgspec.json.decode(action.options, type=Plan)
    rows_of = rows_maker(action.type, plan.told, read.rulebook.derived(CellReaders).by_key)
    n, progress = action.position, progress_of(action)
    while (chunk := await read.one(NEXT_CHUNK, project_id=work.project_id, action_id=action.id, n=n)) is not None:
        rows = rows_of(chunk.content)
        body = RowsChunk(action.id, n, rows, plan.way, passed=len(rows))
        started = time.perf_counter()
        reply = await work.step(APPLY_ROWS, body, progress=progress)
        await asyncio.sleep(min(time.perf_counter() - started, LONGEST_PAUSE_SECONDS))
        applied = msgspec.json.decode(reply.body, type=Applied)
        n = applied.position
        progress = min(99, 100 * (applied.done_count + applied.failed_count) // action.total)


async def _give_up(work: Work[BulkWork]) -> None:
    """No further run will come: say so in the action, whose rows up to here are done and counted."""
    read = await work.read()
    fault = "The work could not be brought to its end; the rows that the report has are done."
    await work.step(FINISH, await finish_of(read, work.project_id, work.payload.action_id, fault=fault))


CARRY_ON = Task("customers.bulk", BulkWork, carry_on)
"""Carries out bulk work on customers."""
