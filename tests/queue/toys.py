"""Toy work: a table of counters beside Patron's own, and tasks that count in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from secrets import token_bytes
from typing import Any

import apsw
import asyncpg
import msgspec
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from patron.config import Settings
from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.dialect import POSTGRES, SQLITE
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.domains.projects.actions.open_project import open_project
from patron.domains.projects.policy import is_open
from patron.kernel.clock import now_ms
from patron.queue.jobs import JOBS, JobRow, Task, Work, enqueue
from patron.queue.listeners import Listener
from patron.queue.schedule import Scheduled
from patron.queue.worker import Background, Projects, Worker
from patron.running import Opened, opened, project_ids

TOYS = sa.MetaData()


class Counter(msgspec.Struct, frozen=True):
    """How often something happened."""

    project_id: str
    id: str
    n: int


class Times(msgspec.Struct, frozen=True):
    """A job's payload: the counter, and how often to move it."""

    counter: str
    times: int = 1


COUNTERS = Table(Counter, "toy_counters", rank=950, metadata=TOYS)

ALL_JOBS = Statement(sa.select(JOBS.sa).order_by(JOBS.c.project_id, JOBS.c.id), JobRow)
ALL_COUNTERS = Statement(sa.select(COUNTERS.sa).order_by(COUNTERS.c.id), Counter)


async def _gather_move(_read: Read, ctx: Ctx, counter: str) -> Wants:
    wants = Wants()
    wants.make(COUNTERS, Counter(ctx.project_id, counter, 0))
    return wants


def _move(rows: Rows, ctx: Ctx, counter: str) -> Outcome:
    row = rows.get(COUNTERS, (ctx.project_id, counter))
    assert row is not None
    rows.put(COUNTERS, msgspec.structs.replace(row, n=row.n + 1))
    return Reply(200)


MOVE = Action("move", _gather_move, _move)
"""Move the counter with this name by one."""


async def _count(work: Work[Times]) -> None:
    """Once for each time, the last of them as the job's end; after a crash, from where it was left."""
    done = msgspec.json.decode(work.state or b"0", type=int)
    for n in range(done + 1, work.payload.times):
        await work.step(MOVE, work.payload.counter, state=n, progress=100 * n // work.payload.times)
    await work.finish(MOVE, work.payload.counter)


COUNT = Task("toys.count", Times, _count)
"""Moves a counter so many times, each exactly once."""


def task(run: Callable[[Work[Times]], Any], name: str = "toys.task", *, keep: bool = True) -> Task[Times]:
    return Task(name, Times, run, keep=keep)


class Order(msgspec.Struct, frozen=True):
    """A write that moves a counter, if it has one, and enqueues jobs."""

    task: Task[Times]
    payloads: list[Times]
    run_at: int | None = None
    counter: str | None = None
    fails: bool = False


async def _gather_order(read: Read, ctx: Ctx, order: Order) -> Wants:
    return Wants() if order.counter is None else await MOVE.gather(read, ctx, order.counter)


def _order(rows: Rows, ctx: Ctx, order: Order) -> Outcome:
    if order.counter is not None:
        MOVE.apply(rows, ctx, order.counter)
    ids = [
        enqueue(rows, ctx, order.task, payload, run_at=order.run_at, label=str(n))
        for n, payload in enumerate(order.payloads)
    ]
    if order.fails:
        raise ZeroDivisionError
    return Reply(200, msgspec.json.encode(ids))


ORDER = Action("order", _gather_order, _order)


class Yard:
    """A project of a migrated database with the toy table, as one process holds it."""

    def __init__(self, patron: Opened, project_id: str) -> None:
        self.patron = patron
        self.units = patron.units
        self.project_id = project_id

    def ctx(self) -> Ctx:
        return Ctx(self.project_id, now_ms(), token_bytes(16))

    async def order(self, task: Task[Times], *payloads: Times, **more: Any) -> list[str]:
        """Enqueue jobs, one for each payload; their ids."""
        reply = await self.units.write(ORDER, self.ctx(), Order(task, list(payloads), **more))
        return msgspec.json.decode(reply.body, type=list[str])

    async def jobs(self) -> list[JobRow]:
        return await self.patron.database.scan(ALL_JOBS)

    async def job(self) -> JobRow:
        """The only one."""
        [job] = await self.jobs()
        return job

    async def counters(self) -> dict[str, int]:
        return {row.id: row.n for row in await self.patron.database.scan(ALL_COUNTERS)}

    async def counted(self, wanted: dict[str, int], seconds: float = 60) -> None:
        """Wait until the counters are these."""
        await eventually(self.counters, wanted, seconds)

    async def until(self, what: Callable[[list[JobRow]], bool], seconds: float = 60) -> list[JobRow]:
        """The jobs, once they are as described."""
        async with asyncio.timeout(seconds):
            while not what(jobs := await self.jobs()):  # noqa: ASYNC110 - the database cannot call
                await asyncio.sleep(0.01)
        return jobs

    async def ended(self, seconds: float = 60) -> list[JobRow]:
        return await self.until(lambda jobs: all(job.finished_at is not None for job in jobs), seconds)

    @asynccontextmanager
    async def working(
        self,
        *tasks: Task[Any],
        listeners: tuple[Listener[Any], ...] = (),
        schedules: tuple[Scheduled, ...] = (),
        stop_seconds: float = 5,
        **more: Any,
    ) -> AsyncIterator[Worker]:
        """A worker for these, while the block runs."""
        worker = Worker(
            self.units,
            Background(tasks, listeners, schedules),
            Projects(lambda: project_ids(self.patron), is_open),
            **more,
        )
        worker.start()
        try:
            yield worker
        finally:
            await worker.stop(stop_seconds)


@asynccontextmanager
async def yard(database_url: str) -> AsyncIterator[Yard]:
    """The database brought up to date, with the toy table and one project."""
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        await run_sql(database_url, toy_tables(database_url))
        yield Yard(patron, await open_project(patron.units, "Toys"))


@asynccontextmanager
async def another(held: Yard, database_url: str) -> AsyncIterator[Yard]:
    """The same, as another process holds it."""
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        yield Yard(patron, held.project_id)


def toy_tables(database_url: str) -> str:
    dialect = SQLITE if database_url.startswith("sqlite") else POSTGRES
    return ";\n".join(str(CreateTable(table).compile(dialect=dialect)) for table in TOYS.sorted_tables)


async def run_sql(database_url: str, script: str) -> None:
    if database_url.startswith("sqlite"):
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        connection.execute(script)
        connection.close()
        return
    session = await asyncpg.connect(database_url)
    await session.execute(script)
    await session.close()


async def eventually(look: Callable[[], Awaitable[Any]], wanted: Any, seconds: float = 60) -> None:
    """Look again and again until what is seen is what is wanted."""
    async with asyncio.timeout(seconds):
        while await look() != wanted:  # noqa: ASYNC110 - the database cannot call
            await asyncio.sleep(0.02)


def statuses(jobs: Sequence[JobRow]) -> list[str]:
    return [job.status for job in jobs]
