"""Carrying out bulk work as a job."""

from typing import Any

import msgspec

from patron.db.actions import Action, Read
from patron.domains.async_actions import CellReaders, Shared, Writes, carrying_on
from patron.domains.async_actions.model import AsyncAction
from patron.domains.customers.actions.bulk import APPLY_ROWS, RowsChunk, Way
from patron.domains.customers.bulk.chunks import rows_maker


class Plan(msgspec.Struct, frozen=True):
    """What an action keeps in its options: the way, and what is told once for all rows."""

    way: Way
    shared: Shared


def _writes_of(read: Read, action: AsyncAction) -> Writes:
    plan = msgspec.json.decode(action.options, type=Plan)
    rows_of = rows_maker(action.type, plan.shared, read.rulebook.derived(CellReaders).of("customer"))

    async def write_of(content: str, n: int, before: int) -> tuple[Action[Any], Any]:
        rows = rows_of(content)
        return APPLY_ROWS, RowsChunk(action.id, n, before, rows, plan.way, passed=len(rows))

    return write_of


CARRY_ON = carrying_on("customers.bulk", _writes_of)
"""Carries out bulk work on customers."""
