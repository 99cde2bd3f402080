"""Products: created, changed, found by either name, deleted."""

from typing import Any

import httpx
import pytest

from tests.domains.products.conftest import Made, Make, a_source_id, ok
from tests.http.test_refusals import refused

WHOLE: dict[str, Any] = {
    "name": "Coffee",
    "price": 1_250,
    "attributes": ["size", "roast"],
    "metadata": {"origin": "PE", "organic": True},
    "image_url": "https://shop.example/coffee.png",
}

FAULTS: list[tuple[str, Any, str]] = [
    ("name", 5, "name: expected"),
    ("name", "x" * 501, "name: expected"),
    ("price", 12.5, "price: expected"),
    ("price", -1, "price: expected"),
    ("price", 2**53 + 1, "price: expected"),
    ("price", "1", "price: expected"),
    ("attributes", "size", "attributes: expected"),
    ("attributes", [1], "attributes[0]: expected"),
    ("attributes", [""], "attributes[0]: expected"),
    ("attributes", ["x"] * 101, "attributes: expected"),
    ("metadata", [], "metadata: expected"),
    ("metadata", {"n": 2**60}, "metadata.n: expected"),
    ("image_url", "x" * 2_049, "image_url: expected"),
]


def test_a_product_is_told_whole(client: httpx.Client) -> None:
    source_id = a_source_id()
    made = ok(client.post("/v1/products", json={"source_id": source_id, **WHOLE}))
    assert made["id"].startswith("prod_")
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert (made["source_id"], made["updated_at"], made["object"]) == (source_id, None, "product")
    for name in (made["id"], source_id):
        no_skus = {"object": "list", "data_ref": "data", "data": [], "total": 0}
        assert ok(client.get(f"/v1/products/{name}")) == {**made, "skus": no_skus}


def test_what_was_never_said_of_a_product_is_told_as_null_or_empty(client: httpx.Client) -> None:
    made = ok(client.post("/v1/products", json={}))
    empty: Made = {"source_id": None, "name": None, "price": None, "image_url": None, "attributes": [], "metadata": {}}
    assert {name: made[name] for name in empty} == empty


def test_a_known_source_id_or_id_changes_its_product(client: httpx.Client, make: Make) -> None:
    made = make(name="Tea", price=1, metadata={"a": 1})
    by_source_id = ok(
        client.post("/v1/products", json={"source_id": made["source_id"], "price": 2, "metadata": {"b": 2}})
    )
    assert (by_source_id["id"], by_source_id["name"], by_source_id["price"]) == (made["id"], "Tea", 2)
    assert by_source_id["metadata"] == {"a": 1, "b": 2}
    by_id = ok(client.post("/v1/products", json={"id": made["id"], "source_id": "other", "name": "Chai"}))
    assert (by_id["id"], by_id["source_id"], by_id["name"]) == (made["id"], made["source_id"], "Chai")


def test_an_unknown_id_is_a_404_and_makes_nothing(client: httpx.Client) -> None:
    before = ok(client.get("/v1/products"))["total"]
    answer = client.post("/v1/products", json={"id": "prod_unknown", "name": "x"})
    assert refused(answer, 404, "not_found")["details"] == "Cannot find product with id prod_unknown"
    assert ok(client.get("/v1/products"))["total"] == before


def test_a_change_keeps_what_it_does_not_name_and_null_clears(client: httpx.Client, make: Make) -> None:
    made = make(**WHOLE)
    path = f"/v1/products/{made['source_id']}"
    changed = ok(client.put(path, json={"price": 5, "name": None, "metadata": {"organic": None}}))
    assert (changed["price"], changed["name"], changed["image_url"]) == (5, None, WHOLE["image_url"])
    assert changed["metadata"] == {"origin": "PE", "organic": None}
    assert changed["updated_at"] >= made["created_at"]
    again = ok(client.put(path, json={"attributes": ["size"]}))
    assert again["attributes"] == ["size"]
    assert ok(client.put(path, json={"attributes": None, "metadata": None})) == again


def test_a_change_that_says_nothing_new_moves_nothing(client: httpx.Client, make: Make) -> None:
    made = make(**WHOLE)
    assert ok(client.put(f"/v1/products/{made['id']}", json=WHOLE)) == made


@pytest.mark.parametrize(("field", "value", "expected"), FAULTS, ids=[f"{f}-{n}" for n, (f, _, _) in enumerate(FAULTS)])
def test_bad_input_names_the_field_and_changes_nothing(
    client: httpx.Client, make: Make, field: str, value: Any, expected: str
) -> None:
    source_id = a_source_id()
    created = client.post("/v1/products", json={"source_id": source_id, field: value})
    assert expected in refused(created, 400, "invalid_payload")["details"]
    assert client.get(f"/v1/products/{source_id}").status_code == 404
    made = make(**WHOLE)
    changed = client.put(f"/v1/products/{made['id']}", json={"name": "changed", field: value})
    assert expected in refused(changed, 400, "invalid_payload")["details"]
    assert ok(client.get(f"/v1/products/{made['id']}"))["name"] == WHOLE["name"]


@pytest.mark.parametrize("source_id", ["a/b", "a b+c", "100%", "ü-🎁", "a?b=c&d#e", "a%2Fb"])
def test_any_character_may_stand_in_a_source_id(client: httpx.Client, source_id: str) -> None:
    made = ok(client.post("/v1/products", json={"source_id": source_id}))
    path = client.base_url.copy_with(raw_path=b"/v1/products/" + httpx.QueryParams({"": source_id})
                                     .__str__()[1:].replace("+", "%20").encode())  # fmt: skip
    assert ok(client.get(path))["id"] == made["id"]


@pytest.mark.parametrize("force", ["", "?force=true", "?force=false"])
def test_a_deleted_product_is_gone_with_its_skus_and_its_names_are_free(
    client: httpx.Client, make: Make, make_sku: Make, force: str
) -> None:
    before = ok(client.get("/v1/products"))["total"]
    made = make(name="Tea")
    skus = [make_sku(made, sku=str(n)) for n in range(3)]
    assert client.delete(f"/v1/products/{made['source_id']}{force}").status_code == 204
    for name in (made["id"], made["source_id"]):
        refused(client.get(f"/v1/products/{name}"), 404, "not_found")
        refused(client.delete(f"/v1/products/{name}"), 404, "not_found")
    for sku in skus:
        refused(client.get(f"/v1/skus/{sku['id']}"), 404, "not_found")
    assert ok(client.get("/v1/products"))["total"] == before
    again = make(source_id=made["source_id"])
    assert (again["id"] != made["id"], again["name"]) == (True, None)
    assert make_sku(again, source_id=skus[0]["source_id"])["sku"] is None


def test_an_unknown_product_is_a_404(client: httpx.Client) -> None:
    for answer in (
        client.get("/v1/products/nothing"),
        client.put("/v1/products/nothing", json={"name": "x"}),
        client.delete("/v1/products/nothing"),
        client.get("/v1/products/nothing/skus"),
        client.post("/v1/products/nothing/skus", json={}),
        client.put("/v1/products/nothing/skus/none", json={}),
        client.delete("/v1/products/nothing/skus/none"),
    ):
        assert refused(answer, 404, "not_found")["resource_type"] == "product"


def test_force_is_true_or_false(client: httpx.Client, make: Make) -> None:
    made = make()
    answer = client.delete(f"/v1/products/{made['id']}?force=maybe")
    assert "force: expected" in refused(answer, 400, "invalid_query_params")["details"]
    assert client.get(f"/v1/products/{made['id']}").status_code == 200
