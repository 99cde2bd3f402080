"""Segments: what one costs whoever changes a customer, and what is asked of a whole shop.

The reaction is called in this process, on rows in memory. Writes go over HTTP, to a shop with a hundred active segments
of which three read the field that changes, and to the same shop without any; what is compared is the processor time of
the server and of its database for one write. A preview is compared with queries of the same shop that were written by
hand, and lists of members are looked at as `bench.lists` looks at others.
"""

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bench.load import load, request
from bench.places import database, postgres, served
from bench.processes import processor_seconds
from bench.questions import lists_of_members, preview
from bench.reactions import REACTIONS_A_MICROSECOND, affected
from bench.report import OUT, Ratio, print_ratios
from bench.segmented import BY_VISITS, segment
from bench.shop import analyze, fill, id_of
from tests.support.servers import KEYS

CLIENTS = 32
CUSTOMERS_WHO_CHANGE = 10_000
MOST_WITH_SEGMENTS = 1.3
MOST_TIMES_BY_HAND = 3


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has that is asked.")] = 1_000_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long writes are measured in a round.")] = 4.0,
    times: Annotated[int, typer.Option(help="How many reactions make a round.")] = 2_000,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure reactions, writes, previews and lists of members."""
    ratios = [Ratio("affected segments in 1 µs of a reaction", affected(rounds, times), REACTIONS_A_MICROSECOND)]
    changing = min(customers, CUSTOMERS_WHO_CHANGE)
    ratios += [_writes(kind, changing, rounds, seconds) for kind in ("SQLite", "PostgreSQL")]
    are_keyed = True
    for kind in ("SQLite", "PostgreSQL"):
        with database(kind) as url:
            fill(url, customers)
            segment(url, customers)
            analyze(url)
            ratios.append(
                Ratio(f"{kind}: counted by hand ÷ by a preview", preview(url, rounds), 1 / MOST_TIMES_BY_HAND)
            )
            are_keyed = lists_of_members(kind, url, customers, rounds) and are_keyed
    if not (print_ratios(f"Segments ({customers:,} customers)", ratios) and are_keyed) and strict:
        raise typer.Exit(1)


def _writes(kind: str, customers: int, rounds: int, seconds: float) -> Ratio:
    with _shops(kind, customers) as (folder, (without, segmented)):
        found = []
        for _ in range(rounds):
            costs = [_cost(url, folder, customers, seconds) for url in (without, segmented)]
            OUT.print(f"{kind}: {costs[0] * 1e6:5.0f} µs a write   {costs[1] * 1e6:5.0f} µs with 100 active segments")
            found.append(costs[0] / costs[1])
    return Ratio(f"{kind}: a write ÷ one with 100 active segments", found, 1 / MOST_WITH_SEGMENTS)


@contextmanager
def _shops(kind: str, customers: int) -> Iterator[tuple[Path, list[str]]]:
    """Two shops, the second one with segments: the folder of their PostgreSQL, and where each is served."""
    with ExitStack() as stack:
        if kind == "SQLite":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            urls = [stack.enter_context(database(kind)) for _ in range(2)]
        else:
            server = stack.enter_context(postgres())
            folder, urls = server.folder, [stack.enter_context(server.database()) for _ in range(2)]
        for url in urls:
            fill(url, customers)
        segment(urls[1], customers)
        for url in urls:
            analyze(url)
        served_at = [stack.enter_context(served(url)) for url in urls]
        _check_that_members_move(served_at[1])
        yield folder, served_at


def _check_that_members_move(shop_url: str) -> None:
    """A shop whose segments nobody follows would cost nothing."""
    with httpx.Client(base_url=shop_url, headers=KEYS) as client:
        for visits, wanted in ((2_000, 1), (0, 0)):
            change = {"metadata": {"visits": visits}}
            client.put(f"/v1/customers/{id_of(0)}", json=change).raise_for_status()
            total = client.get("/v1/customers", params={"segment_id": BY_VISITS}).raise_for_status().json()["total"]
            if total != wanted:
                raise SystemExit(f"{total} member(s) of {BY_VISITS} where there should be {wanted}")


def _cost(shop_url: str, folder: Path, customers: int, seconds: float) -> float:
    """The seconds that a processor works for one write, at the server's and its database's."""
    before = processor_seconds(folder)
    ours = load(shop_url, lambda: _change(random.randrange(customers)), connections=CLIENTS, seconds=seconds)
    if ours.failed:
        raise SystemExit(f"{ours.failed} requests failed")
    return (processor_seconds(folder) - before) / ours.answered


def _change(n: int) -> bytes:
    """A change of the field that three of the segments read; it moves nobody."""
    body = {"metadata": {"visits": random.randrange(500)}}
    return request("PUT", f"/v1/customers/{id_of(n)}", json.dumps(body).encode())


if __name__ == "__main__":
    typer.run(main)
