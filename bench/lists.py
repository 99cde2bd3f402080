"""List pages and keyed reads in a small shop and in a large one: plans, rows looked at, and times.

Times are of the database call alone, median over many random places in the list; rows are those that all scans of the
plan look at, as PostgreSQL counts them. A plan must not change with the size, nor the rows.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Any

import typer
from rich.table import Table

from bench.places import database
from bench.report import OUT
from bench.shop import BEGIN_MS, fill, id_of, project_of, source_id_of
from patron.db.statements import Statement
from patron.db.units import open_database
from patron.domains.customers.store import BY_ID, BY_SOURCE_ID, page_of
from tests.support.plans import plan_of

LIMIT = 11


@dataclass(frozen=True, slots=True)
class Question:
    """A read, and how to draw its parameters for the customer with some number."""

    name: str
    statement: Statement[Any]
    params: Callable[[int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a question in a shop of some size."""

    faults: list[str]
    rows_read: int
    milliseconds: float


def _page(
    order: str, filters: tuple[str, ...], position: str | None, given: Callable[[int], dict[str, Any]]
) -> Question:
    parts = ["page by", order, *(f"where {each}" for each in filters), *([f"after a {position}"] if position else [])]
    statement = page_of(order, filters, position)
    return Question(" ".join(parts), statement, lambda n: {"limit": LIMIT, "offset": 0, **given(n)})


QUESTIONS = [
    Question("by id", BY_ID, lambda n: {"id": id_of(n)}),
    Question("by source_id", BY_SOURCE_ID, lambda n: {"source_id": source_id_of(n)}),
    _page("-created_at", (), None, lambda _n: {}),
    _page("-created_at", (), "cursor", lambda n: {"value": BEGIN_MS + n * 1_000, "id": id_of(n)}),
    _page("updated_at", (), "cursor", lambda n: {"value": 0, "id": id_of(n)}),
    _page("source_id", (), "cursor", lambda n: {"value": source_id_of(n), "id": id_of(n)}),
    _page("-created_at", (), "moment", lambda n: {"moment": BEGIN_MS + n * 1_000}),
    _page("-created_at", ("email",), None, lambda n: {"email": f"{n}@shop.example"}),
    _page("-created_at", ("city",), None, lambda _n: {"city": "Paris"}),
]


def main(
    small: Annotated[int, typer.Option(help="How many customers the small shop has.")] = 10_000,
    large: Annotated[int, typer.Option(help="How many customers the large shop has.")] = 1_000_000,
    times: Annotated[int, typer.Option("--rounds", help="How often each question is asked.")] = 200,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a plan has a scan, or rows grow.")] = False,
) -> None:
    """Compare the reads of lists and single customers in a small and in a large shop."""
    sound = True
    for kind in ("SQLite", "PostgreSQL"):
        with database(kind) as first, database(kind) as second:
            answers = [_ask_all(url, size, times) for url, size in ((first, small), (second, large))]
        sound = _print(kind, (small, large), answers[0], answers[1]) and sound
    if not sound and strict:
        raise typer.Exit(1)


def _ask_all(url: str, customers: int, times: int) -> dict[str, Found]:
    fill(url, customers)
    project_id = project_of(url)
    seconds = asyncio.run(_seconds(url, project_id, customers, times))
    answers = {}
    for question in QUESTIONS:
        plan = plan_of(url, question.statement, {"project_id": project_id, **question.params(customers // 2)})
        answers[question.name] = Found(plan.faults, plan.rows_read, seconds[question.name] * 1_000)
    return answers


async def _seconds(url: str, project_id: str, customers: int, times: int) -> dict[str, float]:
    held = open_database(url, ())
    await held.start()
    chance = random.Random(5)
    try:
        found = {}
        for question in QUESTIONS:
            taken = []
            for _ in range(times):
                params = {"project_id": project_id, **question.params(chance.randrange(customers))}
                started = time.perf_counter()
                await held.all(question.statement, **params)
                taken.append(time.perf_counter() - started)
            found[question.name] = median(taken)
        return found
    finally:
        await held.close()


def _print(kind: str, sizes: tuple[int, int], small: dict[str, Found], large: dict[str, Found]) -> bool:
    title = f"{kind}: {sizes[0]:,} and {sizes[1]:,} customers"
    table = Table("what", "ms", "", "ms", "", "rows", "", "plan", title=title, title_justify="left")
    sound = True
    for name in small:
        first, second = small[name], large[name]
        keyed = not second.faults and second.rows_read <= first.rows_read + 2
        sound = sound and keyed
        rows = (str(first.rows_read), str(second.rows_read)) if kind == "PostgreSQL" else ("", "")
        verdict = "by index" if keyed else f"wanted by index: {second.faults or 'rows grow'}"
        table.add_row(name, f"{first.milliseconds:.3f}", "→", f"{second.milliseconds:.3f}", "", *rows, verdict)
    OUT.print(table)
    return sound


if __name__ == "__main__":
    typer.run(main)
