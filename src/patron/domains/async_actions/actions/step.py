"""The steps of an async action, each in the unit of the chunk that it is about."""

import msgspec

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.model import ASYNC_ACTIONS, CHUNKS, REPORT_PARTS, AsyncAction, ReportPart, Step
from patron.domains.async_actions.policy import stepped
from patron.kernel.problems import not_found

_encode = msgspec.json.encode


def want_step(ctx: Ctx, wants: Wants, action_id: str, n: int) -> None:
    """Name the rows of the step that does chunk `n`."""
    wants.lock(ASYNC_ACTIONS, (ctx.project_id, action_id))
    wants.lock(CHUNKS, (ctx.project_id, action_id, n), to_delete=True)


def found(rows: Rows, ctx: Ctx, action_id: str) -> AsyncAction:
    """The action, under lock. Its `position` is the chunk that it has to do next: only that one may `advance` it."""
    action = rows.get(ASYNC_ACTIONS, (ctx.project_id, action_id))
    if action is None:
        raise not_found("async_action", action_id)
    return action


def advance(rows: Rows, ctx: Ctx, action: AsyncAction, step: Step) -> AsyncAction:
    """Move an action past the chunk at its position, which goes, and keep the chunk's part of the report."""
    after = stepped(action, done=step.done, failed=step.failed, passed=step.passed, now=ctx.now)
    rows.put(ASYNC_ACTIONS, after)
    chunk = rows.get(CHUNKS, (ctx.project_id, action.id, action.position))
    if chunk is not None:
        rows.remove(CHUNKS, chunk)
    if step.lines:
        failures = _encode(step.failures).decode()
        rows.add(REPORT_PARTS, ReportPart(ctx.project_id, action.id, action.position, step.lines, failures, ctx.now))
    return after
