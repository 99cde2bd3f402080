"""The schedule: what a server does from time to time, in every project."""

import asyncio
from collections.abc import AsyncIterator
from secrets import token_bytes

import pytest
import sqlalchemy as sa

from patron.app import CHORES, Opened, opened, project_ids
from patron.config import Settings
from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.units_table import KEEP_UNITS_MS, UNITS, UnitRow
from patron.domains.projects.actions.open_project import open_project
from patron.http.idempotency import IDEMPOTENCY_KEYS, KEEP_MS, IdempotencyKey
from patron.kernel.clock import now_ms
from patron.kernel.problems import busy
from patron.queue import schedule as schedule_module
from patron.queue.schedule import Schedule

KEYS = Statement(sa.select(IDEMPOTENCY_KEYS.sa), IdempotencyKey)
NAMED_UNITS = Statement(sa.select(UNITS.sa).where(UNITS.c.id.like("named%")), UnitRow)


async def _gather(_read: Read, _ctx: Ctx, _age: int) -> Wants:
    return Wants()


def _add(rows: Rows, ctx: Ctx, age: int) -> Outcome:
    rows.add(IDEMPOTENCY_KEYS, IdempotencyKey(ctx.project_id, ctx.id("k"), "print", 200, "", ctx.now - age))
    rows.add(UNITS, UnitRow(ctx.project_id, ctx.id("named"), ctx.now - age))
    return Reply(200)


ADD = Action("add", _gather, _add)
"""Leave an idempotency key and a unit's id of this age (ms)."""


@pytest.fixture
async def patron(database_url: str) -> AsyncIterator[Opened]:
    async with opened(Settings(database_url=database_url), migrating=True) as held:
        for name in ("one", "two"):
            await open_project(held.units, name)
        yield held


async def fill(patron: Opened, ages: list[int]) -> None:
    await asyncio.gather(
        *(
            patron.units.write(ADD, Ctx(project_id, now_ms(), token_bytes(16)), age, bulk=True)
            for project_id in await project_ids(patron)
            for age in ages
        )
    )


async def left(patron: Opened) -> tuple[int, int]:
    """How many keys and units are there."""
    return len(await patron.database.scan(KEYS)), len(await patron.database.scan(NAMED_UNITS))


async def test_old_rows_go_in_every_project_and_young_ones_stay(patron: Opened) -> None:
    await fill(patron, [0] * 5 + [KEEP_UNITS_MS + 1_000] * 7 + [KEEP_MS + 1_000] * 600)
    assert await left(patron) == (2 * 612, 2 * 612)
    await Schedule(patron.units, lambda: project_ids(patron), CHORES).run_once()
    assert await left(patron) == (2 * 12, 2 * 5)


async def test_two_servers_may_do_it_at_once(patron: Opened) -> None:
    await fill(patron, [0] * 5 + [KEEP_MS + 1_000] * 600)
    schedules = [Schedule(patron.units, lambda: project_ids(patron), CHORES) for _ in range(2)]
    await asyncio.gather(*(schedule.run_once() for schedule in schedules))
    assert await left(patron) == (2 * 5, 2 * 5)


async def test_a_round_that_fails_is_followed_by_another(patron: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_module, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(schedule_module, "EVERY_SECONDS", 0.01)
    await fill(patron, [KEEP_MS + 1_000])
    faults: list[Exception] = [busy("not now"), ZeroDivisionError()]
    rounds_done = asyncio.Event()

    async def projects() -> list[str]:
        if faults:
            raise faults.pop(0)
        if not (await left(patron))[0]:
            rounds_done.set()
        return await project_ids(patron)

    schedule = Schedule(patron.units, projects, CHORES)
    schedule.start()
    await asyncio.wait_for(rounds_done.wait(), 10)
    await schedule.stop()
    assert not faults
