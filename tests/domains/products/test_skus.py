"""SKUs: the variants of a product, which they never leave."""

from typing import Any

import httpx
import pytest

from patron.domains.products.model import MOST_SKUS
from tests.domains.products.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused

WHOLE: dict[str, Any] = {
    "sku": "Large",
    "price": 1_500,
    "currency": "EUR",
    "attributes": {"size": "L", "rank": 1},
    "image_url": "",
    "metadata": {"heavy": True},
}

FAULTS: list[tuple[str, Any, str]] = [
    ("sku", 5, "sku: expected"),
    ("price", 1.5, "price: expected"),
    ("currency", "euro", "currency: expected"),
    ("currency", "eur", "currency: expected"),
    ("attributes", ["size"], "attributes: expected"),
    ("attributes", {"n": 2**60}, "attributes.n: expected"),
    ("metadata", "x", "metadata: expected"),
    ("image_url", 1, "image_url: expected"),
]


def test_a_sku_is_told_whole_by_itself_and_with_its_product(client: httpx.Client, make: Make) -> None:
    product = make(name="Tea")
    source_id = a_source_id()
    made = ok(client.post(f"/v1/products/{product['source_id']}/skus", json={"source_id": source_id, **WHOLE}))
    assert made["id"].startswith("sku_")
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert (made["source_id"], made["product_id"], made["updated_at"]) == (source_id, product["id"], None)
    for name in (made["id"], source_id):
        assert ok(client.get(f"/v1/skus/{name}")) == made
    shown = ok(client.get(f"/v1/products/{product['id']}"))
    assert shown["skus"] == {"object": "list", "data_ref": "data", "data": [made], "total": 1}
    assert {name: value for name, value in shown.items() if name != "skus"} == product


def test_a_known_source_id_or_id_changes_its_sku(client: httpx.Client, make: Make, make_sku: Make) -> None:
    product = make()
    made = make_sku(product, **WHOLE)
    path = f"/v1/products/{product['id']}/skus"
    by_source_id = ok(client.post(path, json={"source_id": made["source_id"], "attributes": {"rank": 2}}))
    assert (by_source_id["id"], by_source_id["attributes"]) == (made["id"], {"size": "L", "rank": 2})
    assert ok(client.post(path, json={"id": made["id"], "price": 3}))["price"] == 3
    assert ok(client.get(path))["total"] == 1


def test_a_sku_stays_with_its_product(client: httpx.Client, make: Make, make_sku: Make) -> None:
    product, other = make(), make()
    made = make_sku(product, sku="mine")
    path = f"/v1/products/{other['id']}/skus"
    refused(client.post(path, json={"source_id": made["source_id"], "sku": "taken"}), 409, "duplicate_found")
    refused(client.post(path, json={"id": made["id"], "sku": "taken"}), 404, "not_found")
    refused(client.put(f"{path}/{made['id']}", json={"sku": "taken"}), 404, "not_found")
    refused(client.delete(f"{path}/{made['id']}"), 404, "not_found")
    assert ok(client.get(f"/v1/skus/{made['id']}")) == made


def test_a_change_of_a_sku_keeps_what_it_does_not_name(client: httpx.Client, make: Make, make_sku: Make) -> None:
    product = make()
    made = make_sku(product, **WHOLE)
    path = f"/v1/products/{product['id']}/skus/{made['source_id']}"
    changed = ok(client.put(path, json={"price": 7, "currency": None, "metadata": {"heavy": False}}))
    assert (changed["price"], changed["currency"], changed["sku"]) == (7, None, "Large")
    assert (changed["metadata"], changed["attributes"]) == ({"heavy": False}, WHOLE["attributes"])
    assert changed["updated_at"] >= made["created_at"]
    assert ok(client.put(path, json={"price": 7, "attributes": None})) == changed


@pytest.mark.parametrize(("field", "value", "expected"), FAULTS, ids=[f"{f}-{n}" for n, (f, _, _) in enumerate(FAULTS)])
def test_bad_input_names_the_field_and_makes_nothing(
    client: httpx.Client, make: Make, field: str, value: Any, expected: str
) -> None:
    path = f"/v1/products/{make()['id']}/skus"
    assert expected in refused(client.post(path, json={field: value}), 400, "invalid_payload")["details"]
    assert ok(client.get(path))["total"] == 0


@pytest.mark.parametrize("force", ["", "?force=true"])
def test_a_deleted_sku_is_gone_and_its_source_id_free(
    client: httpx.Client, make: Make, make_sku: Make, force: str
) -> None:
    product = make()
    made, other = make_sku(product), make_sku(product)
    path = f"/v1/products/{product['id']}/skus"
    assert client.delete(f"{path}/{made['source_id']}{force}").status_code == 204
    refused(client.get(f"/v1/skus/{made['id']}"), 404, "not_found")
    refused(client.delete(f"{path}/{made['id']}"), 404, "not_found")
    assert [sku["id"] for sku in ok(client.get(path))["skus"]] == [other["id"]]
    assert make_sku(product, source_id=made["source_id"])["id"] != made["id"]


def test_an_unknown_sku_is_a_404(client: httpx.Client, make: Make) -> None:
    path = f"/v1/products/{make()['id']}/skus"
    for answer in (
        client.get("/v1/skus/nothing"),
        client.post(path, json={"id": "sku_nothing"}),
        client.put(f"{path}/nothing", json={}),
        client.delete(f"{path}/nothing"),
    ):
        assert refused(answer, 404, "not_found")["resource_type"] == "sku"


def test_a_product_has_so_many_skus_and_no_more(client: httpx.Client, make: Make, make_sku: Make) -> None:
    product = make()
    for _ in range(MOST_SKUS):
        make_sku(product)
    path = f"/v1/products/{product['id']}"
    details = refused(client.post(f"{path}/skus", json={}), 400, "invalid_payload")["details"]
    assert details == f"skus: expected at most {MOST_SKUS} of one product"
    shown = ok(client.get(path))["skus"]
    assert (len(shown["data"]), shown["total"]) == (100, MOST_SKUS)
    assert client.delete(path).status_code == 204
    refused(client.get(f"/v1/skus/{shown['data'][-1]['id']}"), 404, "not_found")
