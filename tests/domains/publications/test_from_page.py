"""Publishing from a page: what a browser may do with a client key, and what it may not learn or change."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.customers.test_registering import switch
from tests.domains.publications.conftest import Make, a_name, ok, refused
from tests.support.management import CLIENT_KEYS, PAGES, VARIABLES
from tests.support.servers import KEYS, Client, Shop, serving

PATH = "/client/v1/publish"

_addresses = count(1)


@pytest.fixture(scope="module")
def shared_shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server whose project has a client key, and lets pages publish and create customers."""
    with serving(shared_database_url, contract_log, **VARIABLES) as server:
        asyncio.run(switch(shared_database_url, publish=True, create_customers=True, requests=1_000))
        yield server


@pytest.fixture
def page(shared_shop: Shop, contract_log: Path) -> Iterator[httpx.Client]:
    """A browser with a page of the shop, at an address of its own."""
    headers = {**CLIENT_KEYS, "Origin": PAGES, "X-Forwarded-For": f"198.51.100.{next(_addresses)}"}
    with Client(shared_shop.url, contract_log) as page:
        for name in KEYS:
            del page.headers[name]
        page.headers.update(headers)
        yield page


def test_a_page_publishes_to_somebody_new(page: httpx.Client, client: httpx.Client, make: Make) -> None:
    code, source_id = make()["code"], a_name("visitor")
    told = ok(page.post(PATH, json={"voucher": code, "customer": {"source_id": source_id, "name": "Ada"}}))
    known = ok(client.get(f"/v1/customers/{source_id}"))
    assert known["name"] == "Ada"
    assert told["customer"] == {"id": known["id"], "source_id": source_id, "object": "customer"}
    assert (told["voucher"]["code"], told["voucher"]["holder_id"]) == (code, known["id"])
    [entry, _] = ok(client.get(f"/v1/customers/{source_id}/activity"))["data"]
    assert (entry["type"], entry["event_source"]["channel"]) == ("customer.publication.succeeded", "CLIENT_API")


def test_a_page_neither_changes_nor_sees_a_customer(page: httpx.Client, client: httpx.Client, make: Make) -> None:
    source_id = a_name()
    known = ok(client.post("/v1/customers", json={"source_id": source_id, "name": "Ada", "email": "a@example.com"}))
    told = ok(page.post(PATH, json={"voucher": make()["code"], "customer": {"source_id": source_id, "name": "Eve"}}))
    assert told["customer"] == {"id": known["id"], "source_id": source_id, "object": "customer"}
    assert ok(client.get(f"/v1/customers/{source_id}"))["name"] == "Ada"


def test_the_tracking_id_stands_for_the_source_id(page: httpx.Client, make: Make) -> None:
    visitor = a_name("visitor")
    told = ok(page.post(PATH, json={"voucher": make()["code"], "customer": {"tracking_id": visitor}}))
    assert told["tracking_id"] == visitor


def test_what_a_page_may_not_say(page: httpx.Client, client: httpx.Client, make: Make) -> None:
    code = make()["code"]

    def post(customer: dict[str, Any], **query: Any) -> httpx.Response:
        return page.post(PATH, json={"voucher": code, "customer": customer}, params=query)

    known = ok(client.post("/v1/customers", json={"source_id": a_name()}))
    refused(post({"id": known["id"]}), 400, "invalid_payload")
    refused(post({"name": "Ada"}), 400, "invalid_payload")
    body = {"customer": {"source_id": a_name()}}
    refused(page.post(PATH, json=body), 400, "missing_vouchers")
    refused(page.post(PATH, json=body, params={"campaign": "none"}), 404, "not_found")
    refused(page.post("/v1/publications", json={**body, "voucher": code}), 401, "unauthorized")
    assert ok(client.get(f"/v1/vouchers/{code}"))["publish"]["count"] == 0


def test_it_is_off_until_the_project_allows_it(page: httpx.Client, make: Make, shared_database_url: str) -> None:
    body = {"voucher": make()["code"], "customer": {"source_id": a_name()}}
    asyncio.run(switch(shared_database_url, create_customers=False))
    assert "may not create customers" in refused(page.post(PATH, json=body), 404, "not_found")["details"]
    asyncio.run(switch(shared_database_url, publish=False))
    assert "--publish" in refused(page.post(PATH, json=body), 403, "forbidden")["details"]
    asyncio.run(switch(shared_database_url, publish=True, create_customers=True))
    ok(page.post(PATH, json=body))
