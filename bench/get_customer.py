"""GET of a customer over HTTP against an application that answers the same bytes from memory.

The server is `patron serve` as everybody runs it: with authentication, logs and metrics. It is asked for random
customers; no answer is kept anywhere.
"""

import random
from collections.abc import Callable
from typing import Annotated

import httpx
import typer

from bench.bare import bare_server
from bench.load import Outcome, load, request
from bench.places import database, served
from bench.report import OUT, Ratio, print_ratios
from bench.shop import fill, id_of
from tests.support.servers import KEYS

LEAST_ON_SQLITE = 0.40


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="How often each server is measured, in turns.")] = 7,
    seconds: Annotated[float, typer.Option(help="How long a server is measured in a round.")] = 3.0,
    connections: Annotated[int, typer.Option(help="How many clients ask at a time.")] = 16,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure GET /v1/customers/{id} against a bare application on the same server."""
    ratios = []
    for kind, least in (("SQLite", LEAST_ON_SQLITE), ("PostgreSQL", None)):
        with database(kind) as url:
            ratios.append(Ratio(f"{kind}: by id", _measure(url, customers, rounds, seconds, connections), least))
    if not print_ratios(f"GET customer ÷ bare application ({customers:,} customers)", ratios) and strict:
        raise typer.Exit(1)


def _measure(database_url: str, customers: int, rounds: int, seconds: float, connections: int) -> list[float]:
    fill(database_url, customers)
    chance = random.Random(1)
    requests = [request("GET", f"/v1/customers/{id_of(n)}") for n in range(customers)]
    with served(database_url) as shop_url:
        body = httpx.get(f"{shop_url}/v1/customers/{id_of(0)}", headers=KEYS).content
        with bare_server(body) as bare_url:

            def round_of(url: str) -> Outcome:
                return load(url, lambda: chance.choice(requests), connections=connections, seconds=seconds)

            return [_ratio(round_of, shop_url, bare_url) for _ in range(rounds)]


def _ratio(round_of: Callable[[str], Outcome], url: str, bare_url: str) -> float:
    bare, patron = round_of(bare_url), round_of(url)
    if patron.failed or bare.failed:
        raise SystemExit(f"{patron.failed + bare.failed} requests failed")
    OUT.print(f"bare {bare}   patron {patron}")
    return patron.rate / bare.rate


if __name__ == "__main__":
    typer.run(main)
