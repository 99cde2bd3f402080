"""What a page may do with a client key: nothing until the project allows it, and then its origin is kept."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.domains.consents.conftest import a_name, chosen, consents_of, history_of
from tests.domains.customers.conftest import a_source_id, ok
from tests.domains.customers.test_registering import PAGE, SHOP, switch
from tests.http.test_refusals import refused
from tests.support.servers import APP_ID, Shop, serving

_addresses = count(1)


@pytest.fixture(scope="module")
def shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server with a client key, behind a proxy that tells whom it talks to, whose pages may change consents."""
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
    address = f"192.0.2.{next(_addresses)}"
    with httpx.Client(verify=False, base_url=shop.url, headers={**PAGE, "X-Forwarded-For": address}) as client:
        yield client


@pytest.fixture
def source_id(shop: Shop) -> str:
    """The source_id of a new customer."""
    return str(ok(shop.client.post("/v1/customers", json={"source_id": a_source_id()}))["source_id"])


def test_a_page_may_do_nothing_until_the_project_allows_it(
    shared_database_url: str, shop: Shop, page: httpx.Client, source_id: str
) -> None:
    asyncio.run(switch(shared_database_url, change_consents=False))
    for answer in (
        page.put(f"/client/v1/customers/{source_id}/consents", json={"unsubscribed": True}),
        page.get("/client/v1/consents"),
    ):
        assert "--change-consents" in refused(answer, 403, "forbidden")["details"]
    assert consents_of(shop.client, source_id) == {}
    asyncio.run(switch(shared_database_url, change_consents=True))
    assert ok(page.get("/client/v1/consents")) == ok(shop.client.get("/v1/consents"))


def test_the_history_says_which_page_it_came_from(
    shared_database_url: str, shop: Shop, page: httpx.Client, source_id: str
) -> None:
    asyncio.run(switch(shared_database_url, change_consents=True))
    made = ok(shop.client.post("/v1/consents", json={"name": a_name()}))["id"]
    answer = page.put(f"/client/v1/customers/{source_id}/consents", json={made: True})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    chosen(shop.client, source_id, {made: False})
    by_server, by_page = history_of(shop.client, source_id)
    assert (by_page["channel"], by_page["api_key_id"], by_page["origin"]) == ("CLIENT_API", "web", SHOP)
    assert (by_server["channel"], by_server["api_key_id"], by_server["origin"]) == ("API", APP_ID, None)


def test_a_page_reads_nobodys_consents_and_defines_none(page: httpx.Client, source_id: str) -> None:
    path = f"customers/{source_id}/consents"
    assert page.get(f"/v1/{path}").status_code == 401
    assert page.get(f"/v1/{path}/history").status_code == 401
    assert page.get(f"/client/v1/{path}").status_code == 405
    assert page.post("/client/v1/consents", json={"name": a_name()}).status_code == 405
    assert page.post("/v1/consents", json={"name": a_name()}).status_code == 401


def test_a_server_key_is_not_good_for_pages_operations(shop: Shop, source_id: str) -> None:
    assert shop.client.get("/client/v1/consents").status_code == 401
    assert shop.client.put(f"/client/v1/customers/{source_id}/consents", json={}).status_code == 401
