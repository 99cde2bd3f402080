"""Work on rows that a request has brought: it is kept in the unit that begins it, and a job carries it out."""

from collections.abc import Callable
from typing import Any

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.actions.begin import begin
from patron.domains.async_actions.applying import RowsChunk
from patron.domains.async_actions.carrying_on import ActionWork, Writes, carrying_on
from patron.domains.async_actions.files.chunks import Brought, Shared
from patron.domains.async_actions.files.rows import Row
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.wire import AsyncActionId
from patron.queue.jobs import Task, enqueue


class Start(msgspec.Struct, frozen=True):
    """Carry out what was brought, in a way that the domain understands."""

    brought: Brought
    way: Any = None


class Plan(msgspec.Struct, frozen=True):
    """What an action keeps in its options: what is told once for all rows, and the way."""

    shared: Shared
    way: Any = None


async def _gather(_read: Read, _ctx: Ctx, _body: Start) -> Wants:
    return Wants()


def starting(name: str, task: Task[ActionWork], *, status: int = 202) -> Action[Start]:
    """The action that begins work of a domain. Answers with the id of the async action."""

    def apply(rows: Rows, ctx: Ctx, body: Start) -> Outcome:
        brought = body.brought
        plan = Plan(brought.shared, body.way)
        action = begin(rows, ctx, brought.kind, plan, brought.total, brought.contents)
        enqueue(rows, ctx, task, ActionWork(action.id))
        return Reply(status, msgspec.json.encode(AsyncActionId(action.id)))

    return Action(name, _gather, apply)


Carried = tuple[Action[RowsChunk[Any]], Callable[[str], list[Row[Any]]]]
"""How work is carried out: the action for a chunk, and what turns the chunk's content into rows."""


def carrying_rows(name: str, carried: Callable[[Read, AsyncAction, Plan], Carried]) -> Task[ActionWork]:
    """The task that carries out work that `starting` has begun."""

    def writes_of(read: Read, action: AsyncAction) -> Writes:
        plan = msgspec.json.decode(action.options, type=Plan)
        write, rows_of = carried(read, action, plan)

        async def write_of(content: str, n: int, _before: int) -> tuple[Action[Any], Any]:
            return write, RowsChunk(action.id, n, rows_of(content), plan.way)

        return write_of

    return carrying_on(name, writes_of)
