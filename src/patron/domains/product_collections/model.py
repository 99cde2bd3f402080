"""Product collections as they are stored. They are content of the rulebook, since discounts and rules speak of them."""

from typing import Literal

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Json, Partial, Table

PREFIX = "pc_"
MOST_COLLECTIONS = 100
"""In one project, as in the reference."""
MOST_ENTRIES = 500
"""Products and SKUs that a static collection lists."""

Type = Literal["STATIC", "AUTO_UPDATE"]


class ProductCollection(msgspec.Struct, frozen=True):
    """Some of a shop's products and SKUs. Times are epoch ms; `updated_at` is None until the first change.

    A static one has `products`, a JSON array of `{id, object}`, with the `product_id` of a SKU, some of which may be
    deleted by now. One that updates by itself has a `filter`, a JSON object. Either is None in the other kind.
    """

    project_id: str
    id: str
    name: str
    type: str
    products: Json | None
    filter: Json | None
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


PRODUCT_COLLECTIONS = Table(
    ProductCollection,
    "product_collections",
    rank=530,
    indexes={"version": ("project_id", "version")},
    partial={"live": Partial(("project_id", "created_at", "id"), "deleted_at IS NULL")},
)

PARTS = (Part(PRODUCT_COLLECTIONS),)
"""What of this domain every process holds in its rulebooks."""
