"""Pages and keyed reads go by an index, and look at no more rows when the shop grows."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from bench.shop import BEGIN_MS, analyze, project_of, write
from patron.db.statements import Statement
from patron.domains.orders.model import ORDER_KEYS, ORDERS, Order, OrderKey
from patron.domains.orders.policy import new_order
from patron.domains.orders.store import BY_ID, BY_SOURCE_ID, IMPORT, LAST_OF, OWNERS, page_of
from patron.domains.orders.traces import TRACES
from patron.domains.orders.wire import By
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11
HOT = "cust_hot"

Shops = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""


def id_of(n: int) -> str:
    return f"ord_{n:06}"


def order(project_id: str, n: int) -> Order:
    """Half of all are one customer's, of whose every tenth is canceled; every fifth was referred."""
    bare = new_order(project_id, id_of(n), f"o-{n}", BEGIN_MS + n)
    changes: dict[str, Any] = {
        "status": "CANCELED" if n % 10 == 0 else "PAID",
        "customer_id": HOT if n % 2 else f"cust_{n}",
        "referrer_id": "cust_friend" if n % 5 == 0 else None,
        "updated_at": BEGIN_MS + 7 * n,
    }
    return Order(**{**{name: getattr(bare, name) for name in ORDERS.fields}, **changes})


def fill(url: str, size: int) -> str:
    project_id = project_of(url)
    orders = [order(project_id, n) for n in range(size)]
    write(url, {ORDERS: orders})
    write(url, {ORDER_KEYS: [OrderKey(project_id, f"o-{n}", id_of(n), orders[n].customer_id) for n in range(size)]})
    analyze(url)
    return project_id


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield {SMALL: (small, fill(small, SMALL)), LARGE: (large, fill(large, LARGE))}
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield {SMALL: (small, fill(small, SMALL)), LARGE: (large, fill(large, LARGE))}


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any]) -> None:
    plans: dict[int, Plan] = {}
    for size, (url, project_id) in shops.items():
        plans[size] = plan_of(url, statement, {"project_id": project_id, **params})
        assert plans[size].steps
        assert not plans[size].faults, plans[size].steps
    assert plans[LARGE].rows_read <= plans[SMALL].rows_read + 2


KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "by id": (BY_ID, {"id": id_of(7)}),
    "by source_id": (BY_SOURCE_ID, {"source_id": "o-7"}),
    "owners": (OWNERS, {"source_ids": '["o-7", "nothing"]'}),
    "last": (LAST_OF, {"customer_id": HOT, "without": json.dumps([id_of(SMALL - 1)])}),
    "last of nobody": (LAST_OF, {"customer_id": "cust_x", "without": "[]"}),
}


@pytest.mark.parametrize("name", KEYED)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    assert_keyed(shops, *KEYED[name])


@pytest.mark.parametrize("by", get_args(By))
@pytest.mark.parametrize("after_cursor", [False, True])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, by: str, *, after_cursor: bool) -> None:
    where = {"value": BEGIN_MS + 500, "id": id_of(500)} if after_cursor else {}
    assert_keyed(shops, page_of(by, after_cursor=after_cursor), {"limit": LIMIT, "offset": 0, **where})


def test_the_project_has_one_import(shops: Shops) -> None:
    for url, project_id in shops.values():
        assert plan_of(url, IMPORT, {"project_id": project_id}).steps


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: f"{trace.table.name}.{trace.by}")
def test_what_goes_with_a_customer_is_found_by_index(shops: Shops, trace: Any) -> None:
    for url, project_id in shops.values():
        assert not plan_of(url, trace.erase, {"project_id": project_id, "subject": "cust_4"}).faults
