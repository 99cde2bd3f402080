"""Registering: what a browser may do with a client key, and what it may not learn or change."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from patron.config import Settings
from patron.domains.projects.actions.change_settings import change_settings
from patron.domains.projects.store import ALL_PROJECTS
from patron.domains.projects.wire import ClientPatch, ProjectPatch
from patron.running import opened
from tests.domains.customers.conftest import a_source_id, ok
from tests.support.servers import Shop, serving

SHOP = "https://shop.example"
PAGE = {"X-Client-Application-Id": "web", "X-Client-Token": "public", "Origin": SHOP}
PATH = "/client/v1/customers"

_addresses = count(1)


@pytest.fixture(scope="module")
def shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server with a client key, behind a proxy that tells whom it talks to."""
    variables = {
        "PATRON_BOOTSTRAP_CLIENT_ID": "web",
        "PATRON_BOOTSTRAP_CLIENT_TOKEN": "public",
        "PATRON_BOOTSTRAP_CLIENT_ORIGINS": SHOP,
        "PATRON_TRUSTED_PROXIES": "127.0.0.1",
    }
    with serving(shared_database_url, contract_log, **variables) as server:
        yield server


@pytest.fixture
def page(shop: Shop) -> Iterator[httpx.Client]:
    """A browser with a page of the shop, at an address of its own."""
    address = f"198.51.100.{next(_addresses)}"
    with httpx.Client(verify=False, base_url=shop.url, headers={**PAGE, "X-Forwarded-For": address}) as client:
        yield client


async def switch(database_url: str, **switches: Any) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        (project,) = await patron.database.scan(ALL_PROJECTS)
        await change_settings(patron.units, project.project_id, ProjectPatch(client=ClientPatch(**switches)))
    await asyncio.sleep(1.1)


def test_a_page_makes_a_customer_of_somebody_new(shop: Shop, page: httpx.Client) -> None:
    body = {"source_id": a_source_id(), "name": "Ada", "email": "ada@example.com", "metadata": {"lang": "de"}}
    answer = page.post(PATH, json=body)
    made = ok(answer)
    assert {name: made[name] for name in body} == body
    assert "assets" not in made
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert ok(shop.client.get(f"/v1/customers/{body['source_id']}"))["id"] == made["id"]


def test_a_customer_who_is_there_is_neither_shown_nor_changed(shop: Shop, page: httpx.Client) -> None:
    known = ok(
        shop.client.post("/v1/customers", json={"source_id": a_source_id(), "name": "Ada", "metadata": {"vip": True}})
    )
    body = {"source_id": known["source_id"], "name": "Eve", "email": "eve@example.com", "metadata": {"vip": False}}
    assert ok(page.post(PATH, json=body)) == {
        "id": known["id"],
        "source_id": known["source_id"],
        "object": "customer",
    }
    assert ok(shop.client.get(f"/v1/customers/{known['id']}")) == known


def test_a_page_names_nobody_by_id(shop: Shop, page: httpx.Client) -> None:
    known = ok(shop.client.post("/v1/customers", json={"source_id": a_source_id(), "name": "Ada"}))
    answer = page.post(PATH, json={"id": known["id"], "name": "Eve"})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert answer.json()["details"].startswith("id: expected none")
    assert ok(shop.client.get(f"/v1/customers/{known['id']}")) == known


def test_somebody_without_a_source_id_is_somebody_new(page: httpx.Client) -> None:
    first, second = (ok(page.post(PATH, json={"name": "Ada"})) for _ in range(2))
    assert first["id"] != second["id"]


def test_of_twenty_pages_at_once_one_makes_the_customer(shop: Shop) -> None:
    body = {"source_id": a_source_id(), "name": "Ada"}

    def send(n: int) -> dict[str, Any]:
        headers = {**PAGE, "X-Forwarded-For": f"203.0.113.{n}"}
        return ok(httpx.post(shop.url + PATH, json=body, headers=headers))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert len({answer["id"] for answer in answers}) == 1
    assert sum("name" in answer for answer in answers) == 1


def test_an_opt_in_by_mail_is_refused_rather_than_left_out(page: httpx.Client) -> None:
    body = {"source_id": a_source_id()}
    answer = page.post(PATH, json=body, headers={"X-Voucherify-Double-Opt-In": "true"})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_header")
    assert "sends no mail" in answer.json()["details"]
    ok(page.post(PATH, json=body, headers={"X-Voucherify-Double-Opt-In": "false"}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://thief.example"},
        {"Origin": "https://shop.example.thief.example"},
        {"Origin": "null"},
        {"X-Client-Token": "guess"},
    ],
)
def test_a_page_of_somebody_else_is_a_401(shop: Shop, headers: dict[str, str]) -> None:
    answer = httpx.post(shop.url + PATH, json={}, headers={**PAGE, **headers})
    assert (answer.status_code, answer.json()["key"]) == (401, "unauthorized")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_keys_are_good_for_their_own_side_alone(shop: Shop, page: httpx.Client) -> None:
    assert shop.client.post(PATH, json={}).status_code == 401
    assert page.get("/v1/customers").status_code == 401
    assert page.post("/v1/customers", json={}).status_code == 401


def test_bad_input_is_refused_as_elsewhere(page: httpx.Client) -> None:
    answer = page.post(PATH, json={"name": 1})
    assert (answer.status_code, answer.json()["details"]) == (400, "name: expected string | null, got integer")


def test_one_address_may_ask_five_times_in_five_seconds(page: httpx.Client) -> None:
    answers = [page.post(PATH, json={"source_id": f"often-{n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 5
    assert answers[-1].headers["Access-Control-Allow-Origin"] == SHOP


def test_no_address_of_a_visitor_is_in_the_log(shop: Shop, page: httpx.Client) -> None:
    page.post(PATH, json={})
    assert page.headers["X-Forwarded-For"] not in str(shop.log)
    assert "127.0.0.1" not in str(shop.log)


def test_the_switch_closes_and_opens_it_within_a_second(
    shared_database_url: str, shop: Shop, page: httpx.Client
) -> None:
    asyncio.run(switch(shared_database_url, create_customers=False))
    answer = page.post(PATH, json={"source_id": a_source_id()})
    assert (answer.status_code, answer.json()["key"]) == (403, "forbidden")
    assert "--create-customers" in answer.json()["details"]
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    asyncio.run(switch(shared_database_url, create_customers=True))
    ok(page.post(PATH, json={"source_id": a_source_id()}))
