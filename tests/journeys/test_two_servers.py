"""Two servers over one PostgreSQL, as in production: they agree, and neither does a thing that the other has done."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.databases import Postgres
from tests.support.servers import Client, serving

PUBLIC_URL = "https://loyalty.shop.example"
"""Where people reach either server, as behind a load balancer: the links in answers begin with it."""


@pytest.fixture(scope="module")
def pair(postgres: Postgres, contract_log: Path) -> Iterator[tuple[Client, Client]]:
    """A client of each of two servers."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        first, second = (
            stack.enter_context(serving(url, contract_log, PATRON_PUBLIC_URL=PUBLIC_URL)) for _ in range(2)
        )
        yield first.client, second.client


def test_one_new_source_id_at_two_servers_is_one_customer(pair: tuple[Client, Client]) -> None:
    def upsert(n: int) -> str:
        body = {"source_id": "one", "metadata": {f"k{n}": n}}
        return str(pair[n % 2].post("/v1/customers", json=body).json()["id"])

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(upsert, range(60)))) == 1
    for client in pair:
        assert client.get("/v1/customers/one").json()["metadata"] == {f"k{n}": n for n in range(60)}


def test_one_key_at_two_servers_is_one_deed_with_one_answer(pair: tuple[Client, Client]) -> None:
    def send(n: int) -> httpx.Response:
        return pair[n % 2].post("/v1/customers", json={"name": "once"}, headers={"Idempotency-Key": "key"})

    before = pair[0].get("/v1/customers").json()["total"]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert pair[1].get("/v1/customers").json()["total"] == before + 1


def test_a_total_is_exact_whoever_counted(pair: tuple[Client, Client]) -> None:
    before = pair[0].get("/v1/customers").json()["total"]

    def come_and_go(n: int) -> None:
        here, there = pair if n % 2 else pair[::-1]
        made = here.post("/v1/customers", json={"source_id": f"guest-{n}"}).json()
        if n % 3:
            assert there.delete(f"/v1/customers/{made['id']}").status_code == 204

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(come_and_go, range(60)))
    for client in pair:
        assert client.get("/v1/customers").json()["total"] == before + 20


def test_a_cursor_of_one_server_is_good_at_the_other(pair: tuple[Client, Client]) -> None:
    for n in range(12):
        pair[n % 2].post("/v1/customers", json={"source_id": f"cursor-{n}", "email": "cursor@example.com"})
    seen, query = [], {"email": "cursor@example.com", "limit": "5"}
    for client in itertools.cycle(pair):
        page = client.get("/v1/customers", params=query).json()
        seen += [each["source_id"] for each in page["customers"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(f"cursor-{n}" for n in range(12))


def test_thirty_clients_of_two_servers_spend_a_card_to_nothing_and_no_further(pair: tuple[Client, Client]) -> None:
    card = pair[0].post("/v1/vouchers/SHARED", json={"type": "GIFT_VOUCHER", "gift": {"amount": 1_000}}).json()

    def spend(n: int) -> int:
        return pair[n % 2].post(f"/v1/vouchers/{card['code']}/balance", json={"amount": -10}).status_code

    with ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(spend, range(120)))
    assert (statuses.count(200), statuses.count(400)) == (100, 20)
    assert pair[1].get("/v1/vouchers/SHARED").json()["gift"]["balance"] == 0
    path, query = "/v1/vouchers/SHARED/transactions", {"order": "-id", "limit": "100"}
    balances = [entry["details"]["balance"]["balance"] for entry in pair[0].get(path, params=query).json()["data"]]
    assert balances == [10 * n for n in range(100)]
