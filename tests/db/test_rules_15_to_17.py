"""Rules 15 to 17 of the unit of work: bounds, disconnects and shutdown, idempotency across processes."""

import asyncio
from dataclasses import replace
from math import inf

import asyncpg
import pytest

from patron.db import units as units_module
from patron.db.actions import Ctx, Reply, Wants
from patron.db.lanes import WRITES
from patron.db.postgres import PostgresDatabase
from patron.http.idempotency import Guarded, Replayed, guarded
from patron.kernel.problems import Problem
from tests.db.toys import USE, VOUCHERS, P, Toys, Voucher, a_write, blocked, ctx

USE_ONCE = guarded(USE)


@pytest.fixture(autouse=True)
def no_look_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes that begin at once queue at once, however slow the machine: none of them must look at the rulebook."""
    monkeypatch.setattr(units_module, "RULEBOOK_SECONDS", inf)


def _want_many(wants: Wants, ctx: Ctx, n: int) -> None:
    for row in range(n):
        wants.lock(VOUCHERS, (ctx.project_id, f"none-{row}"))


LOOK_AT_MANY = a_write("look_at_many", _want_many, lambda _rows, _ctx, _n: Reply(200))


async def test_rule_15_a_unit_holds_64_members(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    await toys.use("a", 200)
    assert [len(unit.members) for unit in toys.ran] == [64, 64, 64, 8]


async def test_rule_15_a_unit_names_2000_rows(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    await toys.at_once([(LOOK_AT_MANY, n) for n in (1_500, 500, 1, 2_500, 3)])
    assert [[member.body for member in unit.members] for unit in toys.ran] == [[1_500, 500], [1], [2_500], [3]]


async def test_rule_15_a_unit_takes_4_mb(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    sizes = (3_000_000, 1_000_000, 1, 9_000_000, 5)
    await asyncio.gather(*(toys.units.write(USE, ctx(), "a", size=size) for size in sizes))
    assert [[member.size for member in unit.members] for unit in toys.ran] == [
        [3_000_000, 1_000_000], [1], [9_000_000], [5],
    ]  # fmt: skip


async def test_rule_15_a_queue_holds_1000_writes_and_refuses_more(toys: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units_module, "WRITES", replace(WRITES, wait_seconds=inf))
    await toys.add(Voucher(P, "a", "A"))
    outcomes = await toys.outcomes([(USE, "a")] * 1_100)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [(problem.status, problem.retry_after) for problem in refused] == [(503, 1)] * 100
    assert (await toys.vouchers())["a"].uses == 1_000


async def test_rule_15_a_write_that_waits_too_long_is_refused(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))
    toys.ran.clear()
    async with blocked(toys.url, "a"):
        first = asyncio.create_task(toys.use("a", 1))
        await toys.until_units_ran(1)
        toys.units._lane(P, bulk=False).bounds = replace(WRITES, wait_seconds=0.1)
        second = asyncio.create_task(toys.use("b", 1))
        await asyncio.sleep(0.3)
    assert await first == [200]
    assert await second == [503]
    assert (await toys.vouchers())["b"].uses == 0


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_15_the_database_ends_what_takes_too_long(toys: Toys) -> None:
    database = toys.database
    assert isinstance(database, PostgresDatabase)
    async with database._writes.acquire() as session:
        settings = {
            name: await session.fetchval(f"SHOW {name}")
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        }
    assert settings == {
        "lock_timeout": "2s",
        "statement_timeout": "5s",
        "idle_in_transaction_session_timeout": "5s",
    }


async def test_rule_16_who_leaves_before_joining_a_unit_has_asked_for_nothing(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    with pytest.raises(Problem):
        await toys.units.write(USE, ctx(), "a", gone=lambda: True)
    assert (await toys.vouchers())["a"].uses == 0


async def test_rule_16_who_leaves_after_joining_is_served_to_the_end(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    async with blocked(toys.url, "a"):
        writing = asyncio.create_task(toys.units.write(USE, ctx(), "a"))
        await toys.until_units_ran(1)
        writing.cancel()
    await toys.units.drain()
    assert writing.cancelled()
    assert (await toys.vouchers())["a"].uses == 1


async def test_rule_16_a_shutdown_answers_whatever_was_accepted(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    uses = [asyncio.create_task(toys.units.write(USE, ctx(), "a")) for _ in range(300)]
    await asyncio.sleep(0)
    await toys.units.drain()
    assert (await toys.vouchers())["a"].uses == 300
    assert {(await use).status for use in uses} == {200}


async def test_rule_17_one_key_in_two_processes_is_one_deed_and_one_answer(toys: Toys, twin: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    for n in range(5):
        writes = [(USE_ONCE, Guarded(f"key-{n}", "same", "a"))] * 6
        outcomes = await asyncio.gather(toys.outcomes(writes), twin.outcomes(writes))
        replies = [outcome for each in outcomes for outcome in each]
        assert all(isinstance(reply, Reply) and reply.status == 200 for reply in replies), replies
        assert sum(not isinstance(reply, Replayed) for reply in replies) == 1
    assert (await toys.vouchers())["a"].uses == 5


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_17_a_key_that_another_process_works_on_is_a_409_within_five_seconds(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    session = await asyncpg.connect(toys.url)
    try:
        async with session.transaction(), asyncio.timeout(5):
            await session.execute("INSERT INTO idempotency_keys VALUES ($1, 'key', '', 0, '', 0)", P)
            [outcome] = await toys.outcomes([(USE_ONCE, Guarded("key", "same", "a"))])
    finally:
        await session.close()
    assert isinstance(outcome, Problem)
    assert (outcome.status, outcome.retry_after) == (409, 1)
    assert (await toys.vouchers())["a"].uses == 0


async def test_rule_17_a_problem_stores_nothing_and_a_refusal_is_stored(toys: Toys) -> None:
    await toys.add(Voucher(P, "used-up", "U", quantity=0))

    async def again(voucher_id: str) -> Reply | BaseException:
        [outcome] = await toys.outcomes([(USE_ONCE, Guarded(f"key-{voucher_id}", "same", voucher_id))])
        return outcome

    for _ in range(2):
        assert isinstance(await again("unknown"), Problem)
    await toys.add(Voucher(P, "unknown", "K"))
    assert isinstance(await again("unknown"), Reply)
    first, second = await again("used-up"), await again("used-up")
    assert isinstance(first, Reply)
    assert isinstance(second, Replayed)
    assert first.status == second.status == 400
