"""A client of a shop whose customers all tests of a file share, and ways to make customers in it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.support.servers import Shop

Made = dict[str, Any]
Make = Callable[..., Made]

_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a customer with a source_id of its own, and these fields; the answer's body."""

    def make(**fields: Any) -> Made:
        body = {"source_id": a_source_id(), **fields}
        return ok(client.post("/v1/customers", json=body))

    return make


def a_source_id() -> str:
    """One that no other test uses."""
    return f"source-{next(_numbers)}"


def ok(answer: httpx.Response) -> Made:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Made = answer.json()
    return body
