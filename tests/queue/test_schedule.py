"""The schedule: each occurrence once, whatever the clocks, the number of workers and the downtime."""

import asyncio
from datetime import UTC, datetime
from secrets import token_bytes

import pytest
import sqlalchemy as sa

from patron.app import BACKGROUND
from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.units_table import KEEP_UNITS_MS, UNITS, UnitRow
from patron.domains.projects.actions.open_project import open_project
from patron.http.idempotency import IDEMPOTENCY_KEYS, KEEP_MS, IdempotencyKey
from patron.kernel.clock import from_iso, now_ms, to_iso
from patron.queue.jobs import JOBS, KEEP_ENDED_MS, Task, Work
from patron.queue.purge import purging
from patron.queue.schedule import MOVE_ON, SCHEDULES, Occurrence, Scheduled
from patron.running import Opened, project_ids
from tests.queue.toys import COUNT, MOVE, Times, Yard, another, eventually, run_sql

KEYS = Statement(sa.select(IDEMPOTENCY_KEYS.sa), IdempotencyKey)
NAMED_UNITS = Statement(sa.select(UNITS.sa).where(UNITS.c.id.like("named%")), UnitRow)
COUNT_SCHEDULES = Statement(sa.select(sa.func.count()).select_from(SCHEDULES.sa), int)


async def _move(work: Work[Occurrence]) -> None:
    await work.finish(MOVE, "ticks")


TICK = Task("toys.tick", Occurrence, _move)


def scheduled(cron: str, zone: str = "UTC", name: str = "tick") -> Scheduled:
    return Scheduled(name, cron, zone, TICK)


def times(each: Scheduled, after: str, n: int) -> list[str]:
    """The next occurrences, in UTC."""
    moment, found = from_iso(after), []
    for _ in range(n):
        moment = each.next_after(moment)
        found.append(to_iso(moment))
    return found


def test_a_time_that_summer_time_leaves_out_comes_once() -> None:
    assert times(scheduled("30 2 * * *", "Europe/Berlin"), "2026-03-28T00:00:00Z", 3) == [
        "2026-03-28T01:30:00Z",
        "2026-03-29T01:00:00Z",  # 02:30 does not exist: it is 03:00 at once
        "2026-03-30T00:30:00Z",
    ]


def test_a_time_that_comes_twice_in_autumn_counts_once() -> None:
    assert times(scheduled("30 2 * * *", "Europe/Berlin"), "2026-10-24T00:00:00Z", 3) == [
        "2026-10-24T00:30:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-26T01:30:00Z",
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_a_daily_time_comes_once_a_day_for_years(zone: str) -> None:
    daily = scheduled("30 2 * * *", zone)
    assert len(times(daily, "2024-01-01T12:00:00Z", 1_100)) == len({*times(daily, "2024-01-01T12:00:00Z", 1_100)})
    moment, end, days = from_iso("2024-01-01T12:00:00Z"), from_iso("2027-01-01T12:00:00Z"), 0
    while (moment := daily.next_after(moment)) < end:
        days += 1
    assert days == (datetime(2027, 1, 1, tzinfo=UTC) - datetime(2024, 1, 1, tzinfo=UTC)).days


@pytest.mark.parametrize(
    ("cron", "zone", "fault"),
    [
        ("61 * * * *", "UTC", ValueError),
        ("every day", "UTC", ValueError),
        ("0 0 30 2 *", "UTC", ValueError),
        ("0 0 * * *", "Europe/Atlantis", LookupError),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused_at_once(cron: str, zone: str, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        scheduled(cron, zone)


async def move_on(toys: Yard, now: str, *schedules: Scheduled) -> None:
    ctx = Ctx(toys.project_id, from_iso(now), token_bytes(16))
    await toys.units.write(MOVE_ON, ctx, schedules)


async def occurrences(toys: Yard) -> list[str]:
    return sorted(str(job.payload).replace(" ", "") for job in await toys.jobs())


def at(*moments: str) -> list[str]:
    return sorted(f'{{"at":{from_iso(moment)}}}' for moment in moments)


async def test_what_was_missed_is_made_up_for_once(toys: Yard) -> None:
    hourly = scheduled("0 * * * *")
    await move_on(toys, "2026-01-01T00:30:00Z", hourly)
    assert await toys.jobs() == []
    await move_on(toys, "2026-01-01T00:59:59Z", hourly)
    assert await toys.jobs() == []
    await move_on(toys, "2026-01-03T12:10:00Z", hourly)
    assert await occurrences(toys) == at("2026-01-01T01:00:00Z")
    await move_on(toys, "2026-01-03T12:59:59Z", hourly)
    await move_on(toys, "2026-01-03T13:00:00Z", hourly)
    assert await occurrences(toys) == at("2026-01-01T01:00:00Z", "2026-01-03T13:00:00Z")


async def test_a_clock_that_is_behind_repeats_nothing(toys: Yard) -> None:
    hourly = scheduled("0 * * * *")
    await move_on(toys, "2026-01-01T00:30:00Z", hourly)
    await move_on(toys, "2026-01-01T01:00:02Z", hourly)
    for late in ("2026-01-01T00:59:58Z", "2026-01-01T01:00:01Z"):
        await move_on(toys, late, hourly)
    assert await occurrences(toys) == at("2026-01-01T01:00:00Z")


async def test_another_timing_counts_from_now_on(toys: Yard) -> None:
    await move_on(toys, "2026-01-01T00:30:00Z", scheduled("0 0 1 1 *"))
    await move_on(toys, "2026-01-01T00:31:00Z", scheduled("0 * * * *"))
    assert await toys.jobs() == []
    await move_on(toys, "2026-01-01T01:00:00Z", scheduled("0 * * * *"))
    assert await occurrences(toys) == at("2026-01-01T01:00:00Z")


async def test_many_workers_run_each_occurrence_once(toys: Yard, twin: Yard, database_url: str) -> None:
    schedules = (scheduled("0 0 1 1 *", name="one"), scheduled("0 0 1 1 *", name="two"))
    await move_on(toys, to_iso(now_ms()), *schedules)
    await run_sql(database_url, "UPDATE schedules SET next_at = 1")
    async with another(toys, database_url) as third:
        yards = (toys, twin, third)
        workers = [yard.working(schedules=schedules) for yard in yards for _ in range(3)]
        for worker in workers:
            await worker.__aenter__()
        await toys.until(lambda jobs: [job.status for job in jobs] == ["done"] * 2)
        await asyncio.sleep(1.2)
        for worker in workers:
            await worker.__aexit__(None, None, None)
    assert await toys.counters() == {"ticks": 2}
    assert len(await toys.jobs()) == 2


async def _gather(_read: Read, _ctx: Ctx, _age: int) -> Wants:
    return Wants()


def _add(rows: Rows, ctx: Ctx, age: int) -> Outcome:
    rows.add(IDEMPOTENCY_KEYS, IdempotencyKey(ctx.project_id, ctx.id("k"), "print", 200, "", ctx.now - age))
    rows.add(UNITS, UnitRow(ctx.project_id, ctx.id("named"), ctx.now - age))
    return Reply(200)


ADD = Action("add", _gather, _add)
"""Leave an idempotency key and a unit's id of this age (ms)."""


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


async def test_a_server_purges_old_rows_in_every_project_and_young_ones_stay(
    toys: Yard, twin: Yard, database_url: str
) -> None:
    await open_project(toys.units, "Another")
    await fill(toys.patron, [0] * 5 + [KEEP_UNITS_MS + 1_000] * 7 + [KEEP_MS + 1_000] * 600)
    assert await left(toys.patron) == (2 * 612, 2 * 612)
    async with toys.working(schedules=BACKGROUND.schedules):
        await eventually(lambda: toys.patron.database.scan(COUNT_SCHEDULES), [2 * len(BACKGROUND.schedules)])
    assert await left(toys.patron) == (2 * 612, 2 * 612)
    await run_sql(database_url, "UPDATE schedules SET next_at = 1")
    async with toys.working(schedules=BACKGROUND.schedules), twin.working(schedules=BACKGROUND.schedules):
        await eventually(lambda: left(toys.patron), (2 * 12, 2 * 5))
        await toys.until(lambda jobs: not jobs)


async def test_jobs_that_ended_long_ago_go_and_those_that_wait_stay(toys: Yard, database_url: str) -> None:
    async with toys.working(COUNT):
        await toys.order(COUNT, *[Times("x")] * 3)
        await toys.ended()
    old, young, _ = sorted(job.id for job in await toys.jobs())
    await run_sql(database_url, f"UPDATE jobs SET finished_at = finished_at - {KEEP_ENDED_MS} WHERE id = '{old}'")
    await toys.order(COUNT, Times("later"), run_at=now_ms() + 60_000)
    purge = Scheduled("purge", "0 0 1 1 *", "UTC", purging(JOBS, KEEP_ENDED_MS, by="finished_at"))
    await move_on(toys, to_iso(now_ms()), purge)
    await run_sql(database_url, "UPDATE schedules SET next_at = 1")
    async with toys.working(schedules=(purge,)):
        jobs = await toys.until(lambda jobs: len(jobs) == 3)
    assert old not in {job.id for job in jobs}
    assert young in {job.id for job in jobs}
    assert sorted(job.status for job in jobs) == ["done", "done", "queued"]
