"""A server that all tests of a file share, and ways to make vouchers in it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.support.servers import Shop

Made = dict[str, Any]
Make = Callable[..., Made]

TEN_PERCENT = {"type": "PERCENT", "percent_off": 10}
_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a discount voucher of ten per cent with a code of its own, and these fields; the answer's body."""

    def make(**fields: Any) -> Made:
        return ok(client.post("/v1/vouchers", json=discount(**{"code": a_code(), **fields})))

    return make


@pytest.fixture
def make_card(client: httpx.Client) -> Make:
    """Create a gift card with this amount; the answer's body."""

    def make(amount: int = 1_000, **fields: Any) -> Made:
        return ok(client.post("/v1/vouchers", json=gift(amount, **{"code": a_code(), **fields})))

    return make


def discount(**fields: Any) -> Made:
    return {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, **fields}


def gift(amount: int, **fields: Any) -> Made:
    return {"type": "GIFT_VOUCHER", "gift": {"amount": amount}, **fields}


def a_code() -> str:
    """One that no other test uses."""
    return f"CODE-{next(_numbers)}"


def ok(answer: httpx.Response) -> Made:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Made = answer.json()
    return body


def refused(answer: httpx.Response, status: int, key: str) -> str:
    """The details of an answer that must be this refusal."""
    body = answer.json()
    assert (answer.status_code, body["code"], body["key"]) == (status, status, key), answer.text
    return str(body["details"])
