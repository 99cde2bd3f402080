"""All that is kept of one customer goes in chunks, and nothing of anybody else's."""

import asyncio
from secrets import token_bytes
from typing import Any

import pytest
import sqlalchemy as sa

from patron.app import opened
from patron.config import Settings
from patron.db.actions import Action, Ctx, More, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, EVENTS
from patron.domains.events.store import CHUNK, ERASE_ACTIVITY, ERASE_EVENT_COUNTS, ERASE_EVENTS
from patron.kernel.clock import now_ms
from tests.domains.events.filled import HOT, QUIET, fill

MANY = 3 * CHUNK


def erasure(statement: Statement[str]) -> Action[str]:
    """The erasure of a customer with this statement, a chunk a unit."""

    async def gather(_read: Read, ctx: Ctx, customer_id: str) -> Wants:
        wants = Wants()
        wants.do(statement, project_id=ctx.project_id, customer_id=customer_id)
        return wants

    def apply(rows: Rows, ctx: Ctx, customer_id: str) -> Reply | More:
        gone = rows.scanned(statement, project_id=ctx.project_id, customer_id=customer_id)
        assert len(gone) <= CHUNK
        return More() if len(gone) == CHUNK else Reply(204)

    return Action("tests.erase", gather, apply)


@pytest.mark.parametrize(
    ("table", "statement"),
    [(ACTIVITY, ERASE_ACTIVITY), (EVENTS, ERASE_EVENTS), (EVENT_COUNTS, ERASE_EVENT_COUNTS)],
)
def test_what_is_kept_of_a_customer_goes_in_chunks(
    database_url: str, table: Table[Any], statement: Statement[str]
) -> None:
    project_id = fill(database_url, MANY)
    before, after = asyncio.run(_erase(database_url, project_id, table, statement))
    assert before[HOT] > 0
    assert after == {name: n for name, n in before.items() if name != HOT}
    assert (QUIET in after) == (table is not EVENT_COUNTS)


async def _erase(
    url: str, project_id: str, table: Table[Any], statement: Statement[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """How many rows each customer has before and after one of them is erased."""
    count = sa.select(table.c.customer_id, sa.func.count()).group_by(table.c.customer_id)
    counted: Statement[tuple[str, int]] = Statement(count, lambda name, n: (name, n))
    async with opened(Settings(database_url=url), migrating=False) as patron:
        before = dict(await patron.database.scan(counted))
        await patron.units.write(erasure(statement), Ctx(project_id, now_ms(), token_bytes(16)), HOT, bulk=True)
        return before, dict(await patron.database.scan(counted))
