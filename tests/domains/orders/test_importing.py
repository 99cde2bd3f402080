"""Many orders at a time, as an async action: all of them once, totals moved, and nothing told in feeds."""

from typing import Any

import httpx
import pytest

from tests.domains.orders.conftest import a_name, imported, kinds, ok, place, refusal, summary, sums
from tests.support.imports import ended
from tests.support.servers import Shop, serving


def test_orders_are_imported_with_their_people(client: httpx.Client) -> None:
    bob, jane, names = a_name(), a_name(), [a_name() for _ in range(3)]
    rows: list[dict[str, Any]] = [
        {
            "source_id": names[0],
            "status": "PAID",
            "metadata": {"a": 1},
            "customer": {"source_id": bob, "name": "Bob", "address": {"city": "Oslo"}},
            "referrer": {"source_id": jane},
            "items": [{"source_id": "p", "related_object": "product", "quantity": 2, "product": {"price": 700}}],
        },
        {"source_id": names[1], "status": "FULFILLED", "amount": 100, "customer": {"source_id": bob}},
        {"source_id": names[2], "status": "CANCELED", "amount": 7000, "customer": {"source_id": bob}},
        {"items": [{"price": 900, "quantity": 2}, {"price": 2000, "quantity": 3}]},
    ]
    action = imported(client, rows)
    assert (action["type"], action["operation_status"], action["progress"]) == ("ORDERS.IMPORT", "SUCCESS", 100)
    result = action["result"]
    assert (result["done_count"], result["failed_count"], result["failed"]) == (4, 0, [])
    assert result["message"] == "4 order(s) imported, 0 failed."
    first, second = (ok(client.get(f"/v1/orders/{name}")) for name in names[:2])
    customer = ok(client.get(f"/v1/customers/{bob}"))
    assert (customer["name"], customer["address"]["city"], first["customer_id"]) == ("Bob", "Oslo", customer["id"])
    assert first["referrer_id"] == ok(client.get(f"/v1/customers/{jane}"))["id"]
    assert (first["amount"], first["metadata"], second["status"]) == (1400, {"a": 1}, "FULFILLED")
    told = summary(client, bob)
    assert (told["total_amount"], told["total_count"], told["last_order_amount"]) == (1500, 2, 1400)
    assert ok(client.get(f"/v1/customers/{bob}/activity"))["data"] == []
    [newest] = ok(client.get("/v1/orders", params={"limit": 1}))["orders"]
    assert newest["amount"] == 7800


def test_an_import_changes_the_orders_that_are_there(client: httpx.Client) -> None:
    ada, name = {"source_id": a_name()}, a_name()
    orders = [place(client, status="PAID", amount=amount, customer=ada) for amount in (1, 20, 300)]
    before = kinds(client, ada["source_id"])
    action = imported(
        client,
        [
            {"id": orders[2]["id"], "status": "CANCELED"},
            {"id": orders[1]["id"], "status": "CANCELED"},
            {"source_id": name, "status": "CREATED", "amount": 5, "customer": ada},
            {"source_id": name, "status": "PAID", "created_at": "2020-01-01"},
            {"source_id": name, "amount": 6},
        ],
    )
    assert action["result"]["failed_count"] == 0
    assert sums(client, ada["source_id"]) == (7, 2, 1)
    assert ok(client.get(f"/v1/orders/{name}"))["amount"] == 6
    assert kinds(client, ada["source_id"]) == before


def test_one_orders_fault_is_that_orders(client: httpx.Client) -> None:
    ada, names = {"source_id": a_name()}, [a_name() for _ in range(3)]
    total = ok(client.get("/v1/orders"))["total"]
    order = place(client, status="PAID", amount=9, customer=ada)
    rows = [
        {"source_id": names[0], "status": "PAID", "amount": 1, "customer": ada},
        {"source_id": names[1], "status": "PAID", "amount": 2, "customer": {"source_id": names[1]}, "referrer_id": "x"},
        {"id": "ord_unknown", "amount": 3},
        {"id": order["id"], "status": "CANCELED", "customer": {"id": "cust_unknown"}},
        {"id": order["id"], "source_id": names[0]},
        {"source_id": names[2], "status": "PAID", "amount": 4, "customer": ada},
    ]
    action = imported(client, rows)
    result = action["result"]
    assert (action["operation_status"], result["done_count"], result["failed_count"]) == ("SUCCESS", 2, 4)
    assert [(each["row"], each["source_id"]) for each in result["failed"]] == [
        (2, names[1]),
        (3, "ord_unknown"),
        (4, order["id"]),
        (5, names[0]),
    ]
    assert "ord_unknown" in result["failed"][1]["reason"]
    assert client.get(f"/v1/customers/{names[1]}").status_code == 404
    assert ok(client.get(f"/v1/orders/{order['id']}")) == order
    assert sums(client, ada["source_id"])[:2] == (14, 3)
    assert ok(client.get("/v1/orders"))["total"] == total + 3


def test_the_report_has_a_line_for_each_order(client: httpx.Client) -> None:
    name = a_name()
    rows: list[dict[str, Any]] = [
        {"source_id": name},
        {"source_id": "=cmd", "referrer_id": "x"},
        {"source_id": name, "customer": {"source_id": name}},
    ]
    action = imported(client, rows)
    [link] = action["result"]["reports"]
    lines = httpx.get(link).text.split("\r\n")
    order = ok(client.get(f"/v1/orders/{name}"))
    assert lines[1] == f"1,{name},{order['id']},false,true,,,"
    assert lines[2].startswith("2,'=cmd,,,false,not_found,")
    assert lines[3] == f"3,{name},{order['id']},true,true,,,customer_id={order['customer_id']}"


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([], "1"),
        ([{}] * 2001, "2000"),
        ([{"items": [{"initial_quantity": 0}]}], "initial_quantity"),
        ([{"status": "LOST"}], "status"),
        ({}, "array"),
    ],
)
def test_what_is_no_list_of_orders_is_refused_at_once(client: httpx.Client, rows: Any, named: str) -> None:
    assert named in refusal(client.post("/v1/orders/import", json=rows), 400, "invalid_payload")


def test_one_import_runs_at_a_time(client: httpx.Client) -> None:
    rows = [{"amount": n} for n in range(2_000)]
    total = ok(client.get("/v1/orders"))["total"]
    first = ok(client.post("/v1/orders/import", json=rows))["async_action_id"]
    answer = client.post("/v1/orders/import", json=rows)
    assert first in refusal(answer, 409, "import_in_progress")
    assert answer.headers["Retry-After"] == "1"
    assert ended(client, first)["result"]["done_count"] == 2_000
    assert ok(client.get("/v1/orders"))["total"] == total + 2_000
    assert imported(client, rows[:1])["result"]["done_count"] == 1


def test_an_import_goes_on_where_a_killed_server_left_it(shop: Shop, database_url: str, contract_log: Any) -> None:
    rows = [{"source_id": f"o-{n}", "status": "PAID", "amount": 1, "customer": {"source_id": "ada"}}
            for n in range(600)]  # fmt: skip
    action_id = ok(shop.client.post("/v1/orders/import", json=rows))["async_action_id"]
    while ok(shop.client.get(f"/v1/async-actions/{action_id}"))["progress"] == 0:
        pass
    shop.stop()
    with serving(database_url, contract_log) as again:
        action = ended(again.client, action_id)
        assert (action["status"], action["result"]["done_count"]) == ("DONE", 600)
        assert sums(again.client, "ada") == (600, 600, 1)
        assert ok(again.client.get("/v1/orders"))["total"] == 600
