"""What is sent and answered of product collections (spec I 5)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.product_collections.model import MOST_ENTRIES, ProductCollection, Type
from patron.domains.products.model import Product, Sku
from patron.domains.products.wire import Id, Moment, ProductOut, SkuOut
from patron.http.listing import LAST_PAGE, Paging
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload

Name = Annotated[str, Meta(min_length=1, max_length=500)]
Filter = Annotated[
    dict[str, Any],
    Meta(description="`junction` (and, or), and by field (`price`, `metadata.x`) `{conditions: {operator: values}}`."),
]


class EntryIn(msgspec.Struct, frozen=True, kw_only=True):
    """A product or SKU that a static collection is to list, by its id."""

    id: Id
    object: Literal["product", "sku"]


class CollectionIn(msgspec.Struct, frozen=True, kw_only=True):
    """A collection to create: one that lists `products`, or one with a `filter`. Null is as absent."""

    type: Type
    name: Name
    products: Annotated[list[EntryIn], Meta(max_length=MOST_ENTRIES)] | None | UnsetType = UNSET
    filter: Filter | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.type == "STATIC" and self.filter:
            raise invalid_payload("filter: expected none for a STATIC collection")
        if self.type == "AUTO_UPDATE" and self.products:
            raise invalid_payload("products: expected none for an AUTO_UPDATE collection")
        if self.type == "AUTO_UPDATE" and not self.filter:
            raise invalid_payload("filter: expected one with a junction for an AUTO_UPDATE collection")
        if self.filter:
            check_metadata(self.filter, "filter")


class CollectionPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a collection: what is absent or null stays as it is. A filter is replaced as a whole."""

    name: Name | None | UnsetType = UNSET
    filter: Filter | None | UnsetType = UNSET
    products: list[Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.products:
            raise invalid_payload("products: expected none, as a collection keeps those that it was created with")
        if isinstance(self.filter, dict):
            check_metadata(self.filter, "filter")


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product or SKU that a static collection lists; `product_id` of a SKU."""

    id: str
    product_id: str | UnsetType = UNSET
    object: Literal["product", "sku"]


class CollectionOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole collection; `products` of a static one, `filter` of the other, `updated_at` once it was changed."""

    id: str
    name: str
    type: Type
    filter: dict[str, Any] | UnsetType = UNSET
    products: list[Entry] | UnsetType = UNSET
    created_at: str
    updated_at: str | UnsetType = UNSET
    object: Literal["products_collection"]

    @classmethod
    def of(cls, collection: ProductCollection) -> "CollectionOut":
        """The answer for a stored collection."""
        return cls(
            id=collection.id,
            name=collection.name,
            type="STATIC" if collection.filter is None else "AUTO_UPDATE",
            filter=_as_stored(collection.filter),
            products=_as_stored(collection.products),
            created_at=to_iso(collection.created_at),
            updated_at=UNSET if collection.updated_at is None else to_iso(collection.updated_at),
            object="products_collection",
        )


class CollectionList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of collections; `total` is over all pages."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[CollectionOut]
    total: Annotated[int, Meta(ge=0)]


class SkuWithProduct(SkuOut, frozen=True, kw_only=True):
    """A SKU in a collection, with its product."""

    product: ProductOut


class MemberList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the products and SKUs in a collection; `total` is over all pages, as far as was looked."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[ProductOut | SkuWithProduct]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool
    next_cursor: str | UnsetType = UNSET


def _as_stored(text: str | None) -> Any:
    """JSON of the field's own type, which goes out as it is stored."""
    return UNSET if text is None else msgspec.Raw(text.encode())


class CollectionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list of collections."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    page: Annotated[int, Meta(ge=1, le=LAST_PAGE, description="Which page, from 1.")] = 1
    order: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"


class MembersQuery(Paging, frozen=True, kw_only=True):
    """The query of the list of products and SKUs in a collection."""

    order: Literal["created_at", "-created_at"] = "-created_at"
    starting_after: Annotated[
        Moment | None,
        Meta(description="Goes on after this time, in the direction of `order`; `cursor` goes on exactly."),
    ] = None


def member_of(row: Product | Sku, products: Mapping[str, Product]) -> ProductOut | SkuWithProduct:
    """An entry of a collection's list; `products` has the product of each SKU by its id."""
    if isinstance(row, Product):
        return ProductOut.of(row)
    product = ProductOut.of(products[row.product_id])
    return SkuWithProduct(**msgspec.structs.asdict(SkuOut.of(row)), product=product)
