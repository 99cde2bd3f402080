"""Rules 6 to 9 of the unit of work: the identity map, keyed plans, undo, purity."""

import json
from typing import Any

import msgspec
import pytest

from patron.db.actions import Ctx, Need, Outcome, Reply, Wants
from patron.db.postgres import PostgresDatabase
from patron.db.rows import Rows
from patron.db.sql import PostgresSql
from patron.db.steps import Delete, Insert, Update
from patron.db.tables import Table
from patron.db.units_table import UNITS
from patron.http.idempotency import IDEMPOTENCY_KEYS
from patron.kernel.problems import invalid_payload
from tests.db.toys import ADD, USE, USES, VOUCHERS, P, Toys, Use, Voucher, a_write, ctx, refused_units

KEYED = (VOUCHERS, USES, UNITS, IDEMPOTENCY_KEYS)


def _want_recode(wants: Wants, ctx: Ctx, voucher: Voucher) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, voucher.id))
    wants.lock_unique(VOUCHERS, "code", (ctx.project_id, voucher.code))


def _recode(rows: Rows, ctx: Ctx, voucher: Voucher) -> Outcome:
    before = rows.get(VOUCHERS, (ctx.project_id, voucher.id))
    assert before is not None
    rows.put(VOUCHERS, msgspec.structs.replace(before, code=voucher.code))
    return Reply(200)


RECODE = a_write("recode", _want_recode, _recode)
"""Give the voucher of this id this code."""


async def test_rule_6_a_member_sees_what_the_one_before_it_did(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A", quantity=7))
    toys.ran.clear()
    statuses = await toys.use("a", 20)
    assert len(toys.ran) == 1
    assert statuses == [200] * 7 + [400] * 13


async def test_rule_6_a_unique_value_that_no_row_has_is_known_absent(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    seen: dict[str, Voucher | None] = {}

    def apply(rows: Rows, ctx: Ctx, code: str) -> Outcome:
        seen[code] = rows.by(VOUCHERS, "code", (ctx.project_id, code))
        return Reply(200)

    look = a_write("look", lambda wants, ctx, code: wants.lock_unique(VOUCHERS, "code", (ctx.project_id, code)), apply)
    await toys.at_once([(look, "A"), (look, "B")])
    assert seen == {"A": Voucher(P, "a", "A"), "B": None}


async def test_rule_6_a_unit_that_frees_and_takes_one_unique_value_is_split(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))
    toys.ran.clear()
    assert await toys.at_once([(RECODE, Voucher(P, "a", "Z")), (ADD, Voucher(P, "b", "A"))]) == [200, 200]
    assert [len(unit.members) for unit in toys.ran] == [2, 1]
    assert {voucher.id: voucher.code for voucher in (await toys.vouchers()).values()} == {"a": "Z", "b": "A"}


async def test_rule_6_two_rows_of_a_unit_cannot_take_one_value(toys: Toys) -> None:
    outcomes = await toys.outcomes([(ADD, Voucher(P, "a", "A")), (ADD, Voucher(P, "b", "A"))])
    assert [type(outcome) for outcome in outcomes] == [Reply, ValueError]
    assert set(await toys.vouchers()) == {"a"}


async def test_rule_6_the_flush_is_updates_and_inserts_by_rank_then_deletes(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))
    await toys.use("a", 1)
    [use] = [row for step in toys.steps if isinstance(step, Insert) and step.table is USES for row in step.rows]
    toys.steps.clear()

    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.lock(USES, USES.key_of(use), to_delete=True)
        wants.lock(VOUCHERS, (ctx.project_id, "a"), to_delete=True)
        wants.lock(VOUCHERS, (ctx.project_id, "b"))

    def apply(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        a, b = rows.get(VOUCHERS, (P, "a")), rows.get(VOUCHERS, (P, "b"))
        assert a is not None
        assert b is not None
        rows.add(USES, Use(P, ctx.id("use_"), "b"))
        rows.add(VOUCHERS, Voucher(P, "c", "C"))
        rows.put(VOUCHERS, msgspec.structs.replace(b, uses=b.uses + 1))
        rows.remove(VOUCHERS, a)
        rows.remove(USES, use)
        return Reply(200)

    await toys.units.write(a_write("all", want, apply), ctx(), None)
    flush = [(type(step), step.table) for step in toys.steps if isinstance(step, Delete | Update | Insert)]
    assert flush == [(Update, VOUCHERS), (Insert, VOUCHERS), (Insert, USES), (Delete, USES), (Delete, VOUCHERS)]
    assert set(await toys.vouchers()) == {"b", "c"}


@pytest.mark.parametrize("rows_known", [0, 1])
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_7_steps_go_by_key_however_stale_the_statistics_are(toys: Toys, rows_known: int) -> None:
    """The planner believes that a table is empty, or has one row, while it has 20,000."""
    database = toys.database
    assert isinstance(database, PostgresDatabase)
    async with database._writes.acquire() as session:
        await session.execute("SET plan_cache_mode = force_generic_plan; SET session_replication_role = replica")
        for table in KEYED:
            await session.execute(_fill(table, 1, rows_known))
            await session.execute(f"ANALYZE {table.name}")
            await session.execute(_fill(table, 2, 20_000))
            for text in _keyed_statements(table):
                _assert_keyed(table, await _plan(session, text), text)


async def _plan(session: Any, text: str) -> Any:
    params = (await session.prepare(text)).get_parameters()
    await session.execute(f"PREPARE asked AS {text}")
    [[answer]] = await session.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE asked({', '.join('NULL' for _ in params)})")
    await session.execute("DEALLOCATE asked")
    return json.loads(answer)[0]["Plan"]


def _fill(table: Table[Any], first: int, last: int) -> str:
    values = {"project_id": f"'{P}'", "voucher_id": "'1'"}
    columns = ", ".join(
        values.get(field, "n" if table.c[field].type.python_type is int else "n::text") for field in table.fields
    )
    return f"INSERT INTO {table.name} SELECT {columns} FROM generate_series({first}, {last}) n"


def _keyed_statements(table: Table[Any]) -> list[str]:
    sql = PostgresSql(table)
    resolves = [sql.resolve(unique) for unique in table.unique]
    one, other = _row(table, 1), _row(table, 2)
    updates = [sql.upsertion(rows)[0] for rows in ([one], [one, other])]
    assert len(set(updates)) == 2, "one for rows that are alike in some columns, one for others"
    return [sql.lock, sql.lock_strong, *updates, sql.delete, *resolves]


def _row(table: Table[Any], n: int) -> Any:
    return table.struct(*(n if table.c[field].type.python_type is int else str(n) for field in table.fields))


def _assert_keyed(table: Table[Any], plan: dict[str, Any], text: str) -> None:
    for node in _nodes(plan):
        if node.get("Relation Name") != table.name or node["Node Type"] in ("ModifyTable", "Tid Scan"):
            continue
        assert "Index" in node["Node Type"], (text, plan)
        keys = (table.key, *table.unique.values())
        assert any(all(column in node["Index Cond"] for column in key) for key in keys), (text, plan)


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]


async def test_rule_8_a_member_that_fails_takes_back_all_that_it_did(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"), Voucher(P, "b", "B"))

    def want(wants: Wants, ctx: Ctx, _body: None) -> None:
        wants.lock(VOUCHERS, (ctx.project_id, "a"))
        wants.lock(VOUCHERS, (ctx.project_id, "b"), to_delete=True)
        wants.lock_unique(VOUCHERS, "code", (ctx.project_id, "C"))

    def apply(rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        a, b = rows.get(VOUCHERS, (P, "a")), rows.get(VOUCHERS, (P, "b"))
        assert a is not None
        assert b is not None
        rows.put(VOUCHERS, msgspec.structs.replace(a, uses=50, code="A2"))
        rows.remove(VOUCHERS, b)
        rows.add(VOUCHERS, Voucher(P, "c", "C"))
        raise invalid_payload("never")

    fail = a_write("fail", want, apply)
    toys.ran.clear()
    assert await toys.at_once([(USE, "a"), (fail, None), (USE, "a"), (USE, "b"), (fail, None)]) == [
        200, 400, 200, 200, 400,
    ]  # fmt: skip
    assert len(toys.ran) == 1
    assert {v.id: (v.code, v.uses) for v in (await toys.vouchers()).values()} == {"a": ("A", 2), "b": ("B", 1)}


async def test_rule_8_a_fault_of_one_member_is_not_the_others(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "A"))

    def break_down(_rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        raise ZeroDivisionError

    outcomes = await toys.outcomes([(USE, "a"), (a_write("broken", lambda *_: None, break_down), None), (USE, "a")])
    assert [type(outcome) for outcome in outcomes] == [Reply, ZeroDivisionError, Reply]
    assert (await toys.vouchers())["a"].uses == 2


def test_rule_9_a_context_gives_the_same_ids_again_and_others_after_a_collision() -> None:
    fixed = ctx()
    assert fixed.id("use_") == fixed.id("use_")
    ids = [fixed.id("use_"), fixed.id("use_", "second"), fixed.id("cust_")]
    assert len(set(ids)) == 3
    again = Ctx(fixed.project_id, fixed.now, fixed.seed, attempt=1)
    assert again.id("use_") != fixed.id("use_")


async def test_rule_9_a_write_that_runs_again_is_given_the_same_time_and_chance(toys: Toys) -> None:
    """It finds that it needs a row that it did not name, and so runs once more."""
    await toys.add(Voucher(P, "a", "A"))
    given: list[str] = []

    def apply(rows: Rows, ctx: Ctx, name: str) -> Outcome:
        given.append(f"{ctx.now} {ctx.id('use_')}")
        if not rows.knows(VOUCHERS, (ctx.project_id, name)):
            wants = Wants()
            wants.lock(VOUCHERS, (ctx.project_id, name))
            return Need(wants)
        return USE.apply(rows, ctx, name)

    assert await toys.at_once([(a_write("late", lambda *_: None, apply), "a")]) == [200]
    assert len(given) == 2
    assert len(set(given)) == 1
    assert (await toys.vouchers())["a"].uses == 1


async def test_rule_9_a_random_code_that_is_taken_is_drawn_anew(toys: Toys) -> None:
    await toys.add(Voucher(P, "a", "CODE-0"), Voucher(P, "b", "CODE-1"))

    def draw(rows: Rows, ctx: Ctx, _body: None) -> Outcome:
        rows.add(VOUCHERS, Voucher(P, "c", f"CODE-{ctx.attempt}"))
        return Reply(200)

    before = refused_units("23505", "toy_vouchers_code_key")
    assert await toys.at_once([(a_write("draw", lambda *_: None, draw), None)]) == [200]
    assert (await toys.vouchers())["c"].code == "CODE-2"
    if toys.database.dialect == "postgresql":
        assert refused_units("23505", "toy_vouchers_code_key") == before + 2
