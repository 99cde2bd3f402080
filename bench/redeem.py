"""Redemptions over HTTP against pgbench running the statements that the server runs for one of them, alone.

pgbench does only that: no HTTP, no JSON, no decision. Reported beside the ratios: how many statements a redemption
costs under load, and how much processor time, of the server and of its database together. On SQLite, many clients are
compared with one, whose redemptions are committed one by one.
"""

import json
import random
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bench.load import Outcome, load, request
from bench.places import database, postgres, served
from bench.processes import processor_seconds
from bench.report import OUT, Ratio, print_ratios
from bench.shop import BATCH, analyze, fill, project_of, source_id_of, voucher_of, write
from bench.statements import LOGGED, NOT_LOGGED, logged_statements, pgbench, script
from patron.domains.vouchers.model import VOUCHER_TOTALS, VOUCHERS, VoucherTotals
from tests.support.databases import Postgres
from tests.support.servers import KEYS

HOT = 7
CLIENTS = 32


@dataclass(frozen=True, slots=True)
class Case:
    """So many clients, who draw customers and vouchers by an expression of pgbench's and by a function of ours."""

    name: str
    clients: int
    customer: str
    voucher: str
    draw: Callable[[], tuple[int, int]]
    least: float


@dataclass(frozen=True, slots=True)
class Place:
    """The database, the servers over it, and the statements of one redemption with a file for pgbench's script."""

    server: Postgres
    url: str
    shops: list[str]
    file: Path
    statements: list[str]


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has.")] = 100_000,
    vouchers: Annotated[int, typer.Option(help="How many vouchers it has.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long each is measured in a round.")] = 4.0,
    servers: Annotated[int, typer.Option(help="How many servers share the clients on PostgreSQL.")] = 1,
    show: Annotated[bool, typer.Option("--show", help="Print the statements that are compared with.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure POST /v1/redemptions of one voucher, by a customer who is known, for an order with an amount."""
    ratios = _on_postgres(customers, vouchers, rounds, seconds, servers, show=show)
    ratios.append(_on_sqlite(customers, vouchers, rounds, seconds))
    if not print_ratios(f"Redemption ({customers:,} customers, {vouchers:,} vouchers)", ratios) and strict:
        raise typer.Exit(1)


def _on_postgres(
    customers: int, vouchers: int, rounds: int, seconds: float, servers: int, *, show: bool
) -> list[Ratio]:
    with postgres() as server, server.database() as url, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        _fill(url, customers, vouchers)
        shops = [stack.enter_context(served(url)) for _ in range(servers)]
        statements = _statements(server, shops[0])
        if show:
            OUT.print("\n".join(statements), markup=False)
        place = Place(server, url, shops, Path(folder) / "redeem.sql", statements)
        cases = _cases(customers, vouchers)
        ratios = [_measure(place, case, rounds, seconds) for case in cases]
        _report_costs(place, cases[0], seconds)
    return ratios


def _cases(customers: int, vouchers: int) -> list[Case]:
    chance = random.Random(3)
    anyone, any_code = f"random(0, {customers - 1})", f"random(0, {vouchers - 1})"
    who, what = partial(chance.randrange, customers), partial(chance.randrange, vouchers)
    return [
        Case("32 clients, spread", CLIENTS, anyone, any_code, lambda: (who(), what()), 1.2),
        Case("32 clients, one voucher", CLIENTS, anyone, str(HOT), lambda: (who(), HOT), 4.0),
        Case("32 clients, one customer", CLIENTS, str(HOT), any_code, lambda: (HOT, what()), 4.0),
        Case("one client", 1, anyone, any_code, lambda: (who(), what()), 0.4),
    ]


def _measure(place: Place, case: Case, rounds: int, seconds: float) -> Ratio:
    found = []
    for _ in range(rounds):
        limit = _pgbench(place, case, seconds)
        ours = _load(place.shops, case, seconds)
        OUT.print(f"{case.name}: pgbench {limit:6.0f}/s   patron {ours}")
        found.append(ours.rate / limit)
    return Ratio(case.name, found, case.least)


def _pgbench(place: Place, case: Case, seconds: float) -> float:
    place.file.write_text(script(place.statements, case.customer, vouchers=case.voucher))
    return pgbench(place.url, place.file, clients=case.clients, seconds=seconds)


def _load(shops: list[str], case: Case, seconds: float) -> Outcome:
    first, *others = shops
    ours = load(first, lambda: _redemption(*case.draw()), connections=case.clients, seconds=seconds, beside=others)
    if ours.failed:
        raise SystemExit(f"{ours.failed} requests failed")
    return ours


def _report_costs(place: Place, case: Case, seconds: float) -> None:
    """How much processor time and how many statements one redemption takes under load."""
    folder = place.server.folder
    before = processor_seconds(folder)
    long = 4 * seconds  # its connections plan each statement first, which a short run would tell of
    compared = _pgbench(place, case, long) * max(1, round(long))
    between = processor_seconds(folder)
    ours = _load(place.shops, case, seconds).answered
    took, its = (processor_seconds(folder) - between) / ours, (between - before) / compared
    OUT.print(
        f"{took * 1e3:.2f} ms of processor time a redemption, server and database (wanted ≤ 1.0); "
        f"pgbench and its database {its * 1e3:.2f} ms, ratio {took / its:.2f}"
    )
    place.server.configure(**LOGGED)
    at = len(place.server.log())
    logged = _load(place.shops, case, min(seconds, 2.0))
    statements = len(logged_statements(place.server.log()[at:]))
    place.server.configure(**NOT_LOGGED)
    OUT.print(f"{statements / logged.answered:.2f} statements a redemption (wanted ≤ 3)")


def _on_sqlite(customers: int, vouchers: int, rounds: int, seconds: float) -> Ratio:
    with database("SQLite") as url:
        _fill(url, customers, vouchers)
        with served(url) as shop_url:
            many, *_, one = _cases(customers, vouchers)
            found = []
            for _ in range(rounds):
                alone, ours = _load([shop_url], one, seconds), _load([shop_url], many, seconds)
                OUT.print(f"SQLite: one by one {alone.rate:6.0f}/s   32 clients {ours}")
                found.append(ours.rate / alone.rate)
    return Ratio("SQLite, 32 clients ÷ one", found, 1.8)


def _fill(url: str, customers: int, vouchers: int) -> None:
    """The shop, with vouchers that may be redeemed any number of times, each of which was redeemed before."""
    fill(url, customers)
    project_id = project_of(url)
    for first in range(0, vouchers, BATCH):
        numbers = range(first, min(first + BATCH, vouchers))
        write(
            url,
            {
                VOUCHERS: [voucher_of(project_id, code_of(n), n) for n in numbers],
                VOUCHER_TOTALS: [VoucherTotals(project_id, code_of(n), 1, redeemed_before=1) for n in numbers],
            },
        )
    analyze(url)


def code_of(n: int) -> str:
    """The code of the voucher with this number."""
    return f"CODE-{n:08}"


def _statements(server: Postgres, shop_url: str) -> list[str]:
    """What the server asks its database for one redemption; the first ones only fill its statement cache."""
    with httpx.Client(base_url=shop_url, headers=KEYS) as client:
        for n in range(20):
            client.post("/v1/redemptions", json=_body(n, n)).raise_for_status()
        server.configure(**LOGGED)
        client.post("/v1/redemptions", json=_body(20, 20)).raise_for_status()
        at = len(server.log())
        client.post("/v1/redemptions", json=_body(21, 21)).raise_for_status()
        statements = logged_statements(server.log()[at:])
        server.configure(**NOT_LOGGED)
    return statements


def _body(customer: int, voucher: int) -> dict[str, object]:
    return {
        "redeemables": [{"object": "voucher", "id": code_of(voucher)}],
        "customer": {"source_id": source_id_of(customer)},
        "order": {"amount": 20_000},
    }


def _redemption(customer: int, voucher: int) -> bytes:
    return request("POST", "/v1/redemptions", json.dumps(_body(customer, voucher)).encode())


if __name__ == "__main__":
    typer.run(main)
