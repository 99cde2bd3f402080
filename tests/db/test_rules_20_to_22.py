"""Rules 20 to 22 of the unit of work: SQLite's ways, hot rows, totals of lists."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from patron.db import actions, rows, sqlite
from patron.db.actions import Ctx, Outcome, Reply, Wants
from patron.db.counts import TOTAL
from patron.db.rows import Rows
from patron.db.sql import PostgresSql
from patron.db.sqlite import SqliteDatabase
from patron.db.statements import Statement
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, CustomerTotals
from patron.kernel.problems import Problem
from tests.db.toys import VOUCHERS, P, Toys, Voucher, a_write, blocked, ctx, waiting

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

_NUMBERS = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
ENDLESS = Statement(
    sa.select(sa.func.count()).select_from(_NUMBERS.union_all(sa.select(_NUMBERS.c.n + 1))).where(
        sa.bindparam("project_id") == P
    ),
    int,
)  # fmt: skip


def _size(path: Path) -> int:
    return path.stat().st_size


def _noted(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is handed to these threads from now on."""
    hops: list[Any] = []
    submit = threads.submit

    def noted(*task: Any) -> Any:
        hops.append(task)
        return submit(*task)

    monkeypatch.setattr(threads, "submit", noted)
    return hops


@on_sqlite
async def test_rule_20_a_unit_is_one_hop_into_the_writers_thread(toys: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    await toys.add(Voucher(P, "a", "A"))
    database = toys.database
    assert isinstance(database, SqliteDatabase)
    hops = _noted(database._writer, monkeypatch)
    toys.ran.clear()
    await toys.use("a", 100)
    assert len(hops) == len(toys.ran) == 2


@on_sqlite
async def test_rule_20_a_scan_leaves_the_event_loop_and_a_keyed_read_does_not(
    toys: Toys, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = toys.database
    assert isinstance(database, SqliteDatabase)
    hops = _noted(database._readers, monkeypatch)
    await database.one(TOTAL, project_id=P, name="toys")
    await database.all(TOTAL, project_id=P, name="toys")
    assert len(hops) == 0
    await database.scan(TOTAL, project_id=P, name="toys")
    assert len(hops) == 1


def test_rule_20_nothing_of_patron_loads_the_standard_librarys_sqlite() -> None:
    program = "import patron.cli.main, sys; sys.exit('sqlite3' in sys.modules or '_sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@on_sqlite
async def test_rule_20_the_log_of_writes_does_not_grow_without_end(toys: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_EVERY_SECONDS", 0.05)
    path = Path(toys.url.removeprefix("sqlite:///"))
    log = path.with_name(path.name + "-wal")
    sizes = []

    def add_many(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        for n in range(500):
            rows.add(VOUCHERS, Voucher(P, ctx.id("v_", str(n)), ctx.id("code_", str(n)) + "x" * 500))
        return Reply(200)

    add = a_write("add_many", lambda *_: None, add_many)
    for _ in range(40):
        await toys.units.write(add, ctx(), None)
        async with asyncio.timeout(20):
            while toys.database._wal_pages >= sqlite.CHECKPOINT_PAGES:  # type: ignore[union-attr]  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        sizes.append(_size(log))
    assert _size(path) > 10_000_000
    assert max(sizes) < 8 * sqlite.CHECKPOINT_PAGES * 4_096


@on_sqlite
async def test_rule_20_a_read_that_takes_too_long_is_ended_and_the_next_one_is_not(
    toys: Toys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "READER_SECONDS", 0.2)
    with pytest.raises(Problem) as problem:
        await asyncio.wait_for(toys.database.scan(ENDLESS, project_id=P), 60)
    assert problem.value.status == 503
    assert await toys.database.scan(TOTAL, project_id=P, name="toys") == [0]


@on_sqlite
async def test_rule_20_writes_wait_for_a_command_beside_the_server(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    async with blocked(toys.url, "a"):
        uses = asyncio.create_task(toys.use("a", 5))
        await asyncio.sleep(0.5)
        assert not uses.done()
    assert await uses == [200] * 5


@on_sqlite
async def test_rule_20_two_processes_on_one_file_lose_nothing(toys: Toys, twin: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    await asyncio.gather(*(held.use("a", 300) for held in (toys, twin)))
    assert (await toys.vouchers())["a"].uses == 600


def test_rule_21_no_index_has_a_column_that_a_redemption_changes() -> None:
    assert not CUSTOMER_TOTALS.sa.indexes
    moved = set(CUSTOMER_TOTALS.fields) - set(CUSTOMER_TOTALS.key)
    assert not moved & set(CUSTOMERS.fields)


@on_postgres
async def test_rule_21_moving_a_total_touches_no_index(database_url: str) -> None:
    """A heap-only update: the new version of the row lies beside the old one, and no index learns of it."""
    session = await asyncpg.connect(database_url)
    table = CUSTOMER_TOTALS.sa
    await session.execute(f"CREATE TABLE {table.name} ({_columns(table)}, PRIMARY KEY (project_id, customer_id))")
    sql = PostgresSql(CUSTOMER_TOTALS)
    async with session.transaction():
        insert, params = sql.insertion([CustomerTotals(P, f"c{n}") for n in range(10)])
        await session.fetch(insert, *params)
    async with session.transaction():
        update, params = sql.upsertion([CustomerTotals(P, "c7", redeemed=1)])
        await session.fetch(update, *params)
        [moved] = await session.fetch(
            "SELECT pg_stat_get_xact_tuples_hot_updated(oid) AS hot, pg_stat_get_xact_tuples_updated(oid) AS updated "
            f"FROM pg_class WHERE relname = '{table.name}'"
        )
    await session.close()
    assert dict(moved) == {"hot": 1, "updated": 1}


def _columns(table: Any) -> str:
    return ", ".join(f"{column.name} {PostgresSql(CUSTOMER_TOTALS).types[column.name]}" for column in table.columns)


def _want_count(wants: Wants, ctx: Ctx, _n: int) -> None:
    wants.count(ctx.project_id, "toys")


def _count(rows: Rows, _ctx: Ctx, n: int) -> Outcome:
    rows.count("toys", n)
    return Reply(200)


COUNT = a_write("count", _want_count, _count)


async def test_rule_22_a_total_is_the_exact_sum_over_all_processes(
    toys: Toys, twin: Toys, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slot, change in ((3, 1), (4, 1), (5, -1)):
        monkeypatch.setattr(actions, "SLOT", slot)
        monkeypatch.setattr(rows, "SLOT", slot)
        await asyncio.gather(*(held.at_once([(COUNT, change)] * 25) for held in (toys, twin)))
    assert await toys.database.scan(TOTAL, project_id=P, name="toys") == [50]
    assert await toys.database.scan(TOTAL, project_id="proj_other", name="toys") == [0]


def _want_pause(wants: Wants, ctx: Ctx, voucher_id: str) -> None:
    wants.pause(ctx.project_id, "toys")
    wants.lock(VOUCHERS, (ctx.project_id, voucher_id))


def _pause(rows: Rows, _ctx: Ctx, _voucher_id: str) -> Outcome:
    version = rows.next_version()
    rows.pause("toys")
    return Reply(200, str(version).encode())


PAUSE = a_write("pause", _want_pause, _pause)
"""Change the rulebook while nobody counts."""


def _count_knowing(rows: Rows, _ctx: Ctx, n: int) -> Outcome:
    rows.count("toys", n)
    return Reply(200, str(rows.rulebook.version).encode())


COUNT_KNOWING = a_write("count_knowing", _want_count, _count_knowing)
"""Count; the version of the rulebook that is known then."""


@on_postgres
async def test_rule_22_who_counts_after_a_pause_knows_what_it_has_changed(
    toys: Toys, twin: Toys, monkeypatch: pytest.MonkeyPatch
) -> None:
    await toys.add(Voucher(P, "a", "A"))
    for slot in (3, 3, 4):
        monkeypatch.setattr(actions, "SLOT", slot)
        monkeypatch.setattr(rows, "SLOT", slot)
        async with blocked(toys.url, "a"):
            pause = asyncio.create_task(toys.units.write(PAUSE, ctx(), "a"))
            await waiting(toys.url, 1)
            count = asyncio.create_task(twin.units.write(COUNT_KNOWING, ctx(), 1))
            await waiting(toys.url, 2)
            assert (pause.done(), count.done()) == (False, False)
        assert (await pause).body == (await count).body
    assert await toys.database.scan(TOTAL, project_id=P, name="toys") == [3]
