"""Checks: what must hold of stored rows, asked of the database in other words than those that wrote them.

A domain's `checks.py` knows the tables alone, so that a mistake of a writer is not repeated by whoever looks for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.counts import COUNTS
from patron.db.dialect import TEXT
from patron.db.rulebook import RULEBOOK_VERSIONS, Part
from patron.db.statements import Statement
from patron.db.tables import Table

PROJECT: sa.ColumnElement[str] = sa.bindparam("project_id")


class Difference(msgspec.Struct, frozen=True):
    """A row that is not as it must be: its name, what is `stored`, and what was `expected` of it, as far as each is."""

    row: str
    stored: str | None
    expected: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One thing that must hold, as a sentence, and the statement that looks for the first row where it does not.

    The statement takes `project_id`. It is made by `check`.
    """

    name: str
    rule: str
    first: Statement[Difference]


def check(name: str, rule: str, rows: sa.Select[Any]) -> Check:
    """A check by the rows that break it: three columns, which name the row, what it stores and what it should store."""
    row, stored, expected = (sa.cast(column, TEXT) for column in rows.selected_columns)
    return Check(name, rule, Statement(rows.with_only_columns(row, stored, expected).limit(1), Difference))


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
        )
        for part in parts
    )
