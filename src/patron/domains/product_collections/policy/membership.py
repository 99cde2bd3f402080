"""Whether a product or SKU is in a collection."""

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.product_collections.model import ProductCollection
from patron.domains.product_collections.policy.filters import Predicate, compiled, stored_filter
from patron.domains.product_collections.wire import Entry
from patron.domains.products.model import Sku

_decode = msgspec.json.Decoder(list[Entry]).decode


def membership(collection: ProductCollection, rulebook: Rulebook, now: int) -> Predicate:
    """The test of who is in a collection at a moment (epoch ms), made once for many.

    A static collection that lists a product has its SKUs in it too; a filter looks at each product and SKU by itself.
    """
    if collection.filter is not None:
        return compiled(stored_filter(msgspec.json.decode(collection.filter), rulebook), rulebook, now)
    listed = {entry.id for entry in entries_of(collection)}
    return lambda row: row.id in listed or (isinstance(row, Sku) and row.product_id in listed)


def entries_of(collection: ProductCollection) -> list[Entry]:
    """What a static collection lists; nothing of another."""
    return [] if collection.products is None else _decode(collection.products)
