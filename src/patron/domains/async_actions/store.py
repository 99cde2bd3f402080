"""What is asked of async actions."""

from functools import cache

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.async_actions.model import ASYNC_ACTIONS, CHUNKS, REPORT_PARTS, AsyncAction, Chunk

BY_ID = Statement(
    sa.select(ASYNC_ACTIONS.sa).where(
        ASYNC_ACTIONS.c.project_id == sa.bindparam("project_id"), ASYNC_ACTIONS.c.id == sa.bindparam("id")
    ),
    AsyncAction,
)
"""The action with this id."""

BY_MARK = Statement(
    sa.select(ASYNC_ACTIONS.sa)
    .where(
        ASYNC_ACTIONS.c.project_id == sa.bindparam("project_id"),
        ASYNC_ACTIONS.c.mark == sa.bindparam("mark"),
    )
    .limit(1),
    AsyncAction,
)
"""The unfinished action with this mark."""

NEXT_CHUNK = Statement(
    sa.select(CHUNKS.sa).where(
        CHUNKS.c.project_id == sa.bindparam("project_id"),
        CHUNKS.c.action_id == sa.bindparam("action_id"),
        CHUNKS.c.n == sa.bindparam("n"),
    ),
    Chunk,
)
"""The chunk with this number."""

_OF_ACTION = (
    REPORT_PARTS.c.project_id == sa.bindparam("project_id"),
    REPORT_PARTS.c.action_id == sa.bindparam("action_id"),
)

LINES: Statement[str] = Statement(
    sa.select(REPORT_PARTS.c.lines)
    .where(*_OF_ACTION, REPORT_PARTS.c.n >= sa.bindparam("first"), REPORT_PARTS.c.n < sa.bindparam("end"))
    .order_by(REPORT_PARTS.c.n),
    str,
)
"""The report's lines of the chunks from `first` up to before `end`, in order."""

FAILURES: Statement[tuple[int, str]] = Statement(
    sa.select(REPORT_PARTS.c.n, REPORT_PARTS.c.failures)
    .where(*_OF_ACTION, REPORT_PARTS.c.n >= sa.bindparam("first"), sa.cast(REPORT_PARTS.c.failures, sa.Text) != "[]")
    .order_by(REPORT_PARTS.c.n)
    .limit(sa.bindparam("limit")),
    lambda n, failures: (n, failures),
)
"""Chunks from `first` on that have failures, with these, as `(n, JSON array)`."""


@cache
def page_of(position: str | None) -> Statement[AsyncAction]:
    """A page, newest first: from the beginning, before a `moment`, or after a `cursor`.

    Parameters: `project_id`, `limit`; `moment` (epoch ms), or `value` and `id` of the last entry before.
    """
    created, action_id = ASYNC_ACTIONS.c.created_at, ASYNC_ACTIONS.c.id
    page = sa.select(ASYNC_ACTIONS.sa).where(ASYNC_ACTIONS.c.project_id == sa.bindparam("project_id"))
    if position == "moment":
        page = page.where(created < sa.bindparam("moment"))
    if position == "cursor":
        page = page.where(sa.tuple_(created, action_id) < sa.tuple_(sa.bindparam("value"), sa.bindparam("id")))
    return Statement(page.order_by(created.desc(), action_id.desc()).limit(sa.bindparam("limit")), AsyncAction)
