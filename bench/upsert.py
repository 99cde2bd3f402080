"""Upserts over HTTP on PostgreSQL against pgbench running the statements that the server runs for one of them.

pgbench does only that: no HTTP, no JSON, no checks, and each of its transactions is one upsert, committed alone.
"""

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bench.load import load, request
from bench.places import postgres, served
from bench.report import OUT, Ratio, print_ratios
from bench.shop import fill, source_id_of
from bench.statements import LOGGED, NOT_LOGGED, logged_statements, pgbench, script
from tests.support.databases import Postgres
from tests.support.servers import KEYS

HOT = 7


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long each is measured in a round.")] = 4.0,
    show: Annotated[bool, typer.Option("--show", help="Print the statements that are compared with.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure POST /v1/customers for customers that exist, spread and on one of them."""
    with postgres() as server, server.database() as url, tempfile.TemporaryDirectory() as folder:
        fill(url, customers)
        with served(url) as shop_url:
            statements = _statements(server, shop_url)
            if show:
                OUT.print("\n".join(statements), markup=False)
            ratios = [
                _measure(case, statements, Path(folder), (url, shop_url), rounds, seconds) for case in _cases(customers)
            ]
    if not print_ratios(f"Upsert on PostgreSQL ÷ pgbench ({customers:,} customers)", ratios) and strict:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Case:
    """So many clients who change customers, drawn by an expression of pgbench's and by a function of ours."""

    name: str
    clients: int
    drawn: str
    draw: Callable[[], int]
    least: float


def _cases(customers: int) -> list[Case]:
    chance = random.Random(3)
    anyone, draw_anyone = f"random(0, {customers - 1})", partial(chance.randrange, customers)
    return [
        Case("32 clients, spread", 32, anyone, draw_anyone, 0.9),
        Case("32 clients, one hot customer", 32, str(HOT), lambda: HOT, 4.0),
        Case("one client", 1, anyone, draw_anyone, 0.4),
    ]


def _measure(
    case: Case, statements: list[str], folder: Path, urls: tuple[str, str], rounds: int, seconds: float
) -> Ratio:
    file = folder / "upsert.sql"
    file.write_text(script(statements, case.drawn))
    found = []
    for _ in range(rounds):
        limit = pgbench(urls[0], file, clients=case.clients, seconds=seconds)
        ours = load(urls[1], lambda: _upsert(case.draw()), connections=case.clients, seconds=seconds)
        if ours.failed:
            raise SystemExit(f"{ours.failed} requests failed")
        OUT.print(f"{case.name}: pgbench {limit:6.0f}/s   patron {ours}")
        found.append(ours.rate / limit)
    return Ratio(case.name, found, case.least)


def _statements(server: Postgres, shop_url: str) -> list[str]:
    """What the server asks its database for one upsert; the first one only fills its statement cache."""
    with httpx.Client(base_url=shop_url, headers=KEYS) as client:
        for n in range(20):
            client.post("/v1/customers", json=_change(n)).raise_for_status()
        server.configure(**LOGGED)
        client.post("/v1/customers", json=_change(20)).raise_for_status()
        at = len(server.log())
        client.post("/v1/customers", json=_change(21)).raise_for_status()
        statements = logged_statements(server.log()[at:])
        server.configure(**NOT_LOGGED)
    return statements


def _change(n: int) -> dict[str, object]:
    return {"source_id": source_id_of(n), "name": f"Renamed {random.random()}", "metadata": {"visits": n}}


def _upsert(n: int) -> bytes:
    return request("POST", "/v1/customers", json.dumps(_change(n)).encode())


if __name__ == "__main__":
    typer.run(main)
