"""Product collections: static ones and ones with a filter, and what is in them at the moment of asking."""

from typing import Any

import httpx
import pytest

from patron.domains.product_collections.model import MOST_COLLECTIONS
from tests.domains.products.conftest import Made, ok
from tests.http.test_refusals import refused
from tests.support.servers import Shop

PATH = "/v1/product-collections"
MANY = 23


def by_price(operator: str, price: int) -> dict[str, Any]:
    return {"junction": "and", "price": {"conditions": {operator: [price]}}}


@pytest.fixture
def client(shop: Shop) -> httpx.Client:
    return shop.client


def product(client: httpx.Client, **fields: Any) -> Made:
    return ok(client.post("/v1/products", json=fields))


def sku(client: httpx.Client, of: Made, **fields: Any) -> Made:
    return ok(client.post(f"/v1/products/{of['id']}/skus", json=fields))


def create(client: httpx.Client, **fields: Any) -> Made:
    return ok(client.post(PATH, json=fields))


def members(client: httpx.Client, collection: Made, **params: Any) -> list[str]:
    """The ids of everything in a collection, page after page."""
    found: list[str] = []
    path = f"{PATH}/{collection['id']}/products"
    page = ok(client.get(path, params=params))
    while True:
        found += [entry["id"] for entry in page["data"]]
        if not page["has_more"]:
            return found
        page = ok(client.get(path, params={**params, "cursor": page["next_cursor"]}))


def test_a_static_collection_tells_what_it_lists(client: httpx.Client) -> None:
    tea, cup = product(client, name="Tea"), product(client, name="Cup")
    green = sku(client, tea, sku="Green")
    entries = [{"id": cup["id"], "object": "product"}, {"id": green["id"], "object": "sku"}]
    made = create(client, type="STATIC", name="Gifts", products=[*entries, entries[0]], filter=None)
    assert made["id"].startswith("pc_")
    listed = [entries[0], {**entries[1], "product_id": tea["id"]}]
    assert (made["type"], made["products"], made["object"]) == ("STATIC", listed, "products_collection")
    assert "filter" not in made
    assert ok(client.get(f"{PATH}/{made['id']}")) == made
    told = ok(client.get(f"{PATH}/{made['id']}/products"))
    product_of_green = {name: value for name, value in tea.items() if name != "skus"}
    assert told["data"] == [{**green, "product": product_of_green}, cup]
    assert (told["total"], told["has_more"]) == (2, False)
    assert client.delete(f"/v1/products/{cup['id']}").status_code == 204
    assert members(client, made) == [green["id"]]
    assert ok(client.get(f"{PATH}/{made['id']}"))["products"] == listed


def test_a_filter_looks_at_each_product_and_sku_when_it_is_asked(client: httpx.Client) -> None:
    tea, cup = product(client, name="Tea", price=500), product(client, name="Cup", price=900)
    small = sku(client, tea, sku="Small", price=100)
    made = create(client, type="AUTO_UPDATE", name="Cheap", filter=by_price("$less_than", 600))
    assert (made["filter"], "products" in made) == (by_price("$less_than", 600), False)
    assert members(client, made) == [small["id"], tea["id"]]
    ok(client.put(f"/v1/products/{cup['id']}", json={"price": 1}))
    ok(client.put(f"/v1/products/{tea['id']}/skus/{small['id']}", json={"price": 700}))
    assert members(client, made) == [cup["id"], tea["id"]]
    changed = ok(client.put(f"{PATH}/{made['id']}", json={"filter": by_price("$more_than", 600)}))
    assert (changed["name"], changed["updated_at"] >= made["created_at"]) == ("Cheap", True)
    assert members(client, made) == [small["id"]]


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_pages_of_members_bring_each_once(client: httpx.Client, order: str) -> None:
    tea = product(client, price=1)
    rest = [product(client, price=n % 2) if n % 3 else sku(client, tea, price=n % 2) for n in range(MANY)]
    inside = [row["id"] for row in (tea, *rest)]
    made = create(client, type="AUTO_UPDATE", name="Odd", filter=by_price("$is", 1))
    odd = [row for n, row in enumerate(inside) if n == 0 or (n - 1) % 2]
    expected = odd if order == "created_at" else odd[::-1]
    assert members(client, made, order=order, limit=4) == expected
    path = f"{PATH}/{made['id']}/products"
    second = ok(client.get(path, params={"order": order, "limit": 4, "page": 2}))
    assert ([each["id"] for each in second["data"]], second["total"]) == (expected[4:8], len(odd))
    static = create(client, type="STATIC", name="All", products=[{"id": tea["id"], "object": "product"}])
    assert members(client, static, order=order, limit=1) == [tea["id"]]
    fifth = next(each for each in second["data"] if each["id"] == expected[4])
    later = ok(client.get(path, params={"order": order, "limit": 100, "starting_after": fifth["created_at"]}))
    assert set(expected[5:]) >= {each["id"] for each in later["data"]} >= set(expected[8:])
    other = ok(client.get(f"{PATH}/{made['id']}/products", params={"order": order, "limit": 1}))["next_cursor"]
    wrong = client.get(f"{PATH}/{static['id']}/products", params={"order": order, "cursor": other})
    refused(wrong, 400, "invalid_query_params")


def test_collections_are_listed_changed_and_deleted(client: httpx.Client) -> None:
    made = [create(client, type="STATIC", name=str(n)) for n in range(5)]
    renamed = ok(client.put(f"{PATH}/{made[0]['id']}", json={"name": "renamed"}))
    assert (renamed["name"], renamed["products"]) == ("renamed", [])
    assert ok(client.put(f"{PATH}/{made[0]['id']}", json={"name": "renamed"})) == renamed
    page = ok(client.get(f"{PATH}?limit=2&page=2&order=created_at"))
    assert ([each["id"] for each in page["data"]], page["total"]) == ([made[2]["id"], made[3]["id"]], 5)
    assert ok(client.get(f"{PATH}?order=-updated_at"))["data"][0] == renamed
    assert client.delete(f"{PATH}/{made[1]['id']}").status_code == 204
    for answer in (
        client.get(f"{PATH}/{made[1]['id']}"),
        client.get(f"{PATH}/{made[1]['id']}/products"),
        client.put(f"{PATH}/{made[1]['id']}", json={"name": "x"}),
        client.delete(f"{PATH}/{made[1]['id']}"),
    ):
        assert refused(answer, 404, "not_found")["resource_type"] == "products_collection"
    assert ok(client.get(PATH))["total"] == 4


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"name": "x"}, "type"),
    ({"type": "OTHER", "name": "x"}, "type: expected"),
    ({"type": "STATIC"}, "name"),
    ({"type": "STATIC", "name": ""}, "name: expected"),
    ({"type": "STATIC", "name": "x", "filter": {"junction": "and"}}, "filter: expected none"),
    ({"type": "STATIC", "name": "x", "products": [{"id": "p", "object": "order"}]}, "products[0].object: expected"),
    ({"type": "AUTO_UPDATE", "name": "x"}, "filter: expected one"),
    ({"type": "AUTO_UPDATE", "name": "x", "filter": {}}, "filter: expected one"),
    ({"type": "AUTO_UPDATE", "name": "x", "filter": [1]}, "filter: expected"),
    ({"type": "AUTO_UPDATE", "name": "x", "products": [{"id": "p", "object": "sku"}]}, "products: expected none"),
    ({"type": "AUTO_UPDATE", "name": "x", "filter": by_price("$near", 1)}, "filter.price.conditions.$near: expected"),
]


def test_bad_input_names_the_field_and_makes_nothing(client: httpx.Client) -> None:
    for body, expected in FAULTS:
        assert expected in refused(client.post(PATH, json=body), 400, "invalid_payload")["details"]
    unknown = {"type": "STATIC", "name": "x", "products": [{"id": "prod_1", "object": "product"}]}
    assert refused(client.post(PATH, json=unknown), 404, "not_found")["resource_type"] == "product"
    assert ok(client.get(PATH))["total"] == 0
    static, other = (
        create(client, type="STATIC", name="s"),
        create(client, type="AUTO_UPDATE", name="a", filter=by_price("$is", 1)),
    )
    for made, patch, expected in (
        (static, {"filter": by_price("$is", 1)}, "filter: expected none"),
        (static, {"products": [{"id": "prod_1", "object": "product"}]}, "products: expected none"),
        (other, {"filter": {"junction": "and"}}, "filter: expected at least one condition"),
        (other, {"name": 5}, "name: expected"),
    ):
        assert expected in refused(client.put(f"{PATH}/{made['id']}", json=patch), 400, "invalid_payload")["details"]
        assert ok(client.get(f"{PATH}/{made['id']}")) == made


def test_a_project_has_so_many_collections_and_no_more(client: httpx.Client) -> None:
    for n in range(MOST_COLLECTIONS):
        create(client, type="STATIC", name=str(n))
    details = refused(client.post(PATH, json={"type": "STATIC", "name": "x"}), 400, "invalid_payload")["details"]
    assert details == f"product collections: expected at most {MOST_COLLECTIONS} in a project"
