"""What is sent and answered of products and SKUs (spec I 5)."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.products.model import NEVER, NO_SOURCE_ID, Product, Sku
from patron.http.listing import Paging, list_of
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import LARGEST_NUMBER, check_metadata
from patron.kernel.problems import not_enough_source_ids

EMBEDDED = 100
"""How many of its SKUs a product's own answer shows at most."""
EMBEDDED_IN_LISTS = 10
"""How many of its SKUs each product of a list shows at most."""

Id = Annotated[str, Meta(min_length=1, max_length=255)]
SourceId = Annotated[str, Meta(min_length=1, max_length=255, description="The caller's own id, unique in the project.")]
Name = Annotated[str, Meta(max_length=500)]
Price = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER, description="In minor units.")]
ImageUrl = Annotated[str, Meta(max_length=2_048)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="A code of ISO 4217.")]
AttributeNames = Annotated[list[Annotated[str, Meta(min_length=1, max_length=255)]], Meta(max_length=100)]


class ProductPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a product: what is absent stays as it is, null clears, metadata merges by key.

    A null for all of `metadata` or `attributes` changes nothing: the Python client sends one for each field of a model
    that was made from a dictionary.
    """

    name: Name | None | UnsetType = UNSET
    price: Price | None | UnsetType = UNSET
    attributes: AttributeNames | None | UnsetType = UNSET
    image_url: ImageUrl | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)


class ProductIn(ProductPatch, frozen=True, kw_only=True):
    """A product to create, or to change where `id` (which wins) or `source_id` is known. Null is as absent here."""

    id: Id | None | UnsetType = UNSET
    source_id: SourceId | None | UnsetType = UNSET


class ProductInBulk(ProductPatch, frozen=True, kw_only=True):
    """A product by its source_id, and what is to change of it; one that is missing is created."""

    source_id: SourceId


class ProductsMetadataIn(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata that is merged into that of every product named; one that is missing is created."""

    source_ids: list[SourceId]
    metadata: dict[str, Any]

    def __post_init__(self) -> None:
        if not self.source_ids:
            raise not_enough_source_ids("source_ids: expected at least one")
        check_metadata(self.metadata)


class SkuPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a SKU, as those of a product; `attributes` merge by key, as metadata does."""

    sku: Name | None | UnsetType = UNSET
    price: Price | None | UnsetType = UNSET
    currency: Currency | None | UnsetType = UNSET
    attributes: dict[str, Any] | None | UnsetType = UNSET
    image_url: ImageUrl | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)
        if isinstance(self.attributes, dict):
            check_metadata(self.attributes, "attributes")


class SkuIn(SkuPatch, frozen=True, kw_only=True):
    """A SKU to create, or to change where `id` (which wins) or `source_id` is known. Null is as absent here."""

    id: Id | None | UnsetType = UNSET
    source_id: SourceId | None | UnsetType = UNSET


class SkuOfProduct(msgspec.Struct, frozen=True):
    """A SKU, and the id or source_id of the product that it is one of."""

    product: str
    sku: SkuIn


class SkuOut(msgspec.Struct, frozen=True, kw_only=True, tag_field="object", tag="sku"):
    """The whole SKU. Its `object` is a tag, by which lists of both kinds tell them apart."""

    id: str
    source_id: str | None
    product_id: str
    sku: str | None
    price: int | None
    currency: str | None
    attributes: dict[str, Any]
    image_url: str | None
    metadata: dict[str, Any]
    created_at: str
    updated_at: str | None

    @classmethod
    def of(cls, sku: Sku) -> "SkuOut":
        """The answer for a stored SKU."""
        return cls(
            id=sku.id,
            source_id=_or_none(sku.source_id),
            product_id=sku.product_id,
            sku=sku.sku,
            price=sku.price,
            currency=sku.currency,
            attributes=_as_stored(sku.attributes),
            image_url=sku.image_url,
            metadata=_as_stored(sku.metadata),
            created_at=to_iso(sku.created_at),
            updated_at=_moment_or_none(sku.updated_at),
        )


class SkusOfProduct(msgspec.Struct, frozen=True, kw_only=True):
    """The oldest SKUs of a product, and how many it has in all."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[SkuOut]
    total: int


class ProductOut(msgspec.Struct, frozen=True, kw_only=True, tag_field="object", tag="product"):
    """The whole product; `skus` where the product is read."""

    id: str
    source_id: str | None
    name: str | None
    price: int | None
    attributes: list[str]
    metadata: dict[str, Any]
    image_url: str | None
    created_at: str
    updated_at: str | None
    skus: SkusOfProduct | UnsetType = UNSET

    @classmethod
    def of(cls, product: Product, skus: Sequence[Sku] | None = None) -> "ProductOut":
        """The answer for a stored product, with the first of its SKUs where they are given."""
        shown = UNSET if skus is None else SkusOfProduct(data=[SkuOut.of(sku) for sku in skus], total=product.skus)
        return cls(
            id=product.id,
            source_id=_or_none(product.source_id),
            name=product.name,
            price=product.price,
            attributes=_as_stored(product.attributes),
            metadata=_as_stored(product.metadata),
            image_url=product.image_url,
            created_at=to_iso(product.created_at),
            updated_at=_moment_or_none(product.updated_at),
            skus=shown,
        )


def _or_none(source_id: str) -> str | None:
    return None if source_id == NO_SOURCE_ID else source_id


def _moment_or_none(moment: int) -> str | None:
    return None if moment == NEVER else to_iso(moment)


def _as_stored(text: str) -> Any:
    """JSON of the field's own type, which goes out as it is stored."""
    return msgspec.Raw(text.encode())


ProductList: Any = list_of("products", ProductOut)
SkuList: Any = list_of("skus", SkuOut)

Order = Literal["created_at", "-created_at", "updated_at", "-updated_at"]
Moment = Annotated[
    str, Meta(description="A date, or a date and time, in ISO 8601.", extra_json_schema={"format": "date-time"})
]


class CatalogueQuery(Paging, frozen=True, kw_only=True):
    """The query of a list of products or SKUs: those that were created from `start_date` until `end_date`."""

    order: Order = "-created_at"
    start_date: Moment | None = None
    end_date: Moment | None = None


class DeleteQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of a deletion."""

    force: Annotated[bool, Meta(description="Remove it for good, rather than keep what is left of it.")] = False
