"""A client of a shop whose products all tests of a file share, and ways to make products and SKUs in it."""

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
    """Create a product with a source_id of its own, and these fields; the answer's body."""

    def make(**fields: Any) -> Made:
        return ok(client.post("/v1/products", json={"source_id": a_source_id(), **fields}))

    return make


@pytest.fixture
def make_sku(client: httpx.Client) -> Make:
    """Create a SKU of this product with a source_id of its own, and these fields; the answer's body."""

    def make_sku(product: Made, **fields: Any) -> Made:
        body = {"source_id": a_source_id(), **fields}
        return ok(client.post(f"/v1/products/{product['id']}/skus", json=body))

    return make_sku


def a_source_id() -> str:
    """One that no other test uses."""
    return f"thing-{next(_numbers)}"


def ok(answer: httpx.Response) -> Made:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Made = answer.json()
    return body
