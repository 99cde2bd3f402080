"""Carrying out bulk work as a job: chunk by chunk, from where the action stands, to its end."""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import BY_ID, FINISH, NEXT_CHUNK, fail, finish_of, want_failure
from patron.domains.customers.actions.bulk import APPLY_ROWS, Applied, RowsChunk, Way
from patron.domains.customers.bulk.cells import CellReaders
from patron.domains.customers.bulk.chunks import Told, rows_maker
from patron.queue.jobs import Task, Work

GIVEN_UP = "The work could not be brought to its end; the rows that the report has are done."
GONE = "Of the rows that were left to do, some are no longer kept; the rows that the report has are done."


class BulkWork(msgspec.Struct, frozen=True):
    """Carry out the async action with this id."""

    action_id: str


class Plan(msgspec.Struct, frozen=True):
    """What an action keeps in its options: the way, and what is told once for all rows."""

    way: Way
    told: Told


async def carry_on(work: Work[BulkWork]) -> None:
    """Do the chunks that are left, and end the action. Where this is broken off, the next run goes on from there."""
    await _do_chunks(work)
    read = await work.read()
    action = await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)
    if action is not None:
        fault = "" if action.rows == action.total else GONE
        await work.finish(FINISH, await finish_of(read, work.project_id, action.id, fault=fault))


async def _do_chunks(work: Work[BulkWork]) -> None:
    read = await work.read()
    action = await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)
    if action is None or action.status == "DONE":
        return
    plan = msgspec.json.decode(action.options, type=Plan)
    rows_of = rows_maker(action.type, plan.told, read.rulebook.derived(CellReaders).by_key)
    n, before, progress = action.position, action.rows, 100 * action.rows // max(action.total, 1)
    while (chunk := await read.one(NEXT_CHUNK, project_id=work.project_id, action_id=action.id, n=n)) is not None:
        rows = rows_of(chunk.content)
        body = RowsChunk(action.id, n, before, rows, plan.way, passed=len(rows))
        reply = await work.step(APPLY_ROWS, body, progress=progress)
        applied = msgspec.json.decode(reply.body, type=Applied)
        n, before = applied.position, applied.rows
        progress = min(99, 100 * before // action.total)


async def _gather_giving_up(_read: Read, ctx: Ctx, body: BulkWork) -> Wants:
    wants = Wants()
    want_failure(ctx, wants, body.action_id)
    return wants


def _give_up(rows: Rows, ctx: Ctx, body: BulkWork) -> Outcome:
    fail(rows, ctx, body.action_id, GIVEN_UP)
    return Reply(204)


GIVE_UP = Action("customers.give_up_bulk", _gather_giving_up, _give_up)
"""Body: `BulkWork`. Its action goes no further by itself; an operator may have the job tried again."""

CARRY_ON = Task("customers.bulk", BulkWork, carry_on, given_up=GIVE_UP)
"""Carries out bulk work on customers."""
