"""An order's lines find products and SKUs, and with `override` they create and change them (spec I 5)."""

from typing import Any

import httpx
import pytest

from tests.domains.orders.conftest import a_name, imported, ok, place, refusal
from tests.domains.orders.test_races import AT_ONCE, at_once


def product(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    return ok(client.post("/v1/products", json={"source_id": a_name(), **fields}))


def sku(client: httpx.Client, of: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return ok(client.post(f"/v1/products/{of['id']}/skus", json={"source_id": a_name(), **fields}))


def items(order: dict[str, Any]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = order["items"]
    return lines


def test_a_line_names_a_product_by_either_name(client: httpx.Client) -> None:
    vase = product(client, name="Vase", price=1500)
    order = place(
        client,
        items=[
            {"product_id": vase["id"], "quantity": 2},
            {"source_id": vase["source_id"], "related_object": "product", "quantity": 1},
            {"product": {"source_id": vase["source_id"]}, "quantity": 1, "price": 1},
        ],
    )
    told = {"id": vase["id"], "source_id": vase["source_id"], "name": "Vase", "price": 1500}
    assert [(line["product_id"], line["product"]) for line in items(order)] == [(vase["id"], told)] * 3
    assert [line["amount"] for line in items(order)] == [3000, 1500, 1]


def test_a_line_names_a_sku_and_costs_what_that_does_or_else_its_product(client: httpx.Client) -> None:
    shirt = product(client, name="Shirt", price=900)
    blue, red = sku(client, shirt, sku="Blue", price=1000), sku(client, shirt, sku="Red")
    order = place(
        client,
        items=[
            {"sku_id": blue["id"], "quantity": 1},
            {"source_id": red["source_id"], "related_object": "sku", "quantity": 2},
        ],
    )
    assert [(line["product_id"], line["sku_id"], line["amount"]) for line in items(order)] == [
        (shirt["id"], blue["id"], 1000),
        (shirt["id"], red["id"], 1800),
    ]
    assert items(order)[0]["sku"] == {"id": blue["id"], "source_id": blue["source_id"], "sku": "Blue", "price": 1000}


def test_what_a_line_says_stays_beside_what_is_known(client: httpx.Client) -> None:
    vase = product(client, name="Vase", price=1500)
    sent = {"product_id": vase["id"], "quantity": 1, "product": {"name": "Old vase", "price": 7, "metadata": {"a": 1}}}
    [line] = items(place(client, items=[sent]))
    assert (line["product"]["name"], line["product"]["metadata"], line["amount"]) == ("Old vase", {"a": 1}, 7)
    assert ok(client.get(f"/v1/products/{vase['id']}"))["name"] == "Vase"


def test_an_unknown_product_is_kept_as_it_was_sent(client: httpx.Client) -> None:
    sent = {"product_id": "prod_gone", "source_id": "x", "related_object": "sku", "quantity": 1, "amount": 5}
    [line] = items(place(client, items=[sent]))
    assert line == {**sent, "subtotal_amount": 5, "object": "order_item"}


def test_override_creates_products_and_skus_and_then_changes_them(client: httpx.Client) -> None:
    phone, comic, books = a_name(), a_name(), a_name()
    lines = [
        {
            "source_id": phone,
            "related_object": "product",
            "quantity": 2,
            "product": {"name": "Phone", "price": 60000, "metadata": {"color": ["purple"]}, "override": True},
        },
        {
            "source_id": comic,
            "related_object": "sku",
            "quantity": 1,
            "product": {"source_id": books, "name": "Comics", "price": 2100, "override": True},
            "sku": {"sku": "Comics 1", "price": 1700, "metadata": {"b": 2}, "override": True},
        },
    ]
    order = place(client, items=lines)
    assert (order["amount"], [line["amount"] for line in items(order)]) == (121700, [120000, 1700])
    first, second = items(order)
    made = ok(client.get(f"/v1/products/{phone}"))
    assert (made["name"], made["price"], made["metadata"]) == ("Phone", 60000, {"color": ["purple"]})
    assert (first["product_id"], first["product"]["id"]) == (made["id"], made["id"])
    assert "override" not in first["product"]
    variant = ok(client.get(f"/v1/skus/{comic}"))
    assert (variant["sku"], variant["price"], variant["metadata"]) == ("Comics 1", 1700, {"b": 2})
    assert (second["sku_id"], second["product_id"]) == (variant["id"], variant["product_id"])

    lines[0]["product"]["price"] = 50000  # type: ignore[index]
    again = place(client, id=order["id"], items=lines)
    assert again["amount"] == 101700
    assert ok(client.get(f"/v1/products/{phone}"))["price"] == 50000
    assert place(client, id=order["id"], items=lines) == again


def test_a_sku_may_be_brought_to_a_product_that_is_there(client: httpx.Client) -> None:
    shirt, name = product(client), a_name()
    new = {"product_id": shirt["id"], "sku": {"source_id": name, "price": 5, "override": True}}
    [line] = items(place(client, items=[new]))
    assert (line["product_id"], line["amount"]) == (shirt["id"], 5)
    [line] = items(place(client, items=[{"sku": {"source_id": name, "price": 6, "override": True}}]))
    assert (line["product_id"], line["amount"]) == (shirt["id"], 6)
    assert ok(client.get(f"/v1/skus/{name}"))["price"] == 6


def test_lines_without_override_create_and_change_nothing(client: httpx.Client) -> None:
    name = a_name()
    place(client, items=[{"source_id": name, "related_object": "product", "product": {"name": "x"}}])
    assert client.get(f"/v1/products/{name}").status_code == 404


@pytest.mark.parametrize(
    ("line", "status", "key"),
    [
        ({"product": {"name": "x", "override": True}}, 400, "invalid_payload"),
        ({"sku": {"sku": "x", "override": True}, "product_id": "prod_x"}, 400, "invalid_payload"),
        ({"sku": {"source_id": "new-one", "override": True}}, 400, "invalid_payload"),
        ({"sku": {"source_id": "new-one", "override": True}, "product_id": "prod_x"}, 404, "not_found"),
        ({"product": {"id": "prod_x", "override": True}}, 404, "not_found"),
        ({"product": {"source_id": "p", "override": True}, "sku": {"id": "sku_x", "override": True}}, 404, "not_found"),
    ],
)
def test_a_line_that_cannot_be_brought_leaves_nothing(
    client: httpx.Client, line: dict[str, Any], status: int, key: str
) -> None:
    name = a_name()
    good = {"source_id": name, "related_object": "product", "product": {"name": "x", "override": True}}
    body = {"source_id": name, "customer": {"source_id": name}, "items": [good, line]}
    refusal(client.post("/v1/orders", json=body), status, key)
    assert imported(client, [body])["result"]["failed_count"] == 1
    for path in ("products", "orders", "customers"):
        assert client.get(f"/v1/{path}/{name}").status_code == 404


def test_an_import_brings_products_too(client: httpx.Client) -> None:
    name, other = a_name(), a_name()
    line = {"source_id": name, "related_object": "product", "product": {"price": 5, "override": True}}
    rows: list[dict[str, Any]] = [
        {"source_id": other, "items": [line]},
        {"items": [{"source_id": name, "related_object": "product", "quantity": 3}]},
        {"items": [{**line, "product": {"price": 6, "override": True}}]},
    ]
    assert imported(client, rows)["result"]["failed_count"] == 0
    made = ok(client.get(f"/v1/products/{name}"))
    assert (made["price"], items(ok(client.get(f"/v1/orders/{other}")))[0]["product_id"]) == (6, made["id"])


def test_twenty_orders_that_bring_one_new_product_make_one(client: httpx.Client) -> None:
    name = a_name()
    total = ok(client.get("/v1/products"))["total"]
    line = {"source_id": name, "related_object": "product", "product": {"price": 5, "override": True}}
    orders = at_once(lambda _n: place(client, items=[line]))
    assert len(orders) == AT_ONCE
    assert len({items(order)[0]["product_id"] for order in orders}) == 1
    assert ok(client.get("/v1/products"))["total"] == total + 1


@pytest.mark.parametrize("way", ["alone", "imported"])
def test_five_hundred_lines_may_each_bring_a_product_and_a_sku(client: httpx.Client, way: str) -> None:
    name = a_name()
    lines = [
        {
            "quantity": 1,
            "product": {"source_id": f"{name}-{n}", "name": "x", "override": True},
            "sku": {"source_id": f"{name}-{n}", "price": 2, "override": True},
        }
        for n in range(500)
    ]
    if way == "alone":
        order = place(client, source_id=name, items=lines)
    else:
        assert imported(client, [{"source_id": name, "items": lines}])["result"]["failed_count"] == 0
        order = ok(client.get(f"/v1/orders/{name}"))
    assert order["amount"] == 1000
    assert len({line["sku_id"] for line in items(order)}) == 500
