"""The rulebook: held by each process, loaded by what is newer, never older than a decision allows (architecture 5)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import msgspec
import pytest

from patron.db import units
from patron.db.actions import Ctx, Outcome, Reply, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Part, Rulebook
from patron.db.units_table import UNITS
from tests.db.toys import RULES, P, Rule, Toys, a_write, ctx


def _want_rule(wants: Wants, ctx: Ctx, rule: tuple[str, str | None]) -> None:
    wants.lock(RULES, (ctx.project_id, rule[0]))
    wants.lock_rulebook(ctx.project_id)


def _set_rule(rows: Rows, ctx: Ctx, rule: tuple[str, str | None]) -> Outcome:
    name, text = rule
    version = rows.next_version()
    after = Rule(ctx.project_id, name, text or "", version, None if text else ctx.now)
    if rows.get(RULES, (ctx.project_id, name)) is None:
        rows.add(RULES, after)
    else:
        rows.put(RULES, after)
    return Reply(200)


SET_RULE = a_write("set_rule", _want_rule, _set_rule)
"""Give the rule of this name this text; None deletes it."""


def _judge(rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
    texts = {rule.id: rule.text for rule in rows.rulebook.rows(RULES).values()}
    return Reply(200, msgspec.json.encode([rows.rulebook.version, texts]))


JUDGE = a_write("judge", lambda *_: None, _judge)
"""What the rules are, as a decision sees them."""


async def set_rule(toys: Toys, name: str, text: str | None) -> None:
    await toys.units.write(SET_RULE, ctx(), (name, text))


async def judged(toys: Toys) -> Any:
    return msgspec.json.decode((await toys.units.write(JUDGE, ctx(), None)).body)


async def read(toys: Toys) -> dict[str, str]:
    rulebook = (await toys.units.reading(P)).rulebook
    return {rule.id: rule.text for rule in rulebook.rows(RULES).values()}


@asynccontextmanager
async def looking(toys: Toys) -> AsyncIterator[tuple["asyncio.Task[dict[str, str]]", Callable[[], None]]]:
    """A read whose look at the version has its answer, but not heard it before the second call; others do not look."""
    one = toys.database.one
    answered, heard = asyncio.Event(), asyncio.Event()

    async def slow(statement: Any, **params: Any) -> Any:
        assert not answered.is_set(), "a second look"
        answer = await one(statement, **params)
        answered.set()
        await heard.wait()
        return answer

    toys.units._rulebooks.doubt(P)
    toys.database.one = slow  # type: ignore[method-assign]
    early = asyncio.create_task(read(toys))
    await answered.wait()
    try:
        yield early, heard.set
    finally:
        toys.database.one = one  # type: ignore[method-assign]


async def test_a_decision_goes_by_the_rules_that_hold_when_its_unit_begins(toys: Toys, twin: Toys) -> None:
    assert await judged(twin) == [0, {}]
    await set_rule(toys, "r", "first")
    assert await judged(twin) == [1, {"r": "first"}]
    await set_rule(toys, "r", "second")
    assert await judged(twin) == [2, {"r": "second"}]


async def test_a_read_is_at_most_a_second_old(toys: Toys, twin: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    assert units.RULEBOOK_SECONDS == 1
    monkeypatch.setattr(units, "RULEBOOK_SECONDS", 3_600)
    await set_rule(toys, "r", "first")
    assert await read(twin) == {"r": "first"}
    await set_rule(toys, "r", "second")
    assert await read(twin) == {"r": "first"}
    await asyncio.sleep(0.1)
    monkeypatch.setattr(units, "RULEBOOK_SECONDS", 0.1)
    assert await read(twin) == {"r": "second"}


async def test_a_process_sees_its_own_change_at_once(toys: Toys) -> None:
    await set_rule(toys, "r", "first")
    assert await read(toys) == {"r": "first"}
    await set_rule(toys, "r", "second")
    assert await read(toys) == {"r": "second"}


async def test_a_process_sees_its_own_change_though_a_look_from_before_ends_after_it(toys: Toys) -> None:
    async with looking(toys) as (early, go_on):
        toys.units._rulebooks.confirm(P, monotonic())  # the write below began before the look was due
        await set_rule(toys, "r", "first")
        go_on()
        await early
    assert await read(toys) == {"r": "first"}


async def test_reads_in_the_same_moment_look_once(toys: Toys) -> None:
    await set_rule(toys, "r", "first")
    async with looking(toys) as (first, go_on):
        others = asyncio.gather(*(read(toys) for _ in range(200)))
        await asyncio.sleep(0)
        go_on()
        assert await first == {"r": "first"}
        assert await others == [{"r": "first"}] * 200


async def test_who_leaves_while_others_wait_for_the_look_does_not_take_it_along(toys: Toys) -> None:
    await set_rule(toys, "r", "first")
    async with looking(toys) as (first, go_on):
        other = asyncio.create_task(read(toys))
        await asyncio.sleep(0)
        first.cancel()
        go_on()
        assert await other == {"r": "first"}


async def test_a_rule_that_was_deleted_is_gone(toys: Toys, twin: Toys) -> None:
    await set_rule(toys, "r", "first")
    await set_rule(toys, "s", "other")
    assert await judged(twin) == [2, {"r": "first", "s": "other"}]
    await set_rule(toys, "r", None)
    assert await judged(twin) == [3, {"s": "other"}]
    await set_rule(toys, "r", "again")
    assert await judged(twin) == [4, {"s": "other", "r": "again"}]


async def test_a_reload_takes_only_what_is_newer(toys: Toys, twin: Toys, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        await set_rule(toys, f"r{n}", "first")
    assert (await judged(twin))[0] == 20
    taken: list[int] = []
    absorb = twin.units._rulebooks.absorb

    def noted(project_id: str, version: int, newer: Any) -> Rulebook:
        taken.append(sum(map(len, newer.values())))
        return absorb(project_id, version, newer)

    monkeypatch.setattr(twin.units._rulebooks, "absorb", noted)
    await set_rule(toys, "r3", "second")
    assert (await judged(twin))[0] == 21
    assert await judged(twin) == [21, {f"r{n}": "second" if n == 3 else "first" for n in range(20)}]
    assert taken == [1]


async def test_changes_at_once_in_two_processes_get_a_version_each(toys: Toys, twin: Toys) -> None:
    await asyncio.gather(
        *(
            held.at_once([(SET_RULE, (f"{n}{name}", "x")) for n in range(20)])
            for held, name in ((toys, "a"), (twin, "b"))
        )
    )
    version, texts = await judged(toys)
    assert version == 40
    assert len(texts) == 40
    assert await judged(twin) == [version, texts]


async def test_what_is_derived_from_a_rulebook_is_made_once_for_each_version(toys: Toys) -> None:
    made = []

    def build(rulebook: Rulebook) -> int:
        made.append(rulebook.version)
        return len(rulebook.rows(RULES))

    await set_rule(toys, "r", "first")
    for _ in range(3):
        assert (await toys.units.reading(P)).rulebook.derived(build) == 1
    await set_rule(toys, "s", "second")
    assert (await toys.units.reading(P)).rulebook.derived(build) == 2
    assert made == [1, 2]


def test_a_table_without_versions_cannot_be_content() -> None:
    with pytest.raises(TypeError, match="no version"):
        Part(UNITS)
