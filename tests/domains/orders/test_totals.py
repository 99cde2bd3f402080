"""Which orders count for their customer, and what becomes of the totals with each change (spec C 1.3)."""

from typing import Any

import httpx
import pytest

from tests.domains.orders.conftest import a_name, change, kinds, ok, place, summary, sums


@pytest.fixture
def ada() -> dict[str, str]:
    return {"source_id": a_name()}


NOTHING = {"total_amount": 0, "total_count": 0, "average_amount": 0, "last_order_amount": 0}


def test_what_is_paid_counts(client: httpx.Client, ada: dict[str, str]) -> None:
    order = place(client, status="PAID", amount=1000, discount_amount=250, customer=ada)
    assert summary(client, ada["source_id"]) == {
        "total_amount": 750,
        "total_count": 1,
        "average_amount": 750,
        "last_order_amount": 750,
        "last_order_date": order["created_at"],
    }


@pytest.mark.parametrize("status", ["CREATED", "CANCELED"])
def test_an_order_that_is_not_paid_does_not_count(client: httpx.Client, ada: dict[str, str], status: str) -> None:
    order = place(client, status=status, amount=1000, customer=ada)
    assert summary(client, ada["source_id"]) == NOTHING
    for entered, counts in (("PAID", 1), ("FULFILLED", 1), (status, 0), ("FULFILLED", 1), ("CANCELED", 0)):
        change(client, order, status=entered)
        assert sums(client, ada["source_id"]) == (1000 * counts, counts, 1000 * counts)


def test_an_order_without_an_amount_counts_as_one(client: httpx.Client, ada: dict[str, str]) -> None:
    place(client, status="PAID", amount=100, customer=ada)
    place(client, status="FULFILLED", customer=ada)
    told = summary(client, ada["source_id"])
    assert (told["total_amount"], told["total_count"], told["average_amount"]) == (100, 2, 50)
    assert told["last_order_amount"] == 0


def test_the_average_is_rounded_half_up(client: httpx.Client, ada: dict[str, str]) -> None:
    for amount in (1, 2):
        place(client, status="PAID", amount=amount, customer=ada)
    assert summary(client, ada["source_id"])["average_amount"] == 2
    place(client, status="PAID", amount=1, customer=ada)
    assert summary(client, ada["source_id"])["average_amount"] == 1


def test_a_changed_amount_moves_the_totals(client: httpx.Client, ada: dict[str, str]) -> None:
    older = place(client, status="PAID", amount=100, customer=ada)
    newer = place(client, status="PAID", amount=200, customer=ada)
    change(client, newer, amount=50)
    assert sums(client, ada["source_id"]) == (150, 2, 50)
    change(client, older, items=[{"price": 5, "quantity": 3}])
    assert sums(client, ada["source_id"]) == (65, 2, 50)
    change(client, newer, amount=70)
    assert sums(client, ada["source_id"]) == (85, 2, 70)


def test_cancelling_the_newest_order_brings_back_the_one_before(client: httpx.Client, ada: dict[str, str]) -> None:
    orders = [place(client, status="PAID", amount=amount, customer=ada) for amount in (10, 20, 30, 40)]
    place(client, status="CREATED", amount=99, customer=ada)
    change(client, orders[1], status="CANCELED")
    assert sums(client, ada["source_id"]) == (80, 3, 40)
    change(client, orders[3], status="CANCELED")
    assert sums(client, ada["source_id"]) == (40, 2, 30)
    change(client, orders[2], status="CREATED")
    told = summary(client, ada["source_id"])
    assert (told["last_order_amount"], told["last_order_date"]) == (10, orders[0]["created_at"])
    change(client, orders[0], status="CANCELED")
    assert summary(client, ada["source_id"]) == NOTHING


def test_the_last_order_is_the_newest_one_whenever_it_is_sent(client: httpx.Client, ada: dict[str, str]) -> None:
    place(client, status="PAID", amount=10, customer=ada, created_at="2024-05-01")
    older = place(client, status="PAID", amount=20, customer=ada, created_at="2023-05-01")
    told = summary(client, ada["source_id"])
    assert (told["last_order_amount"], told["last_order_date"]) == (10, "2024-05-01T00:00:00Z")
    change(client, older, created_at="2025-05-01")
    assert summary(client, ada["source_id"])["last_order_date"] == "2025-05-01T00:00:00Z"
    change(client, older, created_at="2022-05-01")
    assert summary(client, ada["source_id"])["last_order_date"] == "2024-05-01T00:00:00Z"


def test_of_several_last_orders_of_one_moment_the_largest_is_the_last(
    client: httpx.Client, ada: dict[str, str]
) -> None:
    orders = [
        place(client, status="PAID", amount=amount, customer=ada, created_at="2024-05-01") for amount in (20, 30, 10)
    ]
    assert sums(client, ada["source_id"]) == (60, 3, 30)
    change(client, orders[1], status="CANCELED")
    assert sums(client, ada["source_id"]) == (30, 2, 20)
    change(client, orders[2], amount=25)
    assert sums(client, ada["source_id"]) == (45, 2, 25)
    change(client, orders[2], amount=1)
    assert sums(client, ada["source_id"]) == (21, 2, 20)


def test_another_customer_takes_the_amount_along(client: httpx.Client, ada: dict[str, str]) -> None:
    bob = {"source_id": a_name()}
    first = place(client, status="PAID", amount=10, customer=ada)
    order = place(client, status="PAID", amount=70, customer=ada)
    change(client, order, customer=bob)
    assert (sums(client, ada["source_id"]), sums(client, bob["source_id"])) == ((10, 1, 10), (70, 1, 70))
    change(client, order, customer=ada, status="CANCELED")
    assert sums(client, ada["source_id"]) == (10, 1, 10)
    assert summary(client, bob["source_id"]) == NOTHING
    change(client, first, customer=bob, amount=5)
    assert (summary(client, ada["source_id"]), sums(client, bob["source_id"])) == (NOTHING, (5, 1, 5))


def test_an_order_that_gets_its_customer_late_counts_from_then(client: httpx.Client, ada: dict[str, str]) -> None:
    order = place(client, status="PAID", amount=10)
    change(client, order, customer=ada)
    assert sums(client, ada["source_id"]) == (10, 1, 10)


def test_a_referrer_gets_nothing(client: httpx.Client, ada: dict[str, str]) -> None:
    referrer = {"source_id": a_name()}
    place(client, status="PAID", amount=10, customer=ada, referrer=referrer)
    assert summary(client, referrer["source_id"]) == NOTHING
    assert kinds(client, referrer["source_id"]) == []


def test_totals_do_not_touch_the_profile(client: httpx.Client, ada: dict[str, str]) -> None:
    before = ok(client.post("/v1/customers", json=ada))
    place(client, status="PAID", amount=10, customer=ada)
    after = ok(client.get(f"/v1/customers/{before['id']}"))
    assert after.get("updated_at") == before.get("updated_at")


def test_an_order_of_a_deleted_customer_is_changed_and_counts_for_nobody(
    client: httpx.Client, ada: dict[str, str]
) -> None:
    order = place(client, status="PAID", amount=10, customer=ada)
    assert client.delete(f"/v1/customers/{ada['source_id']}").status_code == 204
    changed = change(client, order, amount=20)
    assert (changed["amount"], changed["customer_id"]) == (20, order["customer_id"])
    change(client, order, customer={"source_id": ada["source_id"]})
    assert sums(client, ada["source_id"]) == (20, 1, 20)


def test_each_write_is_told_in_the_customers_feed(client: httpx.Client, ada: dict[str, str]) -> None:
    order = place(client, amount=10, customer=ada)
    change(client, order, status="PAID")
    change(client, order, amount=20)
    change(client, order, status="FULFILLED")
    change(client, order, status="CANCELED")
    place(client, status="PAID", customer=ada)
    assert kinds(client, ada["source_id"]) == [
        "created", "updated", "paid", "updated", "updated", "fulfilled", "updated", "canceled", "created", "paid",
    ]  # fmt: skip


def test_an_entry_tells_the_order_as_it_was_then(client: httpx.Client, ada: dict[str, str]) -> None:
    referrer = {"source_id": a_name(), "name": "Jane"}
    made = place(client, amount=10, customer={**ada, "name": "Ada"}, referrer=referrer, items=[{"amount": 1}])
    change(client, made, status="PAID")
    path = f"/v1/customers/{ada['source_id']}/activity"
    [entry] = ok(client.get(path, params={"type": "customer.order.created"}))["data"]
    assert entry["data"]["order"] == made
    assert (entry["data"]["customer"]["name"], entry["data"]["customer"]["id"]) == ("Ada", made["customer_id"])
    assert entry["data"]["referrer"] == {"id": made["referrer_id"], "object": "customer"}
    assert entry["event_source"]["channel"] == "API"
    paid: Any = ok(client.get(path, params={"type": "customer.order.paid", "category": "ACTION"}))["data"][0]
    updated: Any = ok(client.get(path, params={"type": "customer.order.updated"}))["data"][0]
    assert paid["group_id"] == updated["group_id"] != entry["group_id"]
    assert paid["data"]["order"]["status"] == "PAID"
