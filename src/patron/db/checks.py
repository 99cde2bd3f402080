"""Checks: what must hold of stored rows, asked of the database in other words than those that wrote them.

A domain's `checks.py` knows the tables alone, so that a mistake of a writer is not repeated by whoever looks for it.
What other rows tell (a sum, a copy, a row that must be there) has a repair; where rows contradict each other, and none
tells which of them is right, there is none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.counts import COUNTS
from patron.db.dialect import TEXT
from patron.db.repairs import Absent, Column, Repair, Total, Version
from patron.db.rulebook import RULEBOOK_VERSIONS, Part
from patron.db.statements import Statement
from patron.db.tables import R, Table

PROJECT: sa.ColumnElement[str] = sa.bindparam("project_id")

ADVICE = (
    "No other row tells what it was. Look at the rows it speaks of; if a backup has them as they should be, restore it."
)
"""What an operator may do about what cannot be repaired, where a check has no better advice."""


class Difference(msgspec.Struct, frozen=True):
    """A row that is not as it must be: its name, what is `stored`, and what was `expected` of it, as far as each is."""

    row: str
    stored: str | None
    expected: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One thing that must hold, as a sentence, and the statement that looks for the first row where it does not.

    The statement takes `project_id`. A check is made by one of the functions below. `repair` writes what was expected,
    where other rows tell it; `advice` is for the operator where it cannot. Values that are `personal` are not told.
    """

    name: str
    rule: str
    first: Statement[Difference]
    repair: Repair | None = None
    advice: str = ADVICE
    personal: bool = False


def check(
    name: str,
    rule: str,
    rows: sa.Select[Any],
    *,
    repair: Repair | None = None,
    advice: str = ADVICE,
    personal: bool = False,
) -> Check:
    """A check by the rows that break it: three columns, which name the row, what it stores and what it should store."""
    row, stored, expected = (sa.cast(column, TEXT) for column in rows.selected_columns)
    first = Statement(rows.with_only_columns(row, stored, expected).limit(1), Difference)
    return Check(name, rule, first, repair, advice, personal)


def column_check(
    name: str,
    rule: str,
    table: Table[Any],
    column: str,
    expected: sa.ColumnElement[Any],
    *,
    unless: sa.ColumnElement[bool] | None = None,
    personal: bool = False,
) -> Check:
    """A column holds what is `expected` of its row: what other rows or columns tell, but `unless` they are in doubt.

    Writers lock the row in the unit in which they change what is expected of it, so a repair that locks it is exact.
    """
    stored = table.c[column]
    return check(
        name,
        rule,
        sa.select(table.c[table.key[1]], stored, expected).where(
            table.c.project_id == PROJECT, stored.is_distinct_from(expected)
        ),
        repair=Column(table, column, expected, unless),
        advice="The rows that it is computed from contradict each other. " + ADVICE,
        personal=personal,
    )


def absent_check(
    name: str,
    rule: str,
    parent: Table[R],
    table: Table[Any],
    key: Sequence[sa.ColumnElement[str]],
    make: Callable[[R, str], Any],
    *,
    where: Sequence[sa.ColumnElement[bool]] = (),
    also: Sequence[sa.ColumnElement[bool]] = (),
) -> Check:
    """Each row of `parent` (of those `where` this holds) has its row in `table`, whose key after the project is `key`.

    `also` must hold of that row. A repair makes the row from its parent, by `make(parent, first of the key)`, but only
    where the key is nobody's.
    """
    has_key = [table.c[name] == value for name, value in zip(table.key[1:], key, strict=True)]
    of_key = sa.exists().where(table.c.project_id == PROJECT, *has_key)
    of_parent = (parent.c.project_id == PROJECT, *where)
    expected = sa.literal(f"its row in {table.name}", TEXT)
    return check(
        name,
        rule,
        sa.select(parent.c[parent.key[-1]], sa.null(), expected).where(*of_parent, ~of_key.where(*also)),
        repair=Absent(parent, table, key, make, (*of_parent, ~of_key)),
        advice="Another row has its key, and which of the two is right no other row tells. " + ADVICE,
    )


def total_check(name: str, table: Table[Any]) -> Check:
    """The total that is counted under this name is the number of the table's rows."""
    counted = (
        sa.select(sa.func.coalesce(sa.func.sum(COUNTS.c.n), 0))
        .where(COUNTS.c.project_id == PROJECT, COUNTS.c.name == name)
        .scalar_subquery()
    )
    there = sa.select(sa.func.count()).select_from(table.sa).where(table.c.project_id == PROJECT).scalar_subquery()
    return check(
        f"{name}.total",
        f"The total of {name} is the number of rows.",
        sa.select(sa.literal(name, TEXT), counted, there).where(counted != there),
        repair=Total(name, table),
    )


def rulebook_checks(parts: Iterable[Part]) -> tuple[Check, ...]:
    """No content is newer than its project's version: servers would never hear of the change."""
    version = (
        sa.select(sa.func.coalesce(sa.func.max(RULEBOOK_VERSIONS.c.version), 0))
        .where(RULEBOOK_VERSIONS.c.project_id == PROJECT)
        .scalar_subquery()
    )
    return tuple(
        check(
            f"{part.table.name}.version",
            f"No row of {part.table.name} is newer than the project's rulebook.",
            sa.select(part.table.c[part.table.key[-1]], part.table.c.version, version).where(
                part.table.c.project_id == PROJECT, part.table.c.version > version
            ),
            repair=Version(part.table),
        )
        for part in parts
    )
