"""Rules 13 and 14 of the unit of work: refused units, and commits of which nobody knows."""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from patron.db import lanes, postgres, sqlite
from patron.db.actions import Ctx, Outcome, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.kernel.problems import Problem
from tests.db.proxy import Line, Place, line_to
from tests.db.toys import (
    RULES,
    USE,
    USES,
    VOUCHERS,
    P,
    Rule,
    Toys,
    Voucher,
    a_write,
    blocked,
    make_tables,
    opened,
    refused_units,
    waiting,
)

ALL_USES = Statement(sa.select(sa.func.count()).select_from(USES.sa), int)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units wait a fifth of a second for a lock, so that the tests need not wait two."""
    monkeypatch.setitem(postgres.WRITES, "lock_timeout", "200")
    monkeypatch.setattr(sqlite, "BUSY_MS", 200)


@pytest.mark.usefixtures("impatient")
async def test_rule_13_a_blocked_row_is_a_503_after_three_more_tries_and_the_other_members_go_through(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "ALONE_SECONDS", 30)  # none of the tries is left out, however slow the machine
    await make_tables(database_url)
    async with opened(database_url) as toys:
        await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))
        before = refused_units("55P03")
        toys.ran.clear()
        async with blocked(database_url, "a"):
            outcomes = await toys.outcomes([(USE, "a"), (USE, "b")])
        assert isinstance(outcomes[0], Problem)
        assert (outcomes[0].status, outcomes[0].retry_after) == (503, 1)
        tries = [[member.body for member in unit.members] for unit in toys.ran]
        assert tries[:4] == [["a", "b"], ["a"], ["a"], ["a"]]
        assert refused_units("55P03") >= before + 4
        if toys.database.dialect == "postgresql":  # on SQLite there is one lock, and `b` waits for it as well
            assert isinstance(outcomes[1], Reply)
            assert (await toys.vouchers())["b"].uses == 1
        assert (await toys.vouchers())["a"].uses == 0
        assert await toys.use("a", 1) == [200]


@pytest.mark.usefixtures("impatient")
async def test_rule_13_many_who_wait_for_one_row_in_vain_are_all_answered_within_five_seconds(
    database_url: str,
) -> None:
    await make_tables(database_url)
    async with opened(database_url) as toys:
        await toys.add(Voucher(P, "a", "A"))
        started = time.monotonic()
        async with blocked(database_url, "a"):
            assert set(await toys.use("a", 40)) == {503}
        assert time.monotonic() - started < 5
        assert await toys.use("a", 1) == [200]


async def test_rule_13_a_unique_value_that_gather_did_not_name_is_a_fault_that_a_metric_names(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))

    def add_blindly(rows: Rows, _ctx: Ctx, code: str) -> Outcome:
        rows.add(VOUCHERS, Voucher(P, f"of-{code}", code))
        return Reply(200)

    before = _duplicates()
    assert await toys.at_once([(a_write("blind", lambda *_: None, add_blindly), code) for code in "AB"]) == [503, 200]
    assert _duplicates() == before + 4
    assert set(await toys.vouchers()) == {"a", "of-B"}


def _duplicates() -> float:
    """How many units were refused for the code of a voucher, as `/metrics` tells."""
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == "patron_refused_units_total"
        and sample.labels["kind"] == "23505"
        and "toy_vouchers" in sample.labels["constraint"]
        and "code" in sample.labels["constraint"]
    )


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_13_a_deadlock_with_somebody_else_ends_well(toys: Toys) -> None:
    """An operator's session locks rule, then voucher; a unit goes the other way round."""
    await toys.add(Voucher(P, "a", "A"))

    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.lock(VOUCHERS, (ctx.project_id, "a"))
        wants.make(RULES, Rule(ctx.project_id, "r", "", 0, None))

    def apply(rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        voucher, rule = rows.get(VOUCHERS, (P, "a")), rows.get(RULES, (P, "r"))
        assert voucher is not None
        assert rule is not None
        rows.put(VOUCHERS, msgspec.structs.replace(voucher, uses=voucher.uses + 1))
        rows.put(RULES, msgspec.structs.replace(rule, text=rule.text + "x"))
        return Reply(200)

    both = a_write("both", want, apply)
    assert await toys.at_once([(both, None)]) == [200]
    session = await asyncpg.connect(toys.url)
    try:
        async with session.transaction():
            await session.execute("SET LOCAL deadlock_timeout = '10s'")  # so that the unit is the one to give way
            await session.execute("SELECT FROM toy_rules FOR UPDATE")
            writing = asyncio.create_task(toys.at_once([(both, None)]))
            await waiting(toys.url, 1)
            await session.execute("SELECT FROM toy_vouchers FOR UPDATE")
        assert await writing == [200]
    finally:
        await session.close()
    assert (await toys.vouchers())["a"].uses == 2


@pytest.fixture
async def line(database_url: str) -> AsyncIterator[tuple[Toys, Line]]:
    """Toys on PostgreSQL, by a line that can be cut."""
    await make_tables(database_url)
    async with line_to(database_url) as (url, held), opened(url) as toys:
        await toys.add(Voucher(P, "a", "A"))
        yield toys, held


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("place", ["before", "after"])
async def test_rule_14_a_commit_whose_answer_is_lost_has_happened_once(line: tuple[Toys, Line], place: Place) -> None:
    toys, held = line
    held.cut_at = place
    assert await toys.use("a", 10) == [200] * 10
    assert held.cuts == 1
    assert (await toys.vouchers())["a"].uses == 10
    assert await toys.database.scan(ALL_USES) == [10]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_14_a_database_that_stays_away_leaves_the_outcome_unknown_and_says_so(
    line: tuple[Toys, Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "RESOLVE_PAUSE_SECONDS", 0.01)
    toys, held = line
    held.cut_at, held.stays_dead = "after", True
    [outcome] = await toys.outcomes([(USE, "a")])
    assert isinstance(outcome, Problem)
    assert outcome.status == 503
    assert outcome.retry_after
    assert "may be there" in str(outcome.details)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_14_what_was_asked_about_and_was_not_there_never_comes(toys: Toys) -> None:
    """The unit's id is taken by whoever asked: a transaction of that unit that is still open cannot commit any more."""
    database = toys.database
    assert isinstance(database, postgres.PostgresDatabase)
    await toys.add(Voucher(P, "a", "A"))
    unit = toys.ran[-1]
    assert await database._did_commit(unit)
    unit.id = "unit_of_a_lost_connection"
    assert not await database._did_commit(unit)
    session = await asyncpg.connect(toys.url)
    with pytest.raises(asyncpg.UniqueViolationError):
        await session.execute(postgres._FENCE, P, unit.id, 0)
    await session.close()
