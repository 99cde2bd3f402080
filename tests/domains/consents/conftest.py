"""A client of a shop whose consents all tests of a file share, and ways to make consents and customers in it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.customers.conftest import ok
from tests.support.servers import Shop

Made = dict[str, Any]
Make = Callable[..., Made]

_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def consent(client: httpx.Client) -> Make:
    """Define a consent with a name of its own, and these fields; the answer's body."""

    def define(**fields: Any) -> Made:
        return ok(client.post("/v1/consents", json={"name": a_name(), **fields}))

    return define


@pytest.fixture
def group(client: httpx.Client) -> Make:
    """Define a group with a name of its own, and these fields; the answer's body."""

    def define(**fields: Any) -> Made:
        return ok(client.post("/v1/consent-groups", json={"name": a_name(), **fields}))

    return define


@pytest.fixture
def customer(client: httpx.Client) -> str:
    """The id of a new customer."""
    return str(ok(client.post("/v1/customers", json={"name": "Ada"}))["id"])


def a_name() -> str:
    """One that no other test uses."""
    return f"Nº {next(_numbers)}"


def choose(client: httpx.Client, customer: str, choices: Any) -> httpx.Response:
    """Set what a customer consents to."""
    return client.put(f"/v1/customers/{customer}/consents", json=choices)


def chosen(client: httpx.Client, customer: str, choices: dict[str, bool]) -> None:
    """Set what a customer consents to; this must succeed."""
    answer = choose(client, customer, choices)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


def consents_of(client: httpx.Client, customer: str) -> Made:
    """What the customer's profile says of consents."""
    metadata: Made = ok(client.get(f"/v1/customers/{customer}"))["system_metadata"]
    found: Made = metadata.get("consents", {})
    return found


def history_of(client: httpx.Client, customer: str, **query: Any) -> list[Made]:
    """Every change of a customer's consents, the newest first, collected page by page."""
    path = f"/v1/customers/{customer}/consents/history"
    page = ok(client.get(path, params={"limit": 100, **query}))
    entries: list[Made] = page["consent_changes"]
    while page["has_more"]:
        page = ok(client.get(path, params={"limit": 100, **query, "cursor": page["next_cursor"]}))
        entries += page["consent_changes"]
    assert len(entries) == page["total"]
    return entries
