"""Finding products and SKUs by the names that others know them by."""

from collections.abc import Iterable

from patron.db.actions import Read
from patron.domains.products.actions.names import PRODUCT, SKU, find, find_many
from patron.domains.products.model import Product, Sku
from patron.domains.products.store import SKUS_OF_PRODUCT
from patron.domains.products.wire import EMBEDDED, ProductOut


async def find_products(read: Read, project_id: str, references: Iterable[str]) -> dict[str, Product]:
    """The products with these ids or source_ids, by the name asked for; an id wins, unknown ones are absent."""
    return await find_many(PRODUCT, read, project_id, references)


async def find_skus(read: Read, project_id: str, references: Iterable[str]) -> dict[str, Sku]:
    """The SKUs with these ids or source_ids, as `find_products` does."""
    return await find_many(SKU, read, project_id, references)


async def find_product(read: Read, project_id: str, reference: str) -> ProductOut:
    """The answer for the product with this id or source_id, with the first of its SKUs. Problem 404."""
    product = await find(PRODUCT, read, project_id, reference)
    skus = await read.all(SKUS_OF_PRODUCT, project_id=project_id, product_id=product.id, limit=EMBEDDED)
    return ProductOut.of(product, skus)


async def find_sku(read: Read, project_id: str, reference: str) -> Sku:
    """The SKU with this id or source_id. Problem 404."""
    return await find(SKU, read, project_id, reference)
