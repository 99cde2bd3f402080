"""Publications over HTTP on PostgreSQL against pgbench running the statements that the server runs for one of them.

pgbench does only that: no HTTP, no JSON, no checks, and each of its transactions is one publication, committed alone.
Both draw from one campaign and give to customers who have a code of it already.
"""

import json
import random
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bench.load import load, request
from bench.places import postgres, served
from bench.report import OUT, Ratio, print_ratios
from bench.shop import BATCH, analyze, fill, id_of, project_of, source_id_of, voucher_of, write
from bench.statements import LOGGED, NOT_LOGGED, logged_statements, pgbench, script
from patron.domains.publications.model import MEMBERSHIPS, Membership
from patron.domains.vouchers.model import VOUCHERS
from tests.support.databases import Postgres
from tests.support.servers import KEYS

CASES = {"32 clients, one campaign": (32, 2.0), "one client": (1, 0.3)}
"""How many clients, and the ratio that is wanted."""


def main(
    customers: Annotated[int, typer.Option(help="How many customers the shop has.")] = 100_000,
    codes: Annotated[int, typer.Option(help="How many codes the campaign has to give away.")] = 400_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long each is measured in a round.")] = 4.0,
    show: Annotated[bool, typer.Option("--show", help="Print the statements that are compared with.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure POST /v1/publications of one campaign."""
    with postgres() as server, server.database() as url, tempfile.TemporaryDirectory() as folder:
        fill(url, customers)
        with served(url) as shop_url:
            campaign = _campaign(shop_url)
            _fill(url, campaign, customers, codes)
            file = Path(folder) / "publish.sql"
            text = _script(server, shop_url, campaign, customers)
            file.write_text(text)
            if show:
                OUT.print(text, markup=False)
            measure = partial(_measure, file, (url, shop_url), campaign, customers, rounds, seconds)
            ratios = [measure(name, *wanted) for name, wanted in CASES.items()]
    if not print_ratios(f"Publication on PostgreSQL ÷ pgbench ({codes:,} codes)", ratios) and strict:
        raise typer.Exit(1)


def _measure(
    file: Path,
    urls: tuple[str, str],
    campaign: str,
    customers: int,
    rounds: int,
    seconds: float,
    name: str,
    clients: int,
    least: float,
) -> Ratio:
    chance = random.Random(3)
    found = []
    for _ in range(rounds):
        limit = pgbench(urls[0], file, clients=clients, seconds=seconds)
        ours = load(
            urls[1], lambda: _publish(campaign, chance.randrange(customers)), connections=clients, seconds=seconds
        )
        if ours.failed:
            raise SystemExit(f"{ours.failed} requests failed")
        OUT.print(f"{name}: pgbench {limit:6.0f}/s   patron {ours}")
        found.append(ours.rate / limit)
    return Ratio(name, found, least)


def _campaign(shop_url: str) -> str:
    """A new campaign with one code; its id."""
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    body = {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher}
    answer = httpx.post(f"{shop_url}/v1/campaigns", json=body, headers=KEYS).raise_for_status()
    return str(answer.json()["id"])


def _fill(url: str, campaign: str, customers: int, codes: int) -> None:
    """Codes to give away, and for each customer that they have one."""
    project_id = project_of(url)
    for first in range(0, codes, BATCH):
        write(
            url,
            {
                VOUCHERS: [
                    voucher_of(project_id, _code(n), n, campaign_id=campaign)
                    for n in range(first, min(first + BATCH, codes))
                ]
            },
        )
    for first in range(0, customers, BATCH):
        numbers = range(first, min(first + BATCH, customers))
        write(url, {MEMBERSHIPS: [Membership(project_id, id_of(n), campaign, "pub_", "", "") for n in numbers]})
    analyze(url)


def _code(n: int) -> str:
    return f"SPRING-{n * 7919 % 100_000_007:08}"


def _script(server: Postgres, shop_url: str, campaign: str, customers: int) -> str:
    """What the server asks its database for one publication; the first ones only fill its statement cache."""
    with httpx.Client(base_url=shop_url, headers=KEYS) as client:
        for n in range(20):
            client.post("/v1/publications", json=_body(campaign, n)).raise_for_status()
        server.configure(**LOGGED)
        client.post("/v1/publications", json=_body(campaign, 20)).raise_for_status()
        at = len(server.log())
        told = client.post("/v1/publications", json=_body(campaign, 21)).raise_for_status().json()
        statements = logged_statements(server.log()[at:])
        server.configure(**NOT_LOGGED)
    drawn = {told["voucher"]["code"]: "code", told["voucher"]["id"]: "id"}
    return script(statements, f"random(0, {customers - 1})", drawn=drawn)


def _body(campaign: str, n: int) -> dict[str, object]:
    return {"campaign": campaign, "customer": {"source_id": source_id_of(n)}}


def _publish(campaign: str, n: int) -> bytes:
    return request("POST", "/v1/publications", json.dumps(_body(campaign, n)).encode())


if __name__ == "__main__":
    typer.run(main)
