"""Purges: old rows that nobody needs any more go, a chunk a unit, in the project's bulk lane (rules 12, 17)."""

from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.actions import Action, Ctx, More, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.kernel.clock import now_ms
from patron.queue.jobs import Task, Work
from patron.queue.schedule import Occurrence

CHUNK = 500


class Purge(msgspec.Struct, frozen=True):
    """Delete what is of before this moment (epoch ms)."""

    before: int


def purging(table: Table[Any], keep_ms: int, by: str = "created_at") -> Task[Occurrence]:
    """The task that purges a table of rows whose time `by` is longer ago than `keep_ms`."""
    action = purge_of(table, by)

    async def run(work: Work[Occurrence]) -> None:
        await work.finish(action, Purge(now_ms() - keep_ms))

    return Task(action.name, Occurrence, run, keep=False)


def purge_of(table: Table[Any], by: str = "created_at") -> Action[Purge]:
    """The write that deletes a table's rows whose time `by` is before a moment, oldest first, in chunks.

    The table needs an index on `(project_id, by)`. A chunk ends with a moment, so it may be larger than `CHUNK` by
    the rows of that moment. Rows without a time stay.
    """
    other = table.sa.alias()
    time, other_time = table.c[by], other.c[by]
    old = (table.c.project_id == sa.bindparam("project_id"), time < sa.bindparam("before"))
    last_of_chunk = (
        sa.select(other_time)
        .where(other.c.project_id == sa.bindparam("project_id"), other_time < sa.bindparam("before"))
        .order_by(other_time)
        .limit(1)
        .offset(CHUNK - 1)
        .scalar_subquery()
    )
    up_to = sa.func.coalesce(last_of_chunk, sa.bindparam("before"))
    delete: Statement[int] = Statement(sa.delete(table.sa).where(*old, time <= up_to).returning(time), int)

    async def gather(_read: Read, ctx: Ctx, purge: Purge) -> Wants:
        wants = Wants()
        wants.do(delete, project_id=ctx.project_id, before=purge.before)
        return wants

    def apply(rows: Rows, ctx: Ctx, purge: Purge) -> Reply | More:
        gone = rows.scanned(delete, project_id=ctx.project_id, before=purge.before)
        return More() if len(gone) >= CHUNK else Reply(204)

    return Action(f"{table.name}.purge", gather, apply)
