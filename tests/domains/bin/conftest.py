"""A shop whose bin is looked into, and ways to throw things into it."""

from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import discount, gift, ok
from tests.support.servers import Shop

Made = dict[str, Any]

BIN = "/v1/trash-bin"
_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


def a_name() -> str:
    """One that no other test uses."""
    return f"thing-{next(_numbers)}"


def voucher(client: httpx.Client, amount: int | None = None) -> Made:
    """A new voucher: a gift card where an amount is given."""
    body = discount() if amount is None else gift(amount)
    return ok(client.post("/v1/vouchers", json={"code": a_name(), **body}))


def product(client: httpx.Client, skus: int = 0) -> Made:
    """A new product with so many SKUs."""
    name = a_name()
    made = ok(client.post("/v1/products", json={"source_id": name, "name": f"The {name}"}))
    for n in range(skus):
        ok(client.post(f"/v1/products/{name}/skus", json={"source_id": f"{name}-{n}", "sku": f"Size {n}"}))
    return made


def skus_of(client: httpx.Client, product: Made) -> list[Made]:
    """The SKUs of a product, the oldest first."""
    skus: list[Made] = ok(client.get(f"/v1/products/{product['id']}/skus?order=created_at"))["skus"]
    return skus


def thrown(client: httpx.Client, path: str) -> None:
    """Delete what is there."""
    answer = client.delete(path)
    assert answer.status_code == 204, answer.text


def entries(client: httpx.Client, **query: str | int) -> list[Made]:
    """A page of the bin, at its largest."""
    data: list[Made] = ok(client.get(BIN, params={"limit": 100, **query}))["data"]
    return data


def entry_of(client: httpx.Client, resource_id: str) -> Made:
    """The entry of what had this id."""
    [entry] = [each for each in entries(client) if each["resource_id"] == resource_id]
    return entry


def is_binned(client: httpx.Client, resource_id: str) -> bool:
    return any(each["resource_id"] == resource_id for each in entries(client))


def restored(client: httpx.Client, resource_id: str) -> httpx.Response:
    return client.post(f"{BIN}/{entry_of(client, resource_id)['id']}/restore")


def purged(client: httpx.Client, resource_id: str) -> httpx.Response:
    return client.delete(f"{BIN}/{entry_of(client, resource_id)['id']}")
