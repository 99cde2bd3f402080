"""The API while a file is imported: the time of the slowest of a hundred requests, with the import and without.

Requests come in an open loop, at half of the rate that the server answered when it was asked as fast as it could: a
request that is due is sent, however long the others take. Half of them read a customer, half change one.
"""

import json
import random
from collections.abc import Callable
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Annotated

import httpx
import typer

from bench.load import Outcome, load, paced, request
from bench.places import database, served
from bench.report import OUT, Ratio, print_ratios
from bench.shop import fill, id_of
from tests.support.imports import begun, ended
from tests.support.servers import KEYS

MOST = 3.0
CONNECTIONS = 16
PATIENCE_SECONDS = 30.0


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has.")] = 20_000,
    rows: Annotated[int, typer.Option(help="How many customers a file brings.")] = 30_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 3,
    seconds: Annotated[float, typer.Option(help="How long each is measured in a round.")] = 4.0,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure the 99th percentile of requests beside an import against that of requests alone."""
    ratios = []
    for kind in ("SQLite", "PostgreSQL"):
        with database(kind) as url:
            fill(url, customers)
            with served(url) as shop_url:
                found = _measure(shop_url, customers, rows, rounds, seconds)
        ratios.append(Ratio(f"{kind}: p99 alone ÷ p99 beside an import", found, 1 / MOST))
    if not print_ratios(f"API beside an import of {rows:,} rows ({customers:,} customers)", ratios) and strict:
        raise typer.Exit(1)


def _measure(url: str, customers: int, rows: int, rounds: int, seconds: float) -> list[float]:
    chance = random.Random(3)

    def any_request() -> bytes:
        n = chance.randrange(customers)
        if chance.random() < 0.5:
            return request("GET", f"/v1/customers/{id_of(n)}")
        return request("PUT", f"/v1/customers/{id_of(n)}", json.dumps({"metadata": {"visits": n}}).encode())

    rate = load(url, any_request, connections=CONNECTIONS, seconds=seconds).rate / 2
    found = []
    for n in range(rounds):
        alone = paced(url, any_request, rate=rate, seconds=seconds)
        beside = _beside(url, f"{n}", rows, lambda: paced(url, any_request, rate=rate, seconds=seconds))
        if alone.failed or beside.failed:
            raise SystemExit(f"{alone.failed + beside.failed} requests failed")
        OUT.print(f"{rate:.0f}/s wanted   alone {alone}   beside {beside}")
        found.append(alone.latency(0.99) / beside.latency(0.99))
    return found


def _beside(url: str, name: str, rows: int, measure: Callable[[], Outcome]) -> Outcome:
    """Measure while files are imported, one after another, by a process of its own: here, it would hold up the load."""
    context = get_context("spawn")
    ready, stop = context.Event(), context.Event()
    importing = context.Process(target=_import_until, args=(url, name, rows, ready, stop))
    importing.start()
    try:
        if not ready.wait(PATIENCE_SECONDS):
            raise SystemExit("no import was begun")
        return measure()
    finally:
        stop.set()
        importing.join()


def _import_until(url: str, name: str, rows: int, ready: Event, stop: Event) -> None:
    files = (_file(f"{name}-{n}", rows) for n in count())
    file = next(files)
    with httpx.Client(base_url=url, headers=KEYS, timeout=120, trust_env=False) as client:
        while not stop.is_set():
            ready.set()
            action = ended(client, begun(client.post("/v1/customers/importCSV", files={"file": file})))
            OUT.print(f"{rows / max(action['processing_time'], 1) * 1_000:.0f} rows/s imported meanwhile")
            file = next(files)


def _file(name: str, rows: int) -> bytes:
    lines = "".join(f"{name}-{row},Person {row},{row}@shop.example,Bath,{row}\n" for row in range(rows))
    return ("Source_id,Name,Email,City,visits\n" + lines).encode()


if __name__ == "__main__":
    typer.run(main)
