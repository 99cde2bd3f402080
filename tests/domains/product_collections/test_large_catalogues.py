"""A catalogue that is larger than what one request looks at."""

from pathlib import Path

from bench.shop import BEGIN_MS, analyze, project_of, write
from patron.db.counts import COUNTS, Count
from patron.domains.product_collections.actions.members import MOST_LOOKED_AT
from patron.domains.products.model import LIST, PRODUCTS
from patron.domains.products.policy import new_product
from patron.domains.products.wire import ProductIn
from tests.domains.products.conftest import ok
from tests.support.servers import serving

BEYOND = 10


def test_a_page_may_be_short_and_the_cursor_goes_on(database_url: str, contract_log: Path) -> None:
    project_id = project_of(database_url)
    last = MOST_LOOKED_AT + BEYOND - 1
    products = [
        new_product(project_id, f"prod_{n:024}", None, ProductIn(price=int(n in (0, last))), BEGIN_MS + n)
        for n in range(last + 1)
    ]
    write(database_url, {PRODUCTS: products, COUNTS: [Count(project_id, LIST, 0, len(products))]})
    analyze(database_url)
    with serving(database_url, contract_log) as shop:
        condition = {"junction": "and", "price": {"conditions": {"$is": [1]}}}
        body = {"type": "AUTO_UPDATE", "name": "Rare", "filter": condition}
        path = f"/v1/product-collections/{ok(shop.client.post('/v1/product-collections', json=body))['id']}/products"
        page = ok(shop.client.get(path, params={"order": "created_at"}))
        assert ([each["id"] for each in page["data"]], page["total"]) == ([products[0].id], 1)
        rest = ok(shop.client.get(path, params={"order": "created_at", "cursor": page["next_cursor"]}))
        assert ([each["id"] for each in rest["data"]], rest["has_more"]) == ([products[-1].id], False)
