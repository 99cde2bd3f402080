"""Lists of products and of SKUs: envelope, order, pages, cursors and the window of creation."""

from typing import Any

import httpx
import pytest

from tests.domains.products.conftest import Made, ok
from tests.http.test_refusals import refused
from tests.support.servers import Shop

ORDERS = ("created_at", "-created_at", "updated_at", "-updated_at")
LISTS = ("products", "skus")
MANY = 25


@pytest.fixture(scope="module")
def catalogue(shared_shop: Shop) -> dict[str, list[Made]]:
    """Twenty-five products, of which the first has as many SKUs; every third of each was changed."""
    client = shared_shop.client
    products = [ok(client.post("/v1/products", json={"name": str(n)})) for n in range(MANY)]
    path = f"/v1/products/{products[0]['id']}/skus"
    skus = [ok(client.post(path, json={"sku": str(n)})) for n in range(MANY)]
    for n in range(0, MANY, 3):
        products[n] = ok(client.put(f"/v1/products/{products[n]['id']}", json={"price": n}))
        skus[n] = ok(client.put(f"{path}/{skus[n]['id']}", json={"price": n}))
    return {"products": products, "skus": skus, "path": [{"products": "/v1/products", "skus": path}]}


def path_of(catalogue: dict[str, list[Made]], noun: str) -> str:
    return str(catalogue["path"][0][noun])


def pages(client: httpx.Client, path: str, noun: str, **params: Any) -> list[Made]:
    """All entries, page after page, by the cursor."""
    entries: list[Made] = []
    page = ok(client.get(path, params=params))
    while True:
        entries += page[noun]
        assert page["has_more"] == ("next_cursor" in page)
        if not page["has_more"]:
            return entries
        page = ok(client.get(path, params={**params, "cursor": page["next_cursor"]}))


@pytest.mark.parametrize("noun", LISTS)
def test_the_envelope_is_the_references(client: httpx.Client, catalogue: dict[str, list[Made]], noun: str) -> None:
    page = ok(client.get(path_of(catalogue, noun)))
    assert set(page) == {"object", "data_ref", noun, "total", "has_more", "next_cursor"}
    assert (page["object"], page["data_ref"], page["total"], len(page[noun])) == ("list", noun, MANY, 10)


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_any_order_bring_each_once(
    client: httpx.Client, catalogue: dict[str, list[Made]], noun: str, order: str
) -> None:
    entries = pages(client, path_of(catalogue, noun), noun, order=order, limit=7)
    assert {entry["id"] for entry in entries} == {each["id"] for each in catalogue[noun]}
    assert len(entries) == MANY
    values = [entry[order.removeprefix("-")] or "" for entry in entries]
    assert values == sorted(values, reverse=order.startswith("-"))


def test_entries_are_whole_and_show_the_oldest_of_their_skus(
    client: httpx.Client, catalogue: dict[str, list[Made]]
) -> None:
    entries = {entry["id"]: entry for entry in pages(client, "/v1/products", "products", limit=100)}
    for product in catalogue["products"][1:]:
        nothing = {"object": "list", "data_ref": "data", "data": [], "total": 0}
        assert entries[product["id"]] == {**product, "skus": nothing}
    first = entries[catalogue["products"][0]["id"]]["skus"]
    assert (first["total"], first["data"]) == (MANY, catalogue["skus"][:10])


@pytest.mark.parametrize("noun", LISTS)
def test_a_window_of_creation_holds_both_of_its_ends(
    client: httpx.Client, catalogue: dict[str, list[Made]], noun: str
) -> None:
    since, until = catalogue[noun][5]["created_at"], catalogue[noun][14]["created_at"]
    inside = {each["id"] for each in catalogue[noun] if since <= each["created_at"] <= until}
    params = {"start_date": since, "end_date": until, "limit": 3}
    assert {entry["id"] for entry in pages(client, path_of(catalogue, noun), noun, **params)} == inside
    page = ok(client.get(path_of(catalogue, noun), params={**params, "page": 2}))
    assert (page["total"], len(page[noun])) == (len(inside), 3)


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", "limit: expected"),
        ("limit=101", "limit: expected"),
        ("page=0", "page: expected"),
        ("order=name", "order: expected"),
        ("start_date=yesterday", "start_date: expected"),
        ("end_date=31.12.2024", "end_date: expected"),
        ("cursor=xyz", "cursor: expected"),
    ],
)
def test_a_query_that_cannot_be_is_refused(
    client: httpx.Client, catalogue: dict[str, list[Made]], noun: str, query: str, expected: str
) -> None:
    answer = client.get(f"{path_of(catalogue, noun)}?{query}")
    assert expected in refused(answer, 400, "invalid_query_params")["details"]


def test_a_cursor_is_good_for_its_order_and_list_alone(client: httpx.Client, catalogue: dict[str, list[Made]]) -> None:
    cursor = ok(client.get("/v1/products"))["next_cursor"]
    for path in ("/v1/products?order=created_at", f"{path_of(catalogue, 'skus')}?limit=10"):
        refused(client.get(f"{path}&cursor={cursor}"), 400, "invalid_query_params")
