"""What becomes of orders when their customer, or who referred them, is erased; and what is told of them before."""

import httpx

from tests.domains.orders.conftest import a_name, ok, place, refusal, sums


def test_orders_go_with_their_customer_and_are_counted(client: httpx.Client) -> None:
    ada, bob, name = {"source_id": a_name()}, {"source_id": a_name()}, a_name()
    kept = place(client, status="PAID", amount=5, customer=bob)
    before = ok(client.get("/v1/orders"))["total"]
    orders = [
        place(client, source_id=name, status="PAID", amount=5, customer=ada),
        place(client, customer=ada),
        place(client, source_id=a_name(), customer=ada),
    ]
    erased = ok(client.post(f"/v1/customers/{ada['source_id']}/permanent-deletion"))["data_json"]
    assert (erased["orders"], erased["order_events"], erased["customer_events"]) == (3, 4, 1)
    for order in orders:
        refusal(client.get(f"/v1/orders/{order['id']}"), 404, "not_found")
    assert ok(client.get("/v1/orders"))["total"] == before
    assert ok(client.get(f"/v1/orders/{kept['id']}")) == kept
    assert sums(client, bob["source_id"]) == (5, 1, 5)
    assert place(client, source_id=name)["id"] != orders[0]["id"]


def test_an_order_of_more_than_a_chunk_goes_too(client: httpx.Client) -> None:
    ada, before = {"source_id": a_name()}, ok(client.get("/v1/orders"))["total"]
    rows = [{"source_id": a_name(), "customer": ada} for _ in range(1_100)]
    action_id = ok(client.post("/v1/orders/import", json=rows))["async_action_id"]
    while ok(client.get(f"/v1/async-actions/{action_id}"))["status"] != "DONE":
        pass
    erased = ok(client.post(f"/v1/customers/{ada['source_id']}/permanent-deletion"))["data_json"]
    assert erased["orders"] == 1_100
    assert ok(client.get("/v1/orders"))["total"] == before


def test_what_an_erased_customer_referred_stays_and_names_nobody(client: httpx.Client) -> None:
    ada, jane = {"source_id": a_name()}, {"source_id": a_name()}
    order = place(client, status="PAID", amount=5, customer=ada, referrer=jane)
    erased = ok(client.post(f"/v1/customers/{jane['source_id']}/permanent-deletion"))["data_json"]
    assert erased["orders"] == 0
    after = ok(client.get(f"/v1/orders/{order['id']}"))
    assert (after["referrer_id"], after["customer_id"]) == (None, order["customer_id"])
    assert "referrer" not in after
    assert sums(client, ada["source_id"]) == (5, 1, 5)


def test_a_person_is_told_their_orders_and_those_they_referred(client: httpx.Client) -> None:
    ada, jane = {"source_id": a_name()}, {"source_id": a_name()}
    order = place(client, status="PAID", amount=5, customer=ada, referrer=jane)
    assert ok(client.get(f"/v1/customers/{ada['source_id']}/personal-data"))["orders"] == [order]
    told = ok(client.get(f"/v1/customers/{jane['source_id']}/personal-data"))
    assert told["orders"] == []
    assert told["referred_orders"] == [{"id": order["id"], "created_at": order["created_at"]}]
