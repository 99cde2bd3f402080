"""Beginning an async action: the action and everything that it has to do, in the unit of whoever begins it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from patron.db.actions import Ctx
from patron.db.rows import Rows
from patron.domains.async_actions.model import ASYNC_ACTIONS, CHUNKS, PREFIX, AsyncAction, Chunk, Type

_encode = msgspec.json.encode


def begin(
    rows: Rows, ctx: Ctx, kind: Type, options: Any, total: int, contents: Sequence[str] = (), mark: str = ""
) -> AsyncAction:
    """Add an action with the chunks that it has to do, numbered from 0. Nothing needs to be named for it in gather.

    `options` is encoded as JSON; `total` is the progress to make; by `mark` the action is found while unfinished.
    """
    action = AsyncAction(
        project_id=ctx.project_id,
        id=ctx.id(PREFIX),
        type=kind,
        status="ENQUEUED",
        request_id=ctx.request_id,
        mark=mark,
        options=_encode(options).decode(),
        position=0,
        total=total,
        passed=0,
        done_count=0,
        failed_count=0,
        result=None,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    rows.add(ASYNC_ACTIONS, action)
    for n, content in enumerate(contents):
        rows.add(CHUNKS, Chunk(ctx.project_id, action.id, n, content, ctx.now))
    return action
