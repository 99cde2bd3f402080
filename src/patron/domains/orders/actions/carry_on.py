"""Carrying out an import as a job: chunk by chunk, from where the action stands, to its end."""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import BY_ID, FINISH, NEXT_CHUNK, fail, finish_of, want_failure
from patron.domains.orders.actions.bring import catalogue_of
from patron.domains.orders.actions.import_chunk import IMPORT_CHUNK, Chunk, Done
from patron.domains.orders.wire import OrderIn
from patron.queue.jobs import Task, Work

GIVEN_UP = "The import could not be brought to its end; the orders that the report has are done."
GONE = "Of the orders that were left to do, some are no longer kept; those that the report has are done."

_rows = msgspec.json.Decoder(list[tuple[int, OrderIn]]).decode


class ImportWork(msgspec.Struct, frozen=True):
    """Carry out the async action with this id."""

    action_id: str


async def carry_on(work: Work[ImportWork]) -> None:
    """Do the chunks that are left, and end the action. Where this is broken off, the next run goes on from there."""
    await _do_chunks(work)
    read = await work.read()
    action = await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)
    if action is not None:
        fault = "" if action.rows == action.total else GONE
        await work.finish(FINISH, await finish_of(read, work.project_id, action.id, fault=fault))


async def _do_chunks(work: Work[ImportWork]) -> None:
    read = await work.read()
    action = await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)
    if action is None or action.status == "DONE":
        return
    n, progress = action.position, 100 * action.rows // max(action.total, 1)
    while (chunk := await read.one(NEXT_CHUNK, project_id=work.project_id, action_id=action.id, n=n)) is not None:
        rows = _rows(chunk.content)
        catalogue = await catalogue_of(read, work.project_id, [order for _, order in rows])
        reply = await work.step(IMPORT_CHUNK, Chunk(action.id, n, rows, catalogue), progress=progress)
        done = msgspec.json.decode(reply.body, type=Done)
        n, progress = done.position, min(99, 100 * done.rows // action.total)


async def _gather_giving_up(_read: Read, ctx: Ctx, body: ImportWork) -> Wants:
    wants = Wants()
    want_failure(ctx, wants, body.action_id)
    return wants


def _give_up(rows: Rows, ctx: Ctx, body: ImportWork) -> Outcome:
    fail(rows, ctx, body.action_id, GIVEN_UP)
    return Reply(204)


GIVE_UP = Action("orders.give_up_import", _gather_giving_up, _give_up)
"""Body: `ImportWork`. Its action goes no further by itself; an operator may have the job tried again."""

CARRY_ON = Task("orders.import", ImportWork, carry_on, given_up=GIVE_UP)
"""Carries out an import of orders."""
