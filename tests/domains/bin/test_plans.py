"""Pages of the bin, and what finds an entry, go by an index, and look at no more rows when the bin is fuller."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from bench.shop import BEGIN_MS, analyze, project_of, write
from patron.app import BINNED
from patron.db.binned import Kind
from patron.db.postgres import WRITES
from patron.db.statements import Statement
from patron.domains.bin.policy import EARLIEST, LATEST, Position
from patron.domains.campaigns import store as campaigns
from patron.domains.products import store as products
from patron.domains.products.model import DELETED_PRODUCTS, DELETED_SKUS, Deleted
from patron.domains.vouchers import CAMPAIGNS
from patron.domains.vouchers import store as vouchers
from patron.domains.vouchers.model import BINNED_VOUCHERS, BinnedVoucher
from tests.domains.campaigns.test_plans import campaign_id_of, campaign_row
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11
SKUS_EACH = 4

Shops = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""

OF_CODE = {"code": "BIN-0000007", "id": f"v_{7:024}", "deleted_at": BEGIN_MS + 7}
OF_PRODUCT = {"product_id": f"prod_{7:024}", "deleted_at": BEGIN_MS + 7}
OF_CAMPAIGN = {"id": campaign_id_of(7), "deleted_at": BEGIN_MS + 7}
READS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "code of a voucher": (vouchers.BINNED, {"id": f"v_{7:024}"}),
    "product": (products.DELETED_PRODUCT, {"id": f"prod_{7:024}"}),
    "sku": (products.DELETED_SKU, {"id": f"sku_{7:024}"}),
    "name of a campaign": (campaigns.BINNED_NAME, OF_CAMPAIGN),
    "skus of a product": (products.SKUS_DELETED_WITH, {**OF_PRODUCT, "limit": 500}),
}
DEEDS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "transactions of a voucher": (vouchers.PURGE_TRANSACTIONS, OF_CODE),
    "keys of transactions": (vouchers.PURGE_TRANSACTION_KEYS, OF_CODE),
    "days of a campaign": (campaigns.PURGE_DAYS, OF_CAMPAIGN),
    "skus of a product": (products.PURGE_SKUS, OF_PRODUCT),
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
    project_id = project_of(url)
    write(
        url,
        {
            BINNED_VOUCHERS: [
                BinnedVoucher(project_id, f"BIN-{n:07}", f"v_{n:024}", "{}", BEGIN_MS + n) for n in range(size)
            ],
            CAMPAIGNS: [
                replace(campaign_row(project_id, n), in_bin=n % 2, deleted_at=BEGIN_MS + n if n % 2 else None)
                for n in range(2 * size)
            ],
            DELETED_PRODUCTS: [_deleted(project_id, "prod_", n, n) for n in range(size)],
            DELETED_SKUS: [_deleted(project_id, "sku_", n, n // SKUS_EACH) for n in range(size)],
        },
    )
    analyze(url)
    return project_id


def _deleted(project_id: str, prefix: str, n: int, product: int) -> Deleted:
    return Deleted(project_id, f"{prefix}{n:024}", f"{prefix}{n}", f"prod_{product:024}", "{}", BEGIN_MS + product)


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any], **settings: Any) -> None:
    plans: dict[int, Plan] = {}
    for size, (url, project_id) in shops.items():
        plans[size] = plan_of(url, statement, {"project_id": project_id, **params}, **settings)
        assert plans[size].steps
        assert not plans[size].faults, plans[size].steps
    assert plans[LARGE].rows_read <= plans[SMALL].rows_read + 2


@pytest.mark.parametrize("kind", BINNED, ids=[kind.name for kind in BINNED])
@pytest.mark.parametrize("position", [EARLIEST, (BEGIN_MS + 300, "x"), LATEST])
def test_a_page_looks_at_the_pages_rows_alone(shops: Shops, kind: Kind, position: Position) -> None:
    page = {"deleted_at": position[0], "id": position[1], "limit": LIMIT}
    for statement in (kind.newest, kind.oldest):
        assert_keyed(shops, statement, page)


@pytest.mark.parametrize("name", READS)
def test_what_an_entry_stands_for_is_read_by_its_key(shops: Shops, name: str) -> None:
    assert_keyed(shops, *READS[name])


@pytest.mark.parametrize("name", DEEDS)
def test_what_goes_with_an_entry_is_deleted_by_its_key(shops: Shops, name: str) -> None:
    assert_keyed(shops, *DEEDS[name], settings=WRITES)
