"""Repairs: what is written where a check found another value than history tells, as questions to the database.

Each finds in a snapshot what may differ, a page at a time, and asks once more under lock; `repairing` writes it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.counts import COUNTS
from patron.db.dialect import INTEGER, TEXT, JsonText, each_text, row_text
from patron.db.statements import Statement
from patron.db.tables import Table

CHUNK = 200
"""How many rows one unit repairs."""

Rest = tuple[str, ...]
"""A primary key after the project's id; the tables that are repaired have texts there."""

Found = tuple[Rest, Rest]
"""The key to go on after, and the key of the row that is repaired (each after the project's id)."""

_PROJECT: sa.ColumnElement[str] = sa.bindparam("project_id")
_LIMIT: sa.ColumnElement[int] = sa.bindparam("limit")


class Column:
    """A column of a table that other rows or columns tell; it stays as it is `unless` they are sound."""

    def __init__(
        self, table: Table[Any], column: str, expected: sa.ColumnElement[Any], unless: sa.ColumnElement[bool] | None
    ) -> None:
        self.table = table
        self.column = column
        stored = table.c[column]
        told = sa.cast(expected, stored.type)
        sound = () if unless is None else (~unless,)
        keys = [table.c[name] for name in table.key[1:]]
        self.differing: Statement[Found] = _page(
            table, keys, (table.c.project_id == _PROJECT, stored.is_distinct_from(expected), *sound)
        )
        given = each_text(sa.bindparam("keys", type_=JsonText())).table_valued("value", name="given")
        # by number rather than by a parameter, whose type PostgreSQL would have to guess
        parts = (
            sa.cast(given.c.value, JsonText()).op("->>", return_type=TEXT)(sa.literal_column(str(n)))
            for n in range(len(keys))
        )
        of_key = [key == part for key, part in zip(keys, parts, strict=True)]
        now = sa.select(row_text(told)).where(table.c.project_id == _PROJECT, *of_key, *sound).scalar_subquery()
        self.expected: Statement[tuple[Rest, list[Any] | None]] = Statement(
            sa.select(given.c.value, now).select_from(given), _expected
        )
        """What is expected of the rows with these `keys` (a JSON array of arrays), None where nothing is."""


class Absent:
    """Rows that follow from the rows of another table, one from each, and are not there."""

    def __init__(
        self,
        parent: Table[Any],
        table: Table[Any],
        key: Sequence[sa.ColumnElement[str]],
        make: Callable[[Any, str], Any],
        where: Sequence[sa.ColumnElement[bool]],
    ) -> None:
        self.parent = parent
        self.table = table
        self.make = make
        parents = [parent.c[name] for name in parent.key[1:]]
        self.differing: Statement[Found] = _page(parent, [*parents, *key], where)


class Total:
    """The total of a list, which is the number of a table's rows."""

    def __init__(self, name: str, table: Table[Any]) -> None:
        self.name = name
        counted = sa.select(sa.func.coalesce(sa.func.sum(COUNTS.c.n), 0)).where(
            COUNTS.c.project_id == _PROJECT, COUNTS.c.name == name
        )
        there = sa.select(sa.func.count()).select_from(table.sa).where(table.c.project_id == _PROJECT)
        self.sums: Statement[tuple[int, int]] = Statement(
            sa.select(*(sa.cast(each.scalar_subquery(), INTEGER) for each in (counted, there))),
            lambda counted, there: (counted, there),
        )
        """What is counted, and what there is."""


class Version:
    """The version of a project's rulebook, which is at least that of each row of its content in this table."""

    def __init__(self, table: Table[Any]) -> None:
        newest = sa.select(sa.func.coalesce(sa.func.max(table.c.version), 0)).where(table.c.project_id == _PROJECT)
        self.newest: Statement[int] = Statement(newest, int)


Repair = Column | Absent | Total | Version


def _page(table: Table[Any], columns: Sequence[Any], where: Sequence[sa.ColumnElement[bool]]) -> Statement[Found]:
    """A page of a table's rows in the order of their keys, after the key in `after_0`, `after_1` …; its columns begin
    with that key, and what comes behind it is the key of what is repaired (the very same where nothing does).
    """
    n = len(table.key) - 1
    keys = [table.c[name] for name in table.key[1:]]
    after = [sa.bindparam(f"after_{i}", type_=TEXT) for i in range(n)]
    here = keys[0] > after[0] if n == 1 else sa.tuple_(*keys) > sa.tuple_(*after)
    page = sa.select(*columns).where(*where, here).order_by(*keys).limit(_LIMIT)
    return Statement(page, lambda *row: (row[:n], row[n:] or row[:n]))


def _expected(key: str, told: str | None) -> tuple[Rest, list[Any] | None]:
    return tuple(msgspec.json.decode(key)), None if told is None else msgspec.json.decode(told)
