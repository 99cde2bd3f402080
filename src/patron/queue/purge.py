"""Purges: old rows that nobody needs any more go, a chunk a unit, in the project's bulk lane (rules 12, 17)."""

from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.actions import Action, Ctx, More, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table

CHUNK = 500


class Purge(msgspec.Struct, frozen=True):
    """Delete what was created before this moment (epoch ms)."""

    before: int


def purge_of(table: Table[Any]) -> Action[Purge]:
    """The write that deletes a table's rows whose `created_at` is before a moment, oldest first, in chunks.

    The table needs an index on `(project_id, created_at)`. A chunk ends with a moment, so it may be larger than
    `CHUNK` by the rows of that moment.
    """
    other = table.sa.alias()
    old = (table.c.project_id == sa.bindparam("project_id"), table.c.created_at < sa.bindparam("before"))
    last_of_chunk = (
        sa.select(other.c.created_at)
        .where(other.c.project_id == sa.bindparam("project_id"), other.c.created_at < sa.bindparam("before"))
        .order_by(other.c.created_at)
        .limit(1)
        .offset(CHUNK - 1)
        .scalar_subquery()
    )
    up_to = sa.func.coalesce(last_of_chunk, sa.bindparam("before"))
    delete: Statement[int] = Statement(
        sa.delete(table.sa).where(*old, table.c.created_at <= up_to).returning(table.c.created_at), int
    )

    async def gather(_read: Read, ctx: Ctx, purge: Purge) -> Wants:
        wants = Wants()
        wants.do(delete, project_id=ctx.project_id, before=purge.before)
        return wants

    def apply(rows: Rows, ctx: Ctx, purge: Purge) -> Reply | More:
        gone = rows.scanned(delete, project_id=ctx.project_id, before=purge.before)
        return More() if len(gone) >= CHUNK else Reply(204)

    return Action(f"{table.name}.purge", gather, apply)
