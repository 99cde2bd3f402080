"""Kinds of rows that were deleted and can still come back, each in a table of its own.

Each domain lists its own in `KINDS`; `app.py` hands the whole list to whoever shows them, gives them back, or ends them
for good.
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.actions import Action
from patron.db.dialect import TEXT
from patron.db.statements import Statement
from patron.db.tables import Table


class Entry(msgspec.Struct, frozen=True):
    """A deleted row: the id that it had, when it was deleted (epoch ms), its name, and of what it was a part."""

    id: str
    deleted_at: int
    name: str
    parent_id: str | None


class Deed(msgspec.Struct, frozen=True):
    """Do something with the row that had this id and was deleted at this moment; `entry_id` is for refusals."""

    id: str
    deleted_at: int
    entry_id: str


class Kind:
    """A table of deleted rows with `id` and `deleted_at`, and an index over the project, `deleted_at` and `id`.

    Where other rows stand there too, `only` tells those that are in the bin.

    `name` is the kind's, `prefix` how its ids begin, `called` and `parent` what is told of a row. `restore` and `purge`
    take a `Deed` and answer 204; Problem 404 where the row is not there (any more), 409 where it cannot come back.
    """

    def __init__(
        self,
        name: str,
        prefix: str,
        table: Table[Any],
        *,
        called: sa.ColumnElement[str],
        parent: sa.ColumnElement[Any],
        restore: Action[Deed],
        purge: Action[Deed],
        only: sa.TextClause | None = None,
    ) -> None:
        self.name = name
        self.prefix = prefix
        self.table = table
        self.called = called
        self.restore = restore
        self.purge = purge
        columns = table.c.id, table.c.deleted_at, called, sa.cast(parent, TEXT)
        of_project = sa.and_(table.c.project_id == sa.bindparam("project_id"), sa.true() if only is None else only)
        position = sa.tuple_(table.c.deleted_at, table.c.id)
        bound = sa.tuple_(sa.bindparam("deleted_at"), sa.bindparam("id"))
        self.newest: Statement[Entry] = Statement(
            sa.select(*columns)
            .where(of_project, position < bound)
            .order_by(table.c.deleted_at.desc(), table.c.id.desc())
            .limit(sa.bindparam("limit")),
            Entry,
        )
        """The page of those deleted before a position, the latest first."""
        self.oldest: Statement[Entry] = Statement(
            sa.select(*columns)
            .where(of_project, position > bound)
            .order_by(table.c.deleted_at, table.c.id)
            .limit(sa.bindparam("limit")),
            Entry,
        )
        """The page of those deleted after a position, the earliest first."""
        self.count: Statement[int] = Statement(sa.select(sa.func.count()).select_from(table.sa).where(of_project), int)
        """How many there are."""
