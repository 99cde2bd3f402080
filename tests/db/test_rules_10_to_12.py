"""Rules 10 to 12 of the unit of work: counts under a limit, pools, exclusive units."""

import asyncio
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from patron.db.actions import Action, Ctx, More, Need, Outcome, Pool, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.units_table import UNITS, UnitRow
from patron.queue.purge import CHUNK, Purge, purge_of
from tests.db.toys import USE, USES, USES_OF, VOUCHERS, P, Toys, Use, Voucher, a_write, ctx

LIMIT = 5

FREE_ROWS = (
    sa.select(VOUCHERS.sa)
    .where(VOUCHERS.c.project_id == sa.bindparam("project_id"), VOUCHERS.c.taken == 0)
    .order_by(VOUCHERS.c.id)
    .limit(sa.bindparam("limit"))
)
FREE = Pool("free", VOUCHERS, FREE_ROWS)
FREE_AND_ITS_USE = Pool("free and its use", VOUCHERS, FREE_ROWS, beside=(USES,))
OLD_UNITS = Statement(sa.select(UNITS.sa).where(UNITS.c.project_id == P, UNITS.c.created_at < 10_000), UnitRow)


def _want_counted(wants: Wants, ctx: Ctx, name: str) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, name))
    wants.scan(USES_OF, scope=f"uses of {name}", project_id=ctx.project_id, voucher_id=name)


def _use_counted(rows: Rows, ctx: Ctx, name: str) -> Outcome:
    [uses] = rows.scanned(USES_OF, project_id=ctx.project_id, voucher_id=name)
    if uses >= LIMIT:
        return Reply(400)
    rows.add(USES, Use(ctx.project_id, ctx.id("use_"), name))
    return Reply(200)


USE_COUNTED = a_write("use_counted", _want_counted, _use_counted)
"""Use the voucher with this id, of which a query says how often that has happened."""


def _want_added_up(wants: Wants, ctx: Ctx, name: str) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, name))
    wants.scan(USES_OF, scope=None, project_id=ctx.project_id, voucher_id=name)


def _use_added_up(rows: Rows, ctx: Ctx, name: str) -> Outcome:
    [uses] = rows.scanned(USES_OF, project_id=ctx.project_id, voucher_id=name)
    before = uses + sum(each.voucher_id == name for each in rows.added(USES))
    if before >= LIMIT:
        return Reply(400)
    rows.add(USES, Use(ctx.project_id, ctx.id("use_"), name))
    assert len(rows.added(USES)) == len(rows.added(USES, before=True)) + 1
    return Reply(200)


USE_ADDED_UP = a_write("use_added_up", _want_added_up, _use_added_up)
"""The same, by what the query says and what the unit has added to that: its members need not be kept apart."""


def _want_any(wants: Wants, ctx: Ctx, _body: None) -> None:
    wants.draw(FREE, project_id=ctx.project_id)


def _take_any(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
    voucher = rows.draw_one(FREE, project_id=ctx.project_id)
    if voucher is None:
        return Reply(400)
    rows.put(VOUCHERS, msgspec.structs.replace(voucher, taken=1))
    return Reply(200, voucher.id.encode())


TAKE_ANY = a_write("take_any", _want_any, _take_any)
"""Take any free voucher; the reply's body is its id."""


def _want_named(wants: Wants, ctx: Ctx, name: str) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, name))


def _take(rows: Rows, ctx: Ctx, name: str) -> Outcome:
    voucher = rows.get(VOUCHERS, (ctx.project_id, name))
    assert voucher is not None
    rows.put(VOUCHERS, msgspec.structs.replace(voucher, taken=1))
    return Reply(200)


TAKE = a_write("take", _want_named, _take)
"""Take the voucher with this id."""


async def test_rule_10_a_counter_row_holds_its_limit_against_two_processes(toys: Toys, twin: Toys) -> None:
    await toys.add(Voucher(P, "a", "A", quantity=100))
    statuses = await asyncio.gather(*(held.use("a", 200) for held in (toys, twin)))
    assert sum(status == 200 for each in statuses for status in each) == 100
    assert sum(status == 400 for each in statuses for status in each) == 300
    assert (await toys.vouchers())["a"].uses == 100


@pytest.mark.parametrize("use", [USE_COUNTED, USE_ADDED_UP])
async def test_rule_10_a_count_by_query_holds_its_limit_too(toys: Toys, twin: Toys, use: Action[str]) -> None:
    await toys.add(Voucher(P, "a", "A"))
    statuses = await asyncio.gather(*(held.at_once([(use, "a")] * 10) for held in (toys, twin)))
    assert sorted(status for each in statuses for status in each) == [200] * LIMIT + [400] * (20 - LIMIT)


async def test_rule_10_a_unit_holds_one_member_of_a_scope(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))
    toys.ran.clear()
    await toys.at_once([(USE_COUNTED, "a"), (USE_COUNTED, "b"), (USE_COUNTED, "a")])
    assert [[member.body for member in unit.members] for unit in toys.ran] == [["a", "b"], ["a"]]


async def test_rule_11_any_free_row_goes_to_one_taker(toys: Toys, twin: Toys) -> None:
    await toys.add(*(Voucher(P, f"v{n:03}", f"V{n}") for n in range(60)))
    outcomes = await asyncio.gather(*(held.outcomes([(TAKE_ANY, None)] * 40) for held in (toys, twin)))
    replies = [outcome for each in outcomes for outcome in each]
    taken = [reply.body for reply in replies if isinstance(reply, Reply) and reply.status == 200]
    assert len(taken) == len(set(taken)) == 60
    assert sum(isinstance(reply, Reply) and reply.status == 400 for reply in replies) == 20
    assert {voucher.taken for voucher in (await toys.vouchers()).values()} == {1}


async def test_rule_11_members_of_a_unit_take_in_the_order_of_the_pool(toys: Toys) -> None:
    await toys.add(*(Voucher(P, f"v{n:03}", f"V{n}") for n in (3, 1, 2)))
    outcomes = await toys.outcomes([(TAKE_ANY, None)] * 3)
    assert [outcome.body for outcome in outcomes if isinstance(outcome, Reply)] == [b"v001", b"v002", b"v003"]


async def test_rule_11_a_row_that_its_taker_gave_up_goes_to_the_next_member(toys: Toys) -> None:
    await toys.add(Voucher(P, "only", "ONLY"))

    def give_up(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        assert rows.draw_one(FREE, project_id=ctx.project_id) is not None
        raise ZeroDivisionError

    outcomes = await toys.outcomes([(a_write("give_up", _want_any, give_up), None), (TAKE_ANY, None)])
    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, Reply]
    assert (await toys.vouchers())["only"].taken == 1


async def test_rule_11_rows_under_the_same_key_come_with_a_drawn_one(toys: Toys) -> None:
    await toys.add(Voucher(P, "used", "A"), Voucher(P, "unused", "B"))

    def use(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        rows.add(USES, Use(ctx.project_id, "used", "used"))
        return Reply(200)

    def look(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        assert rows.has_drawn(FREE_AND_ITS_USE, project_id=ctx.project_id)
        assert not rows.has_drawn(FREE, project_id=ctx.project_id)
        found = {}
        while (voucher := rows.draw_one(FREE_AND_ITS_USE, project_id=ctx.project_id)) is not None:
            found[voucher.id] = rows.get(USES, (ctx.project_id, voucher.id))
        assert found == {"used": Use(P, "used", "used"), "unused": None}
        return Reply(200)

    def want_both(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.draw(FREE_AND_ITS_USE, 2, project_id=ctx.project_id)

    assert await toys.at_once([(a_write("use", lambda _wants, _ctx, _body: None, use), None)]) == [200]
    assert await toys.at_once([(a_write("look", want_both, look), None)]) == [200]


async def test_rule_12_a_write_that_begins_anew_may_need_rows_anew(toys: Toys) -> None:
    """Its rounds are bounded from one beginning to the next."""
    await toys.add(*(Voucher(P, f"v{n}", f"V{n}") for n in range(9)))
    begun = 0

    def go_on(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        nonlocal begun
        known = [n for n in range(9) if rows.knows(VOUCHERS, (ctx.project_id, f"v{n}"))]
        if len(known) == 2:
            begun += 1
            return More() if begun < 4 else Reply(200)
        wants = Wants()
        _want_named(wants, ctx, f"v{len(known)}")
        return Need(wants)

    assert await toys.at_once([(a_write("go_on", lambda _wants, _ctx, _body: None, go_on), None)]) == [200]


async def test_rule_11_a_row_that_an_earlier_member_changed_is_passed_over(toys: Toys) -> None:
    """The member that draws has it locked, and has found it free, before the other one's turn."""
    await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))
    writes: list[tuple[Action[Any], Any]] = [(TAKE, "a"), (TAKE_ANY, None), (TAKE_ANY, None)]
    toys.ran.clear()
    outcomes = await toys.outcomes(writes)
    assert [len(unit.members) for unit in toys.ran] == [3]
    assert [each.body for each in outcomes if isinstance(each, Reply)] == [b"", b"b", b""]
    assert {name: voucher.taken for name, voucher in (await toys.vouchers()).items()} == {"a": 1, "b": 1}


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_11_a_row_that_another_process_holds_is_passed_over(toys: Toys, twin: Toys) -> None:
    """Both draw at once while the first one's unit is still open: neither waits, and each gets another row."""
    await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))
    async with toys.database._writes.acquire() as session, session.transaction():  # type: ignore[union-attr]
        text = FREE.statement.postgres
        [held] = await session.fetch(text.sql, *text.take({"project_id": P, "limit": 1}))
        assert held["id"] == "a"
        reply = await twin.units.write(TAKE_ANY, ctx(), None)
        assert reply.body == b"b"


async def test_rule_12_a_purge_runs_alone_in_chunks_between_other_writes(toys: Toys) -> None:
    def add_all(rows: Rows, _ctx: Ctx, first: int) -> Outcome:
        for n in range(first, first + 400):
            rows.add(UNITS, UnitRow(P, f"old-{n}", n))
        return Reply(200)

    fill = a_write("fill", lambda *_: None, add_all)
    for first in range(0, 2_000, 400):
        await toys.units.write(fill, ctx(), first)
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    purge = purge_of(UNITS)
    uses = [(USE, "a")] * 20
    purging = asyncio.create_task(toys.units.write(purge, ctx(), Purge(1_700), bulk=True))
    assert await toys.at_once(uses) == [200] * 20
    await purging
    purges = [unit for unit in toys.ran if any(member.action is purge for member in unit.members)]
    assert {len(unit.members) for unit in purges} == {1}
    assert len(purges) == 1_700 // CHUNK + 1
    left = await toys.database.scan(OLD_UNITS)
    assert {unit.created_at for unit in left} == set(range(1_700, 2_000))


async def test_rule_12_an_exclusive_write_shares_its_unit_with_no_one(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    purge = purge_of(UNITS)
    await toys.at_once([(USE, "a"), (USE, "a"), (purge, Purge(0)), (USE, "a")])
    assert [[member.action is purge for member in unit.members] for unit in toys.ran] == [
        [False, False], [True], [False],
    ]  # fmt: skip
