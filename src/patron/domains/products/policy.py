"""Pure decisions about one product or SKU: what a patch makes of it, and what a deletion leaves of it."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas import check_metadata_schema, metadata_check
from patron.domains.products.model import MOST_SKUS, NEVER, NO_SOURCE_ID, Deleted, Product, Sku
from patron.domains.products.wire import ProductPatch, SkuPatch
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import Problem, invalid_payload

Row = TypeVar("Row", Product, Sku)

_encode = msgspec.json.encode

_PRODUCT_SCALARS = ("name", "price", "image_url")
_SKU_SCALARS = ("sku", "price", "currency", "image_url")


def new_product(project_id: str, product_id: str, source_id: str | None, patch: ProductPatch, now: int) -> Product:
    """A product that has what the patch says and nothing else."""
    bare = Product(
        project_id=project_id,
        id=product_id,
        source_id=source_id or NO_SOURCE_ID,
        name=None,
        price=None,
        attributes="[]",
        image_url=None,
        metadata="{}",
        skus=0,
        created_at=now,
        updated_at=NEVER,
    )
    return msgspec.structs.replace(bare, **_product_changes(bare, patch))


def new_sku(product: Product, sku_id: str, source_id: str | None, patch: SkuPatch, now: int) -> Sku:
    """A SKU of this product that has what the patch says and nothing else."""
    bare = Sku(
        project_id=product.project_id,
        id=sku_id,
        source_id=source_id or NO_SOURCE_ID,
        product_id=product.id,
        sku=None,
        price=None,
        currency=None,
        attributes="{}",
        image_url=None,
        metadata="{}",
        created_at=now,
        updated_at=NEVER,
    )
    return msgspec.structs.replace(bare, **_sku_changes(bare, patch))


def patched_product(product: Product, patch: ProductPatch, now: int) -> Product:
    """The product after the patch; the very same one where the patch says nothing new."""
    return _patched(product, _product_changes(product, patch), now)


def patched_sku(sku: Sku, patch: SkuPatch, now: int) -> Sku:
    """The SKU after the patch; the very same one where the patch says nothing new."""
    return _patched(sku, _sku_changes(sku, patch), now)


def _patched(row: Row, changes: dict[str, Any], now: int) -> Row:
    """`updated_at` moves with a difference alone: a catalogue is often sent again as it is."""
    if all(getattr(row, field) == value for field, value in changes.items()):
        return row
    return msgspec.structs.replace(row, **changes, updated_at=now)


def _product_changes(product: Product, patch: ProductPatch) -> dict[str, Any]:
    changes = _scalars(patch, _PRODUCT_SCALARS)
    if isinstance(patch.attributes, list):
        changes["attributes"] = _encode(patch.attributes).decode()
        if msgspec.json.decode(product.attributes) == patch.attributes:
            changes["attributes"] = product.attributes
    if isinstance(patch.metadata, Mapping):
        changes["metadata"] = _merged(product.metadata, patch.metadata, "metadata")
    return changes


def _sku_changes(sku: Sku, patch: SkuPatch) -> dict[str, Any]:
    changes = _scalars(patch, _SKU_SCALARS)
    if isinstance(patch.attributes, Mapping):
        changes["attributes"] = _merged(sku.attributes, patch.attributes, "attributes")
    if isinstance(patch.metadata, Mapping):
        changes["metadata"] = _merged(sku.metadata, patch.metadata, "metadata")
    return changes


def _scalars(patch: ProductPatch | SkuPatch, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: value for field in fields if (value := getattr(patch, field)) is not UNSET}


def _merged(stored: str, given: Mapping[str, Any], path: str) -> str:
    """Merged by key, and a key that is set to null stays, as null."""
    before: dict[str, Any] = msgspec.json.decode(stored)
    after = {**before, **given}
    if _canonical(after) == _canonical(before):
        return stored
    check_metadata(after, path)
    return _encode(after).decode()


def _canonical(value: Any) -> bytes:
    """Equal for equal JSON; Python alone would take 1, 1.0 and true for the same."""
    return _encode(value, order="deterministic")


def check_product_schema(rulebook: Rulebook, product: Product) -> None:
    """Refuse a product whose metadata the schema of products does not allow. Problem 400 (spec C 5.1)."""
    if metadata_check(rulebook, "product") is not None:
        check_metadata_schema(rulebook, "product", msgspec.json.decode(product.metadata))


def check_sku_schema(rulebook: Rulebook, product: Product, sku: Sku) -> None:
    """Refuse a SKU whose metadata, laid over its product's, the schema of products does not allow. Problem 400.

    There is no schema for SKUs: they inherit the metadata of their product, required keys among them.
    """
    if metadata_check(rulebook, "product") is not None:
        inherited = msgspec.json.decode(product.metadata)
        check_metadata_schema(rulebook, "product", {**inherited, **msgspec.json.decode(sku.metadata)})


def with_skus(product: Product, more: int) -> Product:
    """The product with so many more SKUs (or fewer). Problem 400 where they would be too many."""
    if product.skus + more > MOST_SKUS:
        raise _too_many_skus()
    return msgspec.structs.replace(product, skus=product.skus + more)


def _too_many_skus() -> Problem:
    return invalid_payload(f"skus: expected at most {MOST_SKUS} of one product")


def tombstone(row: Product | Sku, now: int) -> Deleted:
    """What a deletion keeps; the source_id is rewritten, as a deleted customer's is."""
    return Deleted(
        project_id=row.project_id,
        id=row.id,
        source_id=NO_SOURCE_ID if row.source_id == NO_SOURCE_ID else f"{row.source_id}_deleted{to_iso(now)}",
        product_id=row.product_id if isinstance(row, Sku) else row.id,
        record=_encode(row).decode(),
        deleted_at=now,
    )
