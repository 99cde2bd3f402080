"""Rules 1 to 5 of the unit of work: lanes, the lock pass, strength, isolation, absent rows."""

import asyncio

import asyncpg
import msgspec
import pytest

from patron.db.actions import Ctx, Outcome, Reply, Wants
from patron.db.rows import Rows
from patron.db.sql import PostgresSql
from patron.db.steps import Lock, Make
from patron.kernel.problems import invalid_payload
from tests.db.toys import ALL_VOUCHERS, RULES, USE, USES, VOUCHERS, P, Toys, Voucher, a_write, ctx, refused_units


def deadlocks() -> float:
    return refused_units("40P01")


async def test_rule_1_a_unit_holds_writes_of_one_project_only(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"), Voucher("proj_other", "a", "A"))
    toys.ran.clear()
    await asyncio.gather(
        *(toys.units.write(USE, ctx(project), "a") for project in (P, "proj_other") for _ in range(20))
    )
    assert sum(len(unit.members) for unit in toys.ran) == 40
    for unit in toys.ran:
        assert {member.ctx.project_id for member in unit.members} == {unit.project_id}


async def test_rule_1_bulk_work_has_a_lane_of_its_own_of_at_most_500_rows_a_unit(toys: Toys) -> None:
    def want(wants: Wants, ctx: Ctx, n: int) -> None:
        for row in range(100):
            wants.lock(VOUCHERS, (ctx.project_id, f"{n}-{row}"))

    many = a_write("many", want, lambda _rows, _ctx, _n: Reply(200))
    bulk = [asyncio.create_task(toys.units.write(many, ctx(), n, bulk=True)) for n in range(20)]
    await toys.add(Voucher(P, "a", "A"))
    await asyncio.gather(*bulk)
    assert toys.ran[-1].members[0].action is many
    sizes = [sum(member.wants.size() for member in unit.members) for unit in toys.ran]
    assert max(sizes) == 500


async def test_rule_2_the_lock_pass_goes_by_rank_then_key_and_once(toys: Toys) -> None:
    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.lock(RULES, (ctx.project_id, "z"))
        wants.lock(VOUCHERS, (ctx.project_id, "b"))
        wants.make(USES, USES.struct(ctx.project_id, "u", "none"))
        wants.lock(VOUCHERS, (ctx.project_id, "a"))

    look = a_write("look", want, lambda _rows, _ctx, _body: Reply(200))
    with pytest.raises(Exception, match=r"."):
        # The made use refers to no voucher: the unit is refused, and its steps are what is looked at.
        await toys.units.write(look, ctx(), None)
    first = toys.steps[: next(n for n, step in enumerate(toys.steps) if isinstance(step, Make)) + 1]
    locks = [step for step in first if isinstance(step, Lock | Make)]
    assert [step.table.rank for step in locks] == sorted({step.table.rank for step in locks})
    assert isinstance(locks[0], Lock)
    assert locks[0].keys == [(P, "a"), (P, "b")]


async def test_rule_2_opposite_orders_in_two_processes_do_not_deadlock(toys: Toys, twin: Toys) -> None:
    await toys.add(*(Voucher(P, f"v{n}", f"V{n}") for n in range(6)))

    def want(wants: Wants, ctx: Ctx, names: list[str]) -> None:
        for name in names:
            wants.lock(VOUCHERS, (ctx.project_id, name))

    def apply(rows: Rows, ctx: Ctx, names: list[str]) -> Outcome:
        for name in names:
            voucher = rows.get(VOUCHERS, (ctx.project_id, name))
            assert voucher is not None
            rows.put(VOUCHERS, msgspec.structs.replace(voucher, uses=voucher.uses + 1))
        return Reply(200)

    use_all = a_write("use_all", want, apply)
    names = [f"v{n}" for n in range(6)]
    before = deadlocks()
    for _ in range(5):
        await asyncio.gather(
            toys.at_once([(use_all, names)] * 10), twin.at_once([(use_all, list(reversed(names)))] * 10)
        )
    assert deadlocks() == before
    assert {voucher.uses for voucher in (await toys.vouchers()).values()} == {100}


async def test_rule_3_a_row_is_locked_no_more_strongly_than_it_is_changed(toys: Toys) -> None:
    def want(wants: Wants, ctx: Ctx, purpose: str) -> None:
        wants.lock(VOUCHERS, (ctx.project_id, "a"), to_delete=purpose == "delete")

    look = a_write("look", want, lambda _rows, _ctx, _body: Reply(200))
    await toys.units.write(look, ctx(), "change")
    await toys.units.write(look, ctx(), "delete")
    assert [step.strong for step in toys.steps if isinstance(step, Lock)] == [False, True]


async def test_rule_3_a_foreign_key_check_waits_for_a_deletion_but_not_for_a_change(toys: Toys) -> None:
    if toys.database.dialect == "sqlite":
        return  # one writer: nothing waits for a row
    await toys.add(Voucher(P, "a", "A"))
    holder, other = await asyncpg.connect(toys.url), await asyncpg.connect(toys.url)
    sql = PostgresSql(VOUCHERS)
    try:
        for text, waits in ((sql.lock, False), (sql.lock_strong, True)):
            async with holder.transaction():
                await holder.fetch(text, P, ["a"])
                await other.execute("SET lock_timeout = 200")
                insert = other.execute(f"INSERT INTO toy_uses VALUES ('{P}', 'use-{waits}', 'a')")
                if waits:
                    with pytest.raises(asyncpg.LockNotAvailableError):
                        await insert
                else:
                    await insert
    finally:
        await holder.close()
        await other.close()


async def test_rule_4_only_rows_that_were_locked_may_be_changed(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))

    def meddle(rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        rows.put(VOUCHERS, Voucher(P, "a", "A", uses=99))
        return Reply(200)

    with pytest.raises(LookupError):
        await toys.units.write(a_write("meddle", lambda *_: None, meddle), ctx(), None)
    assert (await toys.vouchers())["a"].uses == 0


async def test_rule_4_a_read_of_several_statements_sees_one_moment(toys: Toys, twin: Toys) -> None:
    await toys.add(Voucher(P, "a", "A", uses=1_000), Voucher(P, "b", "B"))

    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.lock(VOUCHERS, (ctx.project_id, "a"))
        wants.lock(VOUCHERS, (ctx.project_id, "b"))

    def move(rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        a, b = rows.get(VOUCHERS, (P, "a")), rows.get(VOUCHERS, (P, "b"))
        assert a is not None
        assert b is not None
        rows.put(VOUCHERS, msgspec.structs.replace(a, uses=a.uses - 1))
        rows.put(VOUCHERS, msgspec.structs.replace(b, uses=b.uses + 1))
        return Reply(200)

    moving = asyncio.create_task(toys.at_once([(a_write("move", want, move), None)] * 300))
    sums = set()
    while not moving.done():
        first, second = await twin.database.snapshot(
            (ALL_VOUCHERS, {"project_id": P}), (ALL_VOUCHERS, {"project_id": P})
        )
        sums.add(first[0].uses + second[1].uses)
    await moving
    assert sums == {1_000}


async def test_rule_5_of_many_who_make_one_row_one_makes_it(toys: Toys, twin: Toys) -> None:
    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.make(VOUCHERS, Voucher(ctx.project_id, "one", "ONE"))

    def apply(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        voucher = rows.get(VOUCHERS, (ctx.project_id, "one"))
        assert voucher is not None
        rows.put(VOUCHERS, msgspec.structs.replace(voucher, uses=voucher.uses + 1))
        return Reply(200)

    count = a_write("count", want, apply)
    statuses = await asyncio.gather(*(held.at_once([(count, None)] * 25) for held in (toys, twin)))
    assert statuses == [[200] * 25, [200] * 25]
    assert (await toys.vouchers())["one"].uses == 50


async def test_rule_5_a_row_that_was_expected_to_exist_is_made_where_it_does_not(toys: Toys, twin: Toys) -> None:
    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.count(ctx.project_id, "toys")

    def apply(rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        rows.count("toys", 1)
        return Reply(200)

    count = a_write("count", want, apply)
    for held in (toys, twin):
        assert set(await held.at_once([(count, None)] * 10)) == {200}


async def test_rule_5_a_row_that_was_made_in_vain_is_taken_away(toys: Toys) -> None:
    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.make(VOUCHERS, Voucher(ctx.project_id, "one", "ONE"))

    def refuse(_rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        raise invalid_payload("never")

    in_vain = a_write("in_vain", want, refuse)
    assert set(await toys.at_once([(in_vain, None)] * 3)) == {400}
    await toys.add(Voucher(P, "two", "TWO"))
    assert await toys.at_once([(in_vain, None), (USE, "two")]) == [400, 200]
    assert set(await toys.vouchers()) == {"two"}
