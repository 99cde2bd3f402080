"""Pages and keyed reads go by an index, and look at no more rows when the shop grows."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from bench.shop import BEGIN_MS, analyze, fill, id_of, project_of, source_id_of, write
from patron.db.statements import Statement
from patron.domains.customers.model import CUSTOMERS, MERGED_CUSTOMERS, MergedCustomer
from patron.domains.customers.store import (
    BY_FORMER_ID,
    BY_ID,
    BY_SOURCE_ID,
    HEIRS,
    ID,
    KEY,
    KEYS_OF,
    MERGED,
    MERGED_INTO,
    OWNERS,
    page_of,
)
from patron.domains.customers.wire import Order
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11

Shops = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""

KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "by id": (BY_ID, {"id": id_of(7)}),
    "by source_id": (BY_SOURCE_ID, {"source_id": source_id_of(7)}),
    "id": (ID, {"id": id_of(7)}),
    "former id": (BY_FORMER_ID, {"id": "cust_former7"}),
    "id of a merged one": (ID, {"id": "cust_former7"}),
    "merged": (MERGED, {"id": "cust_former7"}),
    "merged into": (MERGED_INTO, {"customer_id": id_of(7)}),
    "heirs": (HEIRS, {"ids": '["cust_former7", "cust_nobody"]'}),
    "keys of": (KEYS_OF, {"customer_id": id_of(7)}),
    "key": (KEY, {"source_id": source_id_of(7)}),
    "owners": (OWNERS, {"source_ids": f'["{source_id_of(7)}", "nobody"]'}),
}
FILTERS = {"email": "7@shop.example", "name": "Ada Nº 7", "city": "Paris"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield _filled(small, large)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield _filled(small, large)


def _filled(small: str, large: str) -> Shops:
    for url, size in ((small, SMALL), (large, LARGE)):
        fill(url, size)
        _merge_into_each(url, size)
    return {SMALL: (small, project_of(small)), LARGE: (large, project_of(large))}


def _merge_into_each(url: str, size: int) -> None:
    """Somebody was merged into every customer."""
    project_id = project_of(url)
    merged = [MergedCustomer(project_id, f"cust_former{n}", id_of(n), BEGIN_MS, None, 0, 0) for n in range(size)]
    write(url, {MERGED_CUSTOMERS: merged})
    analyze(url)


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any]) -> None:
    plans: dict[int, Plan] = {}
    for size, (url, project_id) in shops.items():
        plans[size] = plan_of(url, statement, {"project_id": project_id, **params})
        assert plans[size].steps
        assert not plans[size].faults, plans[size].steps
    assert plans[LARGE].rows_read <= plans[SMALL].rows_read + 2


@pytest.mark.parametrize("name", KEYED)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    assert_keyed(shops, *KEYED[name])


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("position", [None, "cursor", "moment"])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, order: str, position: str | None) -> None:
    if order.endswith("source_id") and position == "moment":
        return  # refused: a source_id has no moment
    middle: Any = source_id_of(500) if order.endswith("source_id") else BEGIN_MS + 500_000
    where = {None: {}, "cursor": {"value": middle, "id": id_of(500)}, "moment": {"moment": middle}}[position]
    assert_keyed(shops, page_of(order, (), position), {"limit": LIMIT, "offset": 0, **where})


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_a_filtered_page_goes_by_the_filters_index(shops: Shops, name: str, order: str) -> None:
    assert_keyed(shops, page_of(order, (name,), None), {"limit": LIMIT, "offset": 0, name: FILTERS[name]})


def test_a_scan_would_be_noticed(shops: Shops) -> None:
    everybody = Statement(sa.select(CUSTOMERS.c.id).order_by(CUSTOMERS.c.phone), str)
    for url, _ in shops.values():
        assert plan_of(url, everybody, {}).faults
