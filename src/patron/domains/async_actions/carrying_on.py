"""Carrying out an async action as a job: chunk by chunk, from where the action stands, to its end.

A domain says how a chunk's content becomes a write that answers with `Behind`; everything else is the same for all.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.actions.finish import FINISH, fail, finish_of, want_failure
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.store import BY_ID, NEXT_CHUNK
from patron.queue.jobs import Task, Work

GIVEN_UP = "The work could not be brought to its end; the rows that the report has are done."
GONE = "Of the rows that were left to do, some are no longer kept; the rows that the report has are done."


class ActionWork(msgspec.Struct, frozen=True):
    """Carry out the async action with this id."""

    action_id: str


class Behind(msgspec.Struct, frozen=True):
    """What lies behind an action: `position` is the chunk that comes next."""

    position: int
    done_count: int
    failed_count: int

    @property
    def rows(self) -> int:
        """How many rows lie behind."""
        return self.done_count + self.failed_count


class Applied(Behind, frozen=True, kw_only=True):
    """The answer to a chunk: whether it was this write that did it, how far the action is now, whether it is over."""

    done: bool
    over: bool
    passed: int


def applied(action: AsyncAction, *, done: bool) -> Reply:
    """The answer to a chunk of this action, as it is afterwards."""
    told = Applied(
        position=action.position,
        done_count=action.done_count,
        failed_count=action.failed_count,
        done=done,
        over=action.status == "DONE",
        passed=action.passed,
    )
    return Reply(200, msgspec.json.encode(told))


Writes = Callable[[str, int, int], Awaitable[tuple[Action[Any], Any]]]
"""The write of a chunk, as an action and its body, by content, number and how many rows lie before it."""


def carrying_on(name: str, writes_of: Callable[[Read, AsyncAction], Writes]) -> Task[ActionWork]:
    """The task that carries out actions. Where it is broken off, the next run goes on from there.

    Each write answers with JSON that has the fields of `Behind`, whether or not it was this one that did the chunk.
    """

    async def run(work: Work[ActionWork]) -> None:
        read = await work.read()
        action = await _action_of(read, work)
        if action is not None and action.status != "DONE":
            await _do_chunks(read, work, action, writes_of(read, action))
        action = await _action_of(read, work)
        if action is not None:
            fault = "" if action.rows == action.total else GONE
            await work.finish(FINISH, await finish_of(read, work.project_id, action.id, fault=fault))

    return Task(name, ActionWork, run, given_up=GIVE_UP)


async def _action_of(read: Read, work: Work[ActionWork]) -> AsyncAction | None:
    return await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)


async def _do_chunks(read: Read, work: Work[ActionWork], action: AsyncAction, write_of: Writes) -> None:
    behind = Behind(action.position, action.done_count, action.failed_count)
    while True:
        where = {"project_id": work.project_id, "action_id": action.id, "n": behind.position}
        chunk = await read.one(NEXT_CHUNK, **where)
        if chunk is None:
            return
        write, body = await write_of(chunk.content, behind.position, behind.rows)
        progress = min(99, 100 * behind.rows // max(action.total, 1))
        reply = await work.step(write, body, progress=progress)
        behind = msgspec.json.decode(reply.body, type=Behind)


async def _gather_giving_up(_read: Read, ctx: Ctx, body: ActionWork) -> Wants:
    wants = Wants()
    want_failure(ctx, wants, body.action_id)
    return wants


def _give_up(rows: Rows, ctx: Ctx, body: ActionWork) -> Outcome:
    fail(rows, ctx, body.action_id, GIVEN_UP)
    return Reply(204)


GIVE_UP = Action("async_actions.give_up", _gather_giving_up, _give_up)
"""Body: `ActionWork`. Its action goes no further by itself; an operator may have the job tried again."""
