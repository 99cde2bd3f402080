"""Beginning bulk work that a request has brought: it is kept in this unit, and a job carries it out."""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import ActionWork, Brought, begin
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.customers.actions.bulk import Way
from patron.domains.customers.actions.carry_on import CARRY_ON, Plan
from patron.queue.jobs import enqueue


class StartBulk(msgspec.Struct, frozen=True):
    """Carry out what was brought, in this way."""

    brought: Brought
    way: Way


async def _gather(_read: Read, _ctx: Ctx, _body: StartBulk) -> Wants:
    return Wants()


def _apply(rows: Rows, ctx: Ctx, body: StartBulk) -> Outcome:
    brought = body.brought
    plan = Plan(body.way, brought.shared)
    action = begin(rows, ctx, brought.kind, plan, brought.total, brought.contents)
    enqueue(rows, ctx, CARRY_ON, ActionWork(action.id))
    return Reply(202, msgspec.json.encode(AsyncActionId(action.id)))


START_BULK = Action("customers.start_bulk", _gather, _apply)
"""Body: `StartBulk`. Answers 202 with the id of the async action."""
