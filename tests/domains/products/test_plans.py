"""Pages and keyed reads of the catalogue go by an index, and look at no more rows when it grows."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from bench.shop import BEGIN_MS, analyze, project_of, write
from patron.db.statements import Statement
from patron.domains.product_collections.model import PRODUCT_COLLECTIONS, ProductCollection
from patron.domains.product_collections.store import BY_ID, LIVE
from patron.domains.products import store
from patron.domains.products.model import PRODUCT_KEYS, PRODUCTS, SKU_KEYS, SKUS, Product, Sku, SourceKey
from patron.domains.products.policy import new_product, new_sku
from patron.domains.products.wire import Order, ProductIn, SkuIn
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
SKUS_EACH = 2
LIMIT = 11

Shops = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""

KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "product": (store.PRODUCT, {"id": f"prod_{7:024}"}),
    "sku": (store.SKU, {"id": f"sku_{7:024}"}),
    "product key": (store.PRODUCT_KEY, {"source_id": "product-7"}),
    "sku key": (store.SKU_KEY, {"source_id": "sku-7"}),
    "products by id": (store.PRODUCTS_BY_ID, {"ids": f'["prod_{7:024}", "prod_{8:024}", "nothing"]'}),
    "skus by id": (store.SKUS_BY_ID, {"ids": f'["sku_{7:024}", "sku_{8:024}", "nothing"]'}),
    "product owners": (store.PRODUCT_OWNERS, {"source_ids": '["product-7", "nobody"]'}),
    "sku owners": (store.SKU_OWNERS, {"source_ids": '["sku-7", "nobody"]'}),
    "skus of a product": (store.SKUS_OF_PRODUCT, {"product_id": f"prod_{7:024}", "limit": 500}),
    "collections": (LIVE, {}),
    "collection": (BY_ID, {"id": "pc_7"}),
}


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
    return {size: (url, _fill(url, size)) for size, url in ((SMALL, small), (LARGE, large))}


def _fill(url: str, size: int) -> str:
    """A shop of so many products, each with SKUs, and of many deleted collections, with twenty live ones."""
    project_id = project_of(url)
    products = [_product(project_id, n) for n in range(size)]
    skus = [_sku(products[n // SKUS_EACH], n) for n in range(size * SKUS_EACH)]
    collections = [
        ProductCollection(project_id, f"pc_{n}", "", "STATIC", "[]", None, BEGIN_MS + n, None, 1 if n > 20 else None, 0)
        for n in range(size * 3)
    ]
    write(
        url,
        {
            PRODUCTS: products,
            PRODUCT_KEYS: [SourceKey(project_id, row.source_id, row.id) for row in products],
            SKUS: skus,
            SKU_KEYS: [SourceKey(project_id, row.source_id, row.id) for row in skus],
            PRODUCT_COLLECTIONS: collections,
        },
    )
    analyze(url)
    return project_id


def _product(project_id: str, n: int) -> Product:
    return new_product(project_id, f"prod_{n:024}", f"product-{n}", ProductIn(name=f"{n}"), BEGIN_MS + n)


def _sku(product: Product, n: int) -> Sku:
    return new_sku(product, f"sku_{n:024}", f"sku-{n}", SkuIn(sku=f"{n}"), BEGIN_MS + n)


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
@pytest.mark.parametrize("after_cursor", [False, True])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, order: str, after_cursor: bool) -> None:
    value = BEGIN_MS + 500 if order.endswith("created_at") else 0
    page = {"limit": LIMIT, "offset": 0, **({"value": value, "id": f"prod_{500:024}"} if after_cursor else {})}
    assert_keyed(shops, store.products_page(order, (), after_cursor), page)
    of_one = {**page, "product_id": f"prod_{7:024}"}
    assert_keyed(shops, store.skus_page(order, ("product_id",), after_cursor), of_one)
    if order.endswith("created_at"):
        assert_keyed(shops, store.skus_page(order, (), after_cursor), page)


def test_a_window_of_creation_is_a_range_of_the_index(shops: Shops) -> None:
    window = {"start_date": BEGIN_MS + 100, "end_date": BEGIN_MS + 120}
    filters = ("start_date", "end_date")
    assert_keyed(shops, store.products_count(filters), window)
    assert_keyed(
        shops, store.products_page("-created_at", filters, after_cursor=False), {"limit": LIMIT, "offset": 0, **window}
    )
