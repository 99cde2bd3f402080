"""A server that all tests of a file share, and ways to make vouchers in it and to publish them."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.support.servers import Shop

Told = dict[str, Any]
Make = Callable[..., Told]
Publish = Callable[..., httpx.Response]

TEN_PERCENT = {"type": "PERCENT", "percent_off": 10}
_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a discount voucher with a code of its own, and these fields; the answer's body."""

    def make(**fields: Any) -> Told:
        body = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, "code": a_name("CODE"), **fields}
        return ok(client.post("/v1/vouchers", json=body))

    return make


@pytest.fixture
def make_card(client: httpx.Client) -> Make:
    """Create a gift card with this amount; the answer's body."""

    def make(amount: int = 1_000, **fields: Any) -> Told:
        body = {"type": "GIFT_VOUCHER", "gift": {"amount": amount}, "code": a_name("CARD"), **fields}
        return ok(client.post("/v1/vouchers", json=body))

    return make


@pytest.fixture
def publish(client: httpx.Client) -> Publish:
    """Publish this voucher to the customer with this source_id, with these further fields."""

    def publish(voucher: str | None, customer: str, /, **fields: Any) -> httpx.Response:
        body = {"customer": {"source_id": customer}, **({} if voucher is None else {"voucher": voucher}), **fields}
        return client.post("/v1/publications", json=body)

    return publish


def a_name(what: str = "customer") -> str:
    """One that no other test uses."""
    return f"{what}-{next(_numbers)}"


def ok(answer: httpx.Response) -> Told:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Told = answer.json()
    return body


def refused(answer: httpx.Response, status: int, key: str) -> Told:
    """The body of an answer that must be this refusal."""
    body: Told = answer.json()
    assert (answer.status_code, body["code"], body["key"]) == (status, status, key), answer.text
    return body


def feed(client: httpx.Client, customer: str) -> list[Told]:
    """What a customer's feed tells, newest first."""
    data: list[Told] = ok(client.get(f"/v1/customers/{customer}/activity", params={"limit": 100}))["data"]
    return data
