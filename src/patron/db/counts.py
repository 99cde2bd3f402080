"""Totals of lists, kept as rows (unit-of-work rule 22).

Each process counts in a slot of its own, so that no row is hot; the sum of the slots is exact. Whoever has locked all
slots of a list is alone with it: nobody who moves its total has anything under way (`Wants.pause`).
"""

import os

import msgspec
import sqlalchemy as sa

from patron.db.statements import Statement
from patron.db.tables import Table

SLOTS = 32
SLOT = os.getpid() % SLOTS
"""Where this process counts. Two processes that share a slot wait for each other, nothing worse."""


class Count(msgspec.Struct, frozen=True):
    """How many of `name` one slot has counted; a slot may be negative, the sum never is.

    Who moves it must know the rulebook as of this `version`.
    """

    project_id: str
    name: str
    slot: int
    n: int = 0
    version: int = 0


COUNTS = Table(Count, "counts", rank=90, key=("project_id", "name", "slot"))

TOTAL = Statement(
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(COUNTS.c.n), 0), sa.BigInteger())).where(
        COUNTS.c.project_id == sa.bindparam("project_id"), COUNTS.c.name == sa.bindparam("name")
    ),
    int,
)
"""The total of the list `name` of a project."""
