"""A client of a shop whose orders all tests of a file share, and ways to make orders and to look at summaries."""

from itertools import count
from typing import Any

import httpx
import pytest

from tests.support.imports import ended
from tests.support.servers import Shop

Made = dict[str, Any]

_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


def a_name() -> str:
    """A source_id that no other test uses."""
    return f"name-{next(_numbers)}"


def ok(answer: httpx.Response) -> Made:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Made = answer.json()
    return body


def place(client: httpx.Client, **fields: Any) -> Made:
    """Create or change an order."""
    return ok(client.post("/v1/orders", json=fields))


def change(client: httpx.Client, order: Made, **fields: Any) -> Made:
    """Change an order that is there."""
    return ok(client.put(f"/v1/orders/{order['id']}", json=fields))


def summary(client: httpx.Client, customer: str) -> Made:
    """What a customer's orders come to."""
    told: Made = ok(client.get(f"/v1/customers/{customer}"))["summary"]["orders"]
    return told


def sums(client: httpx.Client, customer: str) -> tuple[int, int, int]:
    """A customer's total amount, count and last amount."""
    told = summary(client, customer)
    return told["total_amount"], told["total_count"], told["last_order_amount"]


def kinds(client: httpx.Client, customer: str) -> list[str]:
    """The feed's entries about orders, oldest first."""
    feed = ok(client.get(f"/v1/customers/{customer}/activity", params={"order": "created_at", "limit": 100}))
    return [
        each["type"].removeprefix("customer.order.")
        for each in feed["data"]
        if each["type"].startswith("customer.order.")
    ]


def refusal(answer: httpx.Response, status: int, key: str) -> str:
    """The details of a refusal with this status and key."""
    assert (answer.status_code, answer.json()["key"]) == (status, key), answer.text
    return str(answer.json()["details"])


def imported(client: httpx.Client, orders: list[Made]) -> Made:
    """Import orders, and wait until it is done; the async action."""
    action_id = ok(client.post("/v1/orders/import", json=orders))["async_action_id"]
    return ended(client, action_id)
