"""The end of an async action: its result, made of what its steps have left behind."""

from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.model import ASYNC_ACTIONS, MOST_FAILURES_TOLD, AsyncAction, Status
from patron.domains.async_actions.policy import IMPORTED
from patron.domains.async_actions.store import BY_ID, FAILURES
from patron.domains.async_actions.wire import FailedRow, Result

_PARTS_AT_A_TIME = 50
_decode_failures = msgspec.json.Decoder(list[FailedRow]).decode


class Finish(msgspec.Struct, frozen=True):
    """How the action with this id ends. One that is DONE stays as it is; one that has FAILED may end anew."""

    action_id: str
    status: Status
    result: Result


async def finish_of(read: Read, project_id: str, action_id: str, *, fault: str = "") -> Finish:
    """The end of an action whose last step is done; a `fault` says why it could not be brought to its end."""
    action = await read.one(BY_ID, project_id=project_id, id=action_id)
    assert action is not None
    result = _result(action, await _failures(read, action), fault)
    return Finish(action_id, "FAILED" if fault else "DONE", result)


def want_failure(ctx: Ctx, wants: Wants, action_id: str) -> None:
    """Name what `fail` looks at."""
    wants.lock(ASYNC_ACTIONS, (ctx.project_id, action_id))
    wants.scan(FAILURES, scope=f"async action {action_id}", **_first(ctx, action_id))


def fail(rows: Rows, ctx: Ctx, action_id: str, fault: str) -> None:
    """End an action, as far as it is; `fault` says why it goes no further. Its result tells the first failures."""
    action = rows.get(ASYNC_ACTIONS, (ctx.project_id, action_id))
    if action is None or action.status == "DONE":
        return
    parts = rows.scanned(FAILURES, **_first(ctx, action_id))
    failed = [row for _, text in parts for row in _decode_failures(text)]
    _end(rows, ctx, action, Finish(action_id, "FAILED", _result(action, failed[:MOST_FAILURES_TOLD], fault)))


def _first(ctx: Ctx, action_id: str) -> dict[str, Any]:
    return {"project_id": ctx.project_id, "action_id": action_id, "first": 0, "limit": _PARTS_AT_A_TIME}


def _result(action: AsyncAction, failed: list[FailedRow], fault: str) -> Result:
    in_file = action.type in IMPORTED
    return Result(
        message=fault or _message(action) if in_file or fault else UNSET,
        done_count=action.done_count,
        failed_count=action.failed_count,
        failed=failed if in_file else UNSET,
        errors=UNSET if in_file else failed,
    )


def _message(action: AsyncAction) -> str:
    return f"{action.done_count} {IMPORTED[action.type]}(s) imported, {action.failed_count} failed."


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
    if action is not None and action.status != "DONE":
        _end(rows, ctx, action, body)
    return Reply(204)


def _end(rows: Rows, ctx: Ctx, action: AsyncAction, end: Finish) -> None:
    result = msgspec.json.encode(end.result).decode()
    options = "{}" if end.status == "DONE" else action.options  # they may say what was done of whom
    ended = {"status": end.status, "mark": "", "options": options, "result": result, "updated_at": ctx.now}
    rows.put(ASYNC_ACTIONS, msgspec.structs.replace(action, **ended))


FINISH = Action("async_actions.finish", _gather, _apply)
"""Body: `Finish`."""
