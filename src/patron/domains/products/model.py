"""Products and SKUs as they are stored."""

import msgspec

from patron.db.tables import Json, Table

PRODUCT_PREFIX = "prod_"
SKU_PREFIX = "sku_"
LIST = "products"
"""The name under which the total of the unfiltered list of products is counted."""

NO_SOURCE_ID = ""
NEVER = 0
MOST_SKUS = 500
"""Of one product: few enough that all of them go with it in one unit."""


class Product(msgspec.Struct, frozen=True):
    """What a shop sells. Times are epoch ms, `price` is in minor units.

    Columns that lists are ordered by are never NULL: a product without a source_id has `NO_SOURCE_ID`, one that was
    never changed has `NEVER`. `attributes` is a JSON array of the names of what its SKUs differ in. `skus` is how many
    SKUs it has.
    """

    project_id: str
    id: str
    source_id: str
    name: str | None
    price: int | None
    attributes: Json
    image_url: str | None
    metadata: Json
    skus: int
    created_at: int
    updated_at: int


class Sku(msgspec.Struct, frozen=True):
    """A variant of a product, which it never leaves. `sku` is its name; `attributes` a JSON object by attribute."""

    project_id: str
    id: str
    source_id: str
    product_id: str
    sku: str | None
    price: int | None
    currency: str | None
    attributes: Json
    image_url: str | None
    metadata: Json
    created_at: int
    updated_at: int


class SourceKey(msgspec.Struct, frozen=True):
    """Whose a source_id is. One that is None is being taken by the unit that made it."""

    project_id: str
    source_id: str
    owner_id: str | None


class Deleted(msgspec.Struct, frozen=True):
    """What is left of a product or SKU that was deleted: out of every answer, kept until it is removed for good.

    `source_id` is rewritten, since the old one may be another's by now. `record` is the row as it was, as a JSON
    object. `product_id` is the product that a SKU belonged to, a product's own id where it is one itself.
    """

    project_id: str
    id: str
    source_id: str
    product_id: str
    record: Json
    deleted_at: int


PRODUCTS = Table(
    Product,
    "products",
    rank=500,
    indexes={
        "created": ("project_id", "created_at", "id"),
        "updated": ("project_id", "updated_at", "id"),
    },
)
PRODUCT_KEYS = Table(
    SourceKey,
    "product_keys",
    rank=505,
    key=("project_id", "source_id"),
    indexes={"owner": ("project_id", "owner_id")},
    references={"owner_id": PRODUCTS},
)
SKUS = Table(
    Sku,
    "skus",
    rank=510,
    indexes={
        "product_created": ("project_id", "product_id", "created_at", "id"),
        "product_updated": ("project_id", "product_id", "updated_at", "id"),
        "created": ("project_id", "created_at", "id"),
    },
    references={"product_id": PRODUCTS},
)
SKU_KEYS = Table(
    SourceKey,
    "sku_keys",
    rank=515,
    key=("project_id", "source_id"),
    indexes={"owner": ("project_id", "owner_id")},
    references={"owner_id": SKUS},
)
DELETED_PRODUCTS = Table(
    Deleted,
    "deleted_products",
    rank=520,
    indexes={"deleted": ("project_id", "deleted_at", "id")},
)
DELETED_SKUS = Table(
    Deleted,
    "deleted_skus",
    rank=525,
    indexes={
        "deleted": ("project_id", "deleted_at", "id"),
        "product": ("project_id", "product_id", "deleted_at", "id"),
    },
)
