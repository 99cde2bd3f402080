"""What is asked of a segmented shop: a preview against the same by hand, and pages of members with their plans."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any, TypeVar

import sqlalchemy as sa
from rich.table import Table

from bench.report import OUT
from bench.segmented import EVERYBODY, SOME
from bench.shop import BEGIN_MS, id_of, project_of
from patron.db.statements import Statement
from patron.db.units import Database, open_database
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.segments.policy.fields import KNOWN, CustomerFields
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.listing import COUNT, page_by_creation
from patron.domains.segments.store.members import count_of
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.filters import Fault
from patron.engine.conditions.parsing import Grammar, parse
from patron.kernel.clock import now_ms
from patron.kernel.zones import zone_of
from tests.support.plans import Plan, plan_of

T = TypeVar("T")

Question = tuple[Statement[Any], dict[str, Any]]

THREE: dict[str, Any] = {
    "metadata.vip": {"conditions": {"$is": [True]}},
    "metadata.visits": {"conditions": {"$more_than": [100]}},
    "address.country": {"conditions": {"$in": ["DE", "PL"]}},
}
_CONDITIONS = {
    "sqlite": "metadata ->> 'vip' = 1 AND metadata ->> 'visits' > 100 AND address ->> 'country' IN ('DE', 'PL')",
    "postgres": "metadata ->> 'vip' = 'true' AND (metadata ->> 'visits')::numeric > 100 "
    "AND address ->> 'country' IN ('DE', 'PL')",
}
PAGE = 11
PAGES = 50
MOST_ROWS = 4 * PAGE
"""A page reads its own entries, each from three tables."""
TOTAL = "the total of "


def preview(database_url: str, rounds: int) -> list[float]:
    """How long it takes to count by hand who passes, as a part of what a preview takes for it, round by round.

    A preview's sample comes beside it, and is the smaller part: its newest ten are read in their order.
    """
    by_hand, ours = _by_hand(database_url), _ours(database_url)
    return asyncio.run(_in_database(database_url, lambda held: _preview(held, by_hand, ours, rounds)))


async def _in_database(database_url: str, ask: Callable[[Database], Awaitable[T]]) -> T:
    held = open_database(database_url, ())
    await held.start()
    try:
        return await ask(held)
    finally:
        await held.close()


async def _preview(held: Database, by_hand: Question, ours: Question, rounds: int) -> list[float]:
    answers = [await held.scan(statement, **params) for statement, params in (by_hand, ours)]
    if answers[0] != answers[1]:
        raise SystemExit(f"{answers[0]} pass by hand, {answers[1]} by the filter")
    found = []
    for _ in range(rounds):
        limit, taken = await _seconds(held, by_hand), await _seconds(held, ours)
        OUT.print(f"counting who passes: by hand {limit * 1e3:.1f} ms   preview {taken * 1e3:.1f} ms")
        found.append(limit / taken)
    return found


def _ours(database_url: str) -> Question:
    of = parse(THREE, Grammar(CustomerFields(MetadataFields({}, "customer")).find, KNOWN))
    if isinstance(of, Fault):
        raise SystemExit(str(of))
    passing = population(of)
    values = passing.values(Calendar(zone_of("UTC")), now_ms())
    return count_of(passing), {"project_id": project_of(database_url), **values}


def _by_hand(database_url: str) -> Question:
    conditions = _CONDITIONS["sqlite" if database_url.startswith("sqlite") else "postgres"]
    text = sa.text(f"SELECT count(*) FROM customers WHERE project_id = :project_id AND {conditions}")
    typed = text.bindparams(sa.bindparam("project_id", type_=sa.Text()))
    return Statement(typed, int), {"project_id": project_of(database_url)}


async def _seconds(held: Database, question: Question) -> float:
    statement, params = question
    started = time.perf_counter()
    await held.scan(statement, **params)
    return time.perf_counter() - started


def lists_of_members(kind: str, database_url: str, customers: int, rounds: int) -> bool:
    """Print how long pages of members take, and how they are found; whether each goes by an index, and by few rows.

    A total counts the members, so of that it is only told how.
    """
    project_id = project_of(database_url)
    times = asyncio.run(_in_database(database_url, lambda held: _times(held, project_id, customers, rounds)))
    table = Table("what", "ms", "rows", "plan", title=f"{kind}: {customers:,} customers", title_justify="left")
    are_keyed = True
    for name, (statement, params) in _lists(project_id, customers // 2).items():
        plan = plan_of(database_url, statement, params)
        is_keyed = not plan.faults and plan.rows_read <= MOST_ROWS
        are_keyed = are_keyed and (is_keyed or name.startswith(TOTAL))
        rows = str(plan.rows_read) if kind == "PostgreSQL" else ""
        table.add_row(name, f"{times[name] * 1e3:.3f}", rows, _verdict(name, plan, is_keyed=is_keyed))
    OUT.print(table)
    return are_keyed


def _verdict(name: str, plan: Plan, *, is_keyed: bool) -> str:
    if name.startswith(TOTAL):
        return f"reported: {plan.faults or 'by index'}"
    return "by index" if is_keyed else f"wanted by index: {plan.faults or 'reads more than its page'}"


def _lists(project_id: str, n: int) -> dict[str, Question]:
    """Pages of members around the n-th customer."""
    place = {"value": BEGIN_MS + n * 1_000, "id": id_of(n)}
    questions: dict[str, Question] = {}
    for name, segment_id in (("all", EVERYBODY), ("a tenth", SOME)):
        whose = {"project_id": project_id, "segment_id": segment_id}
        paged = {**whose, "limit": PAGE, "offset": 0}
        questions[f"the newest of {name}"] = (page_by_creation(None, down=True), paged)
        questions[f"after a cursor, of {name}"] = (page_by_creation("cursor", down=True), {**paged, **place})
        questions[f"{TOTAL}{name}"] = (COUNT, whose)
    return questions


async def _times(held: Database, project_id: str, customers: int, rounds: int) -> dict[str, float]:
    chance = random.Random(5)
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, question in _lists(project_id, chance.randrange(customers)).items():
            again = 1 if name.startswith(TOTAL) else PAGES
            taken.setdefault(name, []).extend([await _seconds(held, question) for _ in range(again)])
    return {name: median(each) for name, each in taken.items()}
