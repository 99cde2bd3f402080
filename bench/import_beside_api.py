"""The API beside work in the background: the time of the slowest of a hundred requests, with the work and without.

The work is the import of a file of customers, or with --codes the making of a campaign's codes.

Requests come in an open loop, at half of the rate that the server answered when it was asked as fast as it could: a
request that is due is sent, however long the others take. Half of them read a customer, half change one.
"""

import json
import random
from collections.abc import Callable
from enum import StrEnum
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
from tests.support.imports import Action, begun, ended
from tests.support.servers import KEYS

MOST = 3.0
CONNECTIONS = 16
PATIENCE_SECONDS = 30.0


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has.")] = 20_000,
    rows: Annotated[int, typer.Option(help="How many customers a file brings.")] = 30_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 3,
    seconds: Annotated[float, typer.Option(help="How long each is measured in a round.")] = 4.0,
    codes: Annotated[bool, typer.Option("--codes", help="Make so many codes instead of importing rows.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure the 99th percentile of requests beside such work against that of requests alone."""
    ratios = []
    work = Work.codes if codes else Work.file
    for kind in ("SQLite", "PostgreSQL"):
        with database(kind) as url:
            fill(url, customers)
            with served(url) as shop_url:
                found = _measure(shop_url, customers, (work, rows), rounds, seconds)
        ratios.append(Ratio(f"{kind}: p99 alone ÷ p99 beside it", found, 1 / MOST))
    if not print_ratios(f"API beside a {work} of {rows:,} ({customers:,} customers)", ratios) and strict:
        raise typer.Exit(1)


class Work(StrEnum):
    """What goes on in the background."""

    file = "file"
    codes = "campaign"


def _measure(url: str, customers: int, work: tuple[Work, int], rounds: int, seconds: float) -> list[float]:
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
        beside = _beside(url, f"{n}", work, lambda: paced(url, any_request, rate=rate, seconds=seconds))
        if alone.failed or beside.failed:
            raise SystemExit(f"{alone.failed + beside.failed} requests failed")
        OUT.print(f"{rate:.0f}/s wanted   alone {alone}   beside {beside}")
        found.append(alone.latency(0.99) / beside.latency(0.99))
    return found


def _beside(url: str, name: str, work: tuple[Work, int], measure: Callable[[], Outcome]) -> Outcome:
    """Measure while a process of its own begins one after another: in this one, that would hold up the load."""
    context = get_context("spawn")
    ready, stop = context.Event(), context.Event()
    importing = context.Process(target=_work_until, args=(url, name, work, ready, stop))
    importing.start()
    try:
        if not ready.wait(PATIENCE_SECONDS):
            raise SystemExit("no work was begun")
        return measure()
    finally:
        stop.set()
        importing.join()


def _work_until(url: str, name: str, work: tuple[Work, int], ready: Event, stop: Event) -> None:
    kind, n = work
    begin = _begin_codes if kind is Work.codes else _begin_import
    with httpx.Client(base_url=url, headers=KEYS, timeout=120, trust_env=False) as client:
        for part in count():
            ready.set()
            action = begin(client, f"{name}-{part}", n)
            OUT.print(f"{n / max(action['processing_time'], 1) * 1_000:.0f}/s meanwhile")
            if stop.is_set():
                return


def _begin_import(client: httpx.Client, name: str, rows: int) -> Action:
    return ended(client, begun(client.post("/v1/customers/importCSV", files={"file": _file(name, rows)})))


def _begin_codes(client: httpx.Client, name: str, codes: int) -> Action:
    template = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    body = {"name": name, "campaign_type": "DISCOUNT_COUPONS", "voucher": template}
    campaign = client.post("/v1/campaigns", json=body).raise_for_status().json()["id"]
    return ended(client, begun(client.post(f"/v1/campaigns/{campaign}/vouchers?vouchers_count={codes}", json={})))


def _file(name: str, rows: int) -> bytes:
    lines = "".join(f"{name}-{row},Person {row},{row}@shop.example,Bath,{row}\n" for row in range(rows))
    return ("Source_id,Name,Email,City,visits\n" + lines).encode()


if __name__ == "__main__":
    typer.run(main)
