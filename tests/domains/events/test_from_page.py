"""Tracking from a page: what a browser may do with a client key, and what it may not learn or change."""

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
from patron.domains.projects.wire import ClientPatch, ProjectPatch
from patron.running import opened
from tests.domains.events.conftest import Made, Make, a_name, feed_of, kinds_of, ok, refused
from tests.support.management import CLIENT_KEYS, PAGES
from tests.support.servers import KEYS, Client, Shop

PATH = "/client/v1/events"

_addresses = count(1)


@pytest.fixture(scope="module", autouse=True)
def _open(server: Shop, project_id: str, shared_database_url: str) -> None:
    """Pages of this shop may track events and create customers, as often as they like."""
    switch(shared_database_url, project_id, track_events=True, create_customers=True, requests=1_000)


@pytest.fixture
def page(server: Shop, contract_log: Path) -> Iterator[httpx.Client]:
    """A browser with a page of the shop, at an address of its own."""
    headers = {**CLIENT_KEYS, "Origin": PAGES, "X-Forwarded-For": f"198.51.100.{next(_addresses)}"}
    with Client(server.url, contract_log) as page:
        for name in KEYS:
            del page.headers[name]
        page.headers.update(headers)
        yield page


def switch(database_url: str, project_id: str, **switches: Any) -> None:
    """Change what pages may do; within a second the server knows."""
    asyncio.run(_switch(database_url, project_id, ClientPatch(**switches)))


async def _switch(url: str, project_id: str, patch: ClientPatch) -> None:
    async with opened(Settings(database_url=url), migrating=False) as patron:
        await change_settings(patron.units, project_id, ProjectPatch(client=patch))
    await asyncio.sleep(1.1)


def event(kind: str, **customer: Any) -> Made:
    return {"event": kind, "customer": customer}


def test_a_page_tracks_an_event_of_somebody_new(page: httpx.Client, client: Client, define: Make) -> None:
    name, source_id = define()["name"], a_name("visitor")
    answer = page.post(PATH, json={**event(name, source_id=source_id, name="Ada"), "metadata": {"page": "/tea"}})
    told = ok(answer)
    made = ok(client.get(f"/v1/customers/{source_id}"))
    assert told == {
        "object": "event",
        "type": name,
        "customer": {"id": made["id"], "source_id": source_id, "object": "customer"},
        "referral": None,
        "loyalty": None,
        "metadata": {"page": "/tea"},
    }
    assert made["name"] == "Ada"
    entries = feed_of(client, source_id)
    assert kinds_of(entries) == ["customer.custom_event", "customer.created"]
    for entry in entries:
        assert entry["group_id"] == answer.headers["X-Request-Id"]
        assert entry["event_source"] == {"channel": "CLIENT_API", "api_key": {"name": "bootstrap", "app_id": "web"}}


def test_a_customer_who_is_there_is_neither_changed_nor_shown(
    page: httpx.Client, client: Client, define: Make, make: Make
) -> None:
    name, made = define()["name"], make(name="Ada", email="ada@example.com", metadata={"secret": 1})
    answer = page.post(PATH, json=event(name, source_id=made["source_id"], name="Eve", metadata={"vip": True}))
    assert ok(answer)["customer"] == {"id": made["id"], "source_id": made["source_id"], "object": "customer"}
    assert ok(client.get(f"/v1/customers/{made['id']}")) == made
    assert kinds_of(feed_of(client, made["id"])) == ["customer.custom_event", "customer.created"]


def test_a_tracking_id_is_taken_for_a_source_id(page: httpx.Client, client: Client, define: Make) -> None:
    name, source_id = define()["name"], a_name("visitor")
    first = ok(page.post(PATH, json=event(name, tracking_id=source_id)))["customer"]
    second = ok(page.post(PATH, json=event(name, source_id=source_id, tracking_id="another")))["customer"]
    assert first == second
    assert ok(client.get(f"/v1/customers/{source_id}"))["id"] == first["id"]


def test_twenty_at_once_of_one_visitor_are_one_customer(page: httpx.Client, client: Client, define: Make) -> None:
    body = event(define()["name"], source_id=a_name("visitor"))
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _n: ok(page.post(PATH, json=body)), range(20)))
    [customer_id] = {each["customer"]["id"] for each in told}
    assert kinds_of(feed_of(client, customer_id)).count("customer.custom_event") == 20


@pytest.mark.parametrize(
    ("customer", "details"),
    [
        ({"id": "cust_1"}, "customer.id: expected none from a page"),
        ({}, "customer.source_id: expected the visitor's"),
        ({"name": "Ada"}, "customer.source_id: expected the visitor's"),
        ({"tracking_id": ""}, "customer.tracking_id"),
    ],
)
def test_a_page_names_its_visitor_by_source_id(
    page: httpx.Client, define: Make, customer: dict[str, str], details: str
) -> None:
    answer = page.post(PATH, json=event(define()["name"], **customer))
    assert refused(answer, 400, "invalid_payload").startswith(details)


def test_an_undefined_event_and_a_code_that_nobody_has_are_refused(page: httpx.Client, define: Make) -> None:
    refused(page.post(PATH, json=event("never defined", source_id="x")), 404, "not_found")
    body = {**event(define()["name"], source_id="x"), "loyalty": {"code": "x"}}
    refused(page.post(PATH, json=body), 404, "not_found")


def test_a_server_key_is_not_for_pages_nor_a_page_key_for_servers(
    page: httpx.Client, client: Client, define: Make
) -> None:
    body = event(define()["name"], source_id="x")
    refused(client.post(PATH, json=body), 401, "unauthorized")
    refused(page.post("/v1/events", json=body), 401, "unauthorized")
    refused(page.post(PATH, json=body, headers={"Origin": "https://elsewhere.example"}), 401, "unauthorized")


def test_pages_do_what_their_project_lets_them(
    page: httpx.Client, client: Client, define: Make, make: Make, project_id: str, shared_database_url: str
) -> None:
    """Stands last: it closes what the tests before it need."""
    name, known, source_id = define()["name"], make(), a_name("visitor")
    switch(shared_database_url, project_id, create_customers=False)
    assert "may not create customers" in refused(
        page.post(PATH, json=event(name, source_id=source_id)), 404, "not_found"
    )
    assert client.get(f"/v1/customers/{source_id}").status_code == 404
    ok(page.post(PATH, json=event(name, source_id=known["source_id"])))
    switch(shared_database_url, project_id, track_events=False)
    assert "track-events" in refused(page.post(PATH, json=event(name, source_id=source_id)), 403, "forbidden")
