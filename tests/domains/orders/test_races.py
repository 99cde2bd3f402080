"""Many at once on one order or one customer: nothing is lost, nothing is made or counted twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from tests.domains.orders.conftest import a_name, change, imported, ok, place, summary, sums
from tests.support.databases import Postgres
from tests.support.servers import serving

AT_ONCE = 20


def at_once(deed: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(deed, range(AT_ONCE)))


def test_twenty_orders_of_one_new_customer_are_all_counted(client: httpx.Client) -> None:
    ada = {"source_id": a_name()}
    orders = at_once(lambda n: place(client, status="PAID", amount=n + 1, customer=ada))
    assert len({order["id"] for order in orders}) == AT_ONCE
    assert sums(client, ada["source_id"])[:2] == (210, AT_ONCE)
    newest = max((order["created_at"], order["amount"]) for order in orders)
    told = summary(client, ada["source_id"])
    assert (told["last_order_date"], told["last_order_amount"]) == newest


def test_twenty_who_bring_one_new_source_id_make_one_order(client: httpx.Client) -> None:
    for _ in range(5):
        name, ada = a_name(), {"source_id": a_name()}
        total = ok(client.get("/v1/orders"))["total"]
        made = at_once(
            lambda n, name=name, ada=ada: place(  # type: ignore[misc]
                client, source_id=name, status="PAID", amount=7, customer=ada, metadata={f"k{n}": n}
            )
        )
        assert len({order["id"] for order in made}) == 1
        assert ok(client.get(f"/v1/orders/{name}"))["metadata"] == {f"k{n}": n for n in range(AT_ONCE)}
        assert sums(client, ada["source_id"]) == (7, 1, 7)
        assert ok(client.get("/v1/orders"))["total"] == total + 1


def test_twenty_orders_that_are_all_canceled_leave_nothing(client: httpx.Client) -> None:
    ada = {"source_id": a_name()}
    orders = [place(client, status="PAID", amount=n, customer=ada) for n in range(AT_ONCE)]
    at_once(lambda n: change(client, orders[n], status="CANCELED"))
    assert summary(client, ada["source_id"]) == {
        "total_amount": 0,
        "total_count": 0,
        "average_amount": 0,
        "last_order_amount": 0,
    }


def test_twenty_who_pay_and_cancel_one_order_leave_what_it_is(client: httpx.Client) -> None:
    ada = {"source_id": a_name()}
    older = place(client, status="PAID", amount=5, customer=ada)
    order = place(client, amount=7, customer=ada)
    at_once(lambda n: change(client, order, status=("PAID", "CANCELED", "FULFILLED")[n % 3], amount=n + 1))
    after = ok(client.get(f"/v1/orders/{order['id']}"))
    counted = [older, after] if after["status"] != "CANCELED" else [older]
    assert sums(client, ada["source_id"]) == (
        sum(each["amount"] for each in counted),
        len(counted),
        counted[-1]["amount"],
    )


def test_an_order_that_goes_to_and_fro_counts_for_one(client: httpx.Client) -> None:
    order = place(client, status="PAID", amount=7)
    names = [a_name(), a_name()]
    at_once(lambda n: change(client, order, customer={"source_id": names[n % 2]}))
    found = [sums(client, name) for name in names]
    assert sorted(found) == [(0, 0, 0), (7, 1, 7)]


def test_writes_beside_an_import_are_all_counted(client: httpx.Client) -> None:
    ada = {"source_id": a_name()}
    with ThreadPoolExecutor(4) as pool:
        rows = [{"status": "PAID", "amount": 1, "customer": ada} for _ in range(200)]
        importing = pool.submit(imported, client, rows)
        singles = [pool.submit(place, client, status="PAID", amount=1000, customer=ada) for _ in range(20)]
        orders = [single.result() for single in singles]
        list(pool.map(lambda order: change(client, order, status="CANCELED"), orders[::2]))
        assert importing.result()["result"]["done_count"] == 200
    assert sums(client, ada["source_id"])[:2] == (10_200, 210)


def test_two_servers_count_exactly(postgres: Postgres, contract_log: Path) -> None:
    ada = {"source_id": "ada"}
    with postgres.database() as url, serving(url, contract_log) as one, serving(url, contract_log) as two:
        clients = (one.client, two.client)
        orders = at_once(lambda n: place(clients[n % 2], status="PAID", amount=n + 1, customer=ada))
        at_once(lambda n: change(clients[n % 2], orders[n // 2], amount=100 if n % 2 else 200))
        at_once(lambda n: change(clients[(n + 1) % 2], orders[n], status="CANCELED" if n < 15 else "FULFILLED"))
        left = [ok(one.client.get(f"/v1/orders/{order['id']}")) for order in orders[15:]]
        newest = max((order["created_at"], order["total_amount"]) for order in left)
        told = summary(two.client, "ada")
        assert told["total_amount"] == sum(order["total_amount"] for order in left)
        assert (told["total_count"], told["last_order_date"], told["last_order_amount"]) == (5, *newest)
