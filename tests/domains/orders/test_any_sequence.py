"""Whatever is done to orders, in whatever order: totals are what the orders themselves come to."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patron.app import CHECKS
from patron.config import Settings
from patron.db.inspection import inspecting
from patron.db.verification import Finding, verify
from patron.domains.customers.wire import average
from patron.running import opened, project_ids
from tests.domains.orders.conftest import imported, ok, summary
from tests.support.servers import Shop, serving

_rounds = count()

FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(("CREATED", "PAID", "PAID", "FULFILLED", "CANCELED")),
        "amount": st.integers(0, 5),
        "discount_amount": st.integers(0, 3),
        "items": st.lists(st.fixed_dictionaries({"amount": st.integers(0, 3), "discount_amount": st.integers(0, 2)})),
        "customer": st.sampled_from("ab"),
        "created_at": st.sampled_from(("2024-01-01", "2024-01-02", "2024-01-03")),
    },
)
ORDERS = st.sampled_from("wxyz")
OPERATIONS = st.one_of(
    st.tuples(st.just("save"), ORDERS, FIELDS),
    st.tuples(st.just("save"), ORDERS, FIELDS),
    st.tuples(st.just("import"), st.lists(st.tuples(ORDERS, FIELDS), min_size=1, max_size=6), st.none()),
)


@pytest.fixture(scope="module")
def shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    with serving(shared_database_url, contract_log) as server:
        yield server


def _sent(n: int, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    sent = {**fields, "source_id": f"{name}{n}"}
    return {**sent, "customer": {"source_id": f"{fields['customer']}{n}"}} if "customer" in fields else sent


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(OPERATIONS, min_size=1, max_size=15))
def test_totals_are_what_the_orders_come_to(shop: Shop, operations: list[Any]) -> None:
    n = next(_rounds)
    for kind, what, fields in operations:
        if kind == "save":
            ok(shop.client.post("/v1/orders", json=_sent(n, what, fields)))
        else:
            rows = [_sent(n, name, each) for name, each in what]
            assert imported(shop.client, rows)["result"]["failed_count"] == 0
    orders = [answer.json() for name in "wxyz" if (answer := shop.client.get(f"/v1/orders/{name}{n}")).is_success]
    for name in "ab":
        customer = shop.client.get(f"/v1/customers/{name}{n}")
        if customer.is_success:
            assert summary(shop.client, f"{name}{n}") == _expected(orders, customer)


def _expected(orders: list[dict[str, Any]], customer: httpx.Response) -> dict[str, Any]:
    counted = [
        (order["created_at"], order.get("total_amount", 0))
        for order in orders
        if order["customer_id"] == customer.json()["id"] and order["status"] in ("PAID", "FULFILLED")
    ]
    total = sum(amount for _, amount in counted)
    told: dict[str, Any] = {
        "total_amount": total,
        "total_count": len(counted),
        "average_amount": average(total, len(counted)),
        "last_order_amount": 0,
    }
    if counted:
        told["last_order_date"], told["last_order_amount"] = max(counted)
    return told


def test_nothing_differs_from_what_is_computed_anew(shop: Shop, shared_database_url: str) -> None:
    """Stands after the sequences, whose orders it looks through."""
    assert ok(shop.client.get("/v1/orders"))["total"] > 0
    assert asyncio.run(_differences(shared_database_url)) == []


async def _differences(url: str) -> list[Finding]:
    async with inspecting(url) as inspection:
        return await verify(inspection, await _projects(url), CHECKS, lambda _rule, _n, _of: None)


async def _projects(url: str) -> list[str]:
    async with opened(Settings(database_url=url), migrating=False) as patron:
        return await project_ids(patron)
