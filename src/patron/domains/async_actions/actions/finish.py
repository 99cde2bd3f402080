"""The end of an async action: its result, made of what its steps have left behind."""

from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.model import ASYNC_ACTIONS, MOST_FAILURES_TOLD, AsyncAction, Status
from patron.domains.async_actions.store import BY_ID, FAILURES
from patron.domains.async_actions.wire import FailedRow, Result

_PARTS_AT_A_TIME = 50
_decode_failures = msgspec.json.Decoder(list[FailedRow]).decode


class Finish(msgspec.Struct, frozen=True):
    """How the action with this id ends. One that has ended stays as it is."""

    action_id: str
    status: Status
    result: Result


async def finish_of(read: Read, project_id: str, action_id: str, *, fault: str = "") -> Finish:
    """The end of an action whose last step is done; a `fault` says why it could not be brought to its end."""
    action = await read.one(BY_ID, project_id=project_id, id=action_id)
    assert action is not None
    failed = await _failures(read, action)
    in_file = action.type == "CUSTOMERS.IMPORT_CSV"
    result = Result(
        message=fault or _message(action) if in_file or fault else UNSET,
        done_count=action.done_count,
        failed_count=action.failed_count,
        failed=failed if in_file else UNSET,
        errors=UNSET if in_file else failed,
    )
    return Finish(action_id, "FAILED" if fault else "DONE", result)


def _message(action: AsyncAction) -> str:
    return f"{action.done_count} customer(s) imported, {action.failed_count} failed."


async def _failures(read: Read, action: AsyncAction) -> list[FailedRow]:
    """The first failures, as many as a result tells."""
    failures: list[FailedRow] = []
    first = 0
    while len(failures) < min(action.failed_count, MOST_FAILURES_TOLD):
        where: dict[str, Any] = {"project_id": action.project_id, "action_id": action.id, "first": first}
        parts = await read.all(FAILURES, **where, limit=_PARTS_AT_A_TIME)
        if not parts:
            break
        first = parts[-1][0] + 1
        for _, text in parts:
            failures += _decode_failures(text)
    return failures[:MOST_FAILURES_TOLD]


async def _gather(_read: Read, ctx: Ctx, body: Finish) -> Wants:
    wants = Wants()
    wants.lock(ASYNC_ACTIONS, (ctx.project_id, body.action_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Finish) -> Outcome:
    action = rows.get(ASYNC_ACTIONS, (ctx.project_id, body.action_id))
    if action is not None and action.result is None:
        result = msgspec.json.encode(body.result).decode()
        options = "{}" if body.status == "DONE" else action.options  # they may say what was done of whom
        ended = {"status": body.status, "mark": "", "options": options, "result": result, "updated_at": ctx.now}
        rows.put(ASYNC_ACTIONS, msgspec.structs.replace(action, **ended))
    return Reply(204)


FINISH = Action("async_actions.finish", _gather, _apply)
"""Body: `Finish`."""
