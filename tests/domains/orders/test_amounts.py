"""What an order costs: what is given, what its lines say, and what discounts leave of it."""

from typing import Any

import httpx
import pytest

from tests.domains.orders.conftest import change, place, refusal

AMOUNTS = ("amount", "initial_amount", "discount_amount", "items_discount_amount", "total_discount_amount",
           "total_amount")  # fmt: skip


def amounts(order: dict[str, Any]) -> dict[str, int]:
    return {name: order[name] for name in AMOUNTS if name in order}


def test_an_order_of_which_nobody_says_what_it_costs_has_no_amounts(client: httpx.Client) -> None:
    assert amounts(place(client)) == {}
    assert amounts(place(client, items=[{"quantity": 2}])) == {}


def test_an_amount_alone_is_what_is_paid(client: httpx.Client) -> None:
    assert amounts(place(client, amount=5000)) == {"amount": 5000, "initial_amount": 5000, "total_amount": 5000}


def test_lines_make_the_amount_where_none_is_given(client: httpx.Client) -> None:
    order = place(client, items=[{"amount": 900}, {"price": 250, "quantity": 3}, {"price": 100}, {"quantity": 7}])
    assert amounts(order) == {"amount": 1750, "initial_amount": 1750, "total_amount": 1750}
    assert [item.get("amount") for item in order["items"]] == [900, 750, 100, None]
    assert [item.get("subtotal_amount") for item in order["items"]] == [900, 750, 100, None]


def test_an_amount_that_is_given_beats_the_sum_of_lines(client: httpx.Client) -> None:
    assert place(client, amount=500, items=[{"amount": 900}])["amount"] == 500


def test_a_line_without_a_price_takes_that_of_its_sku_or_else_of_its_product(client: httpx.Client) -> None:
    order = place(
        client,
        items=[
            {"source_id": "p", "related_object": "product", "quantity": 2, "product": {"price": 60000}},
            {"source_id": "s", "related_object": "sku", "quantity": 1, "product": {"price": 9}, "sku": {"price": 1700}},
        ],
    )
    assert [(item["price"], item["amount"]) for item in order["items"]] == [(60000, 120000), (1700, 1700)]
    assert order["amount"] == 121700


def test_discounts_that_are_sent_count_as_granted(client: httpx.Client) -> None:
    order = place(
        client, discount_amount=300, items=[{"amount": 1000, "discount_amount": 100}, {"amount": 50, "quantity": 2}]
    )
    assert amounts(order) == {
        "amount": 1050,
        "initial_amount": 1050,
        "discount_amount": 300,
        "items_discount_amount": 100,
        "total_discount_amount": 400,
        "total_amount": 650,
    }
    assert [item.get("subtotal_amount") for item in order["items"]] == [900, 50]


def test_nothing_costs_less_than_nothing(client: httpx.Client) -> None:
    order = place(client, amount=100, discount_amount=300)
    assert (order["discount_amount"], order["total_amount"]) == (300, 0)
    order = place(client, items=[{"amount": 100, "discount_amount": 300}])
    assert (order["items"][0]["discount_amount"], order["items"][0]["subtotal_amount"]) == (100, 0)


def test_discounts_of_zero_are_left_out(client: httpx.Client) -> None:
    order = place(client, amount=100, discount_amount=0, items=[{"amount": 1, "discount_amount": 0}])
    assert amounts(order) == {"amount": 100, "initial_amount": 100, "total_amount": 100}
    assert "discount_amount" not in order["items"][0]


def test_an_initial_amount_that_is_given_stays(client: httpx.Client) -> None:
    order = place(client, amount=100, initial_amount=80)
    assert amounts(change(client, order, amount=120)) == {"amount": 120, "initial_amount": 80, "total_amount": 120}


def test_new_lines_bring_their_own_sum_and_a_discount_alone_leaves_the_amount(client: httpx.Client) -> None:
    order = place(client, amount=100, items=[{"amount": 100, "discount_amount": 10}])
    assert amounts(change(client, order, discount_amount=5)) == {
        "amount": 100,
        "initial_amount": 100,
        "discount_amount": 5,
        "items_discount_amount": 10,
        "total_discount_amount": 15,
        "total_amount": 85,
    }
    assert amounts(change(client, order, items=[{"amount": 40}])) == {
        "amount": 40,
        "initial_amount": 40,
        "discount_amount": 5,
        "total_discount_amount": 5,
        "total_amount": 35,
    }


def test_lines_are_told_as_they_were_sent_but_for_override(client: httpx.Client) -> None:
    sent = {
        "sku_id": "sku_1",
        "quantity": 2,
        "discount_quantity": 1,
        "initial_quantity": 1,
        "initial_amount": 3,
        "metadata": {"gift": True},
        "product": {"id": "prod_1", "source_id": "p", "name": "Vase", "metadata": {"a": 1}, "override": False},
        "sku": {"source_id": "s", "sku": "Blue", "price": 10},
    }
    [item] = place(client, items=[sent])["items"]
    product = {"id": "prod_1", "source_id": "p", "name": "Vase", "metadata": {"a": 1}}
    expected = {**sent, "product": product, "product_id": "prod_1", "price": 10, "amount": 20, "subtotal_amount": 20}
    assert item == {**expected, "object": "order_item"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"amount": 1.5}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**12 + 1}, "amount"),
        ({"discount_amount": "5"}, "discount_amount"),
        ({"items": [{"initial_quantity": 0}]}, "initial_quantity"),
        ({"items": [{"quantity": 1.5}]}, "quantity"),
        ({"items": [{"price": -1}]}, "price"),
        ({"items": [{"related_object": "book"}]}, "related_object"),
        ({"items": [{"product": {"price": 1.5}}]}, "product.price"),
        ({"items": [{"price": 10**12, "quantity": 2}]}, "items"),
        ({"items": [{"amount": 10**12}, {"amount": 1}]}, "items"),
        ({"items": [{}] * 501}, "items"),
        ({"items": [{"metadata": {"a": 1e300}}]}, "items.metadata.a"),
    ],
)
def test_an_amount_that_cannot_be_is_refused(client: httpx.Client, body: dict[str, Any], named: str) -> None:
    assert named in refusal(client.post("/v1/orders", json=body), 400, "invalid_payload")


def test_five_hundred_lines_are_taken(client: httpx.Client) -> None:
    assert place(client, items=[{"price": 1, "quantity": 1}] * 500)["amount"] == 500
