"""Validations over HTTP against a plain GET of the same vouchers from the same server.

A validation reads what the GET reads and the customer, decides, and tells the order. Vouchers and customers are random,
with an amount or with five lines; neither writes anything.
"""

import json
import random
from collections.abc import Callable
from typing import Annotated

import typer

from bench.load import load, request
from bench.places import database, served
from bench.report import OUT, Ratio, print_ratios
from bench.shop import BATCH, analyze, fill, project_of, source_id_of, voucher_of, write
from patron.domains.vouchers.model import VOUCHERS

CLIENTS = 32
LINES = [{"source_id": f"p{n}", "related_object": "product", "price": 1_000 + n, "quantity": n + 1} for n in range(5)]
ORDERS: dict[str, dict[str, object]] = {"an amount": {"amount": 10_000}, "five lines": {"items": LINES}}
LEAST = {"an amount": 0.4, "five lines": 0.3}


def main(
    customers: Annotated[int, typer.Option(help="How many customers, and vouchers, the shop has.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long each is measured in a round.")] = 3.0,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure POST /v1/validations."""
    ratios = []
    for kind in ("PostgreSQL", "SQLite"):
        with database(kind) as url:
            _fill(url, customers)
            with served(url) as shop_url:
                for name, order in ORDERS.items():
                    found = _measure(shop_url, customers, order, rounds, seconds)
                    ratios.append(Ratio(f"{kind}, {name}", found, LEAST[name]))
    if not print_ratios(f"Validation ÷ GET voucher ({customers:,} vouchers, {CLIENTS} clients)", ratios) and strict:
        raise typer.Exit(1)


def _measure(url: str, customers: int, order: dict[str, object], rounds: int, seconds: float) -> list[float]:
    chance = random.Random(5)

    def validation() -> bytes:
        redeemable = {"object": "voucher", "id": _code(chance.randrange(customers))}
        customer = {"source_id": source_id_of(chance.randrange(customers))}
        body = {"redeemables": [redeemable], "order": order, "customer": customer}
        return request("POST", "/v1/validations", json.dumps(body).encode())

    def plain() -> bytes:
        return request("GET", f"/v1/vouchers/{_code(chance.randrange(customers))}")

    return [_ratio(url, validation, plain, seconds) for _ in range(rounds)]


def _ratio(url: str, validation: Callable[[], bytes], plain: Callable[[], bytes], seconds: float) -> float:
    gets = load(url, plain, connections=CLIENTS, seconds=seconds)
    validations = load(url, validation, connections=CLIENTS, seconds=seconds)
    if gets.failed or validations.failed:
        raise SystemExit(f"{gets.failed + validations.failed} requests failed")
    OUT.print(f"GET {gets}   validation {validations}")
    return validations.rate / gets.rate


def _fill(url: str, size: int) -> None:
    fill(url, size)
    project_id = project_of(url)
    for first in range(0, size, BATCH):
        write(
            url,
            {
                VOUCHERS: [
                    voucher_of(project_id, _code(n), n, quantity=1) for n in range(first, min(first + BATCH, size))
                ]
            },
        )
    analyze(url)


def _code(n: int) -> str:
    return f"CODE-{n * 7919 % 100_000_007:08}"


if __name__ == "__main__":
    typer.run(main)
