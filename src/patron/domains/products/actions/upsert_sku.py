"""Creating a SKU of a product, or changing the one that is known by the id or source_id given."""

from collections.abc import Mapping

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.products.actions import names
from patron.domains.products.actions.names import SKU
from patron.domains.products.actions.upsert import found_product, want_product
from patron.domains.products.model import PRODUCTS, SKU_PREFIX, SKUS, Product, Sku
from patron.domains.products.policy import check_sku_schema, new_sku, patched_sku, with_skus
from patron.domains.products.wire import SkuIn, SkuOut, SkuPatch
from patron.kernel.problems import duplicate_found


class UpsertSku(msgspec.Struct, frozen=True):
    """A SKU for the product with this id or source_id."""

    product: str
    sku: SkuIn


class UpdateSku(msgspec.Struct, frozen=True):
    """A patch for a SKU of a product, each by its id or source_id."""

    product: str
    reference: str
    patch: SkuPatch


async def _gather(read: Read, ctx: Ctx, body: UpsertSku) -> Wants:
    wants = Wants()
    await want_product(read, ctx, wants, body.product)
    await want_sku_upsert(read, ctx, wants, body.sku)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: UpsertSku) -> Outcome:
    product = found_product(rows, ctx, body.product)
    if isinstance(product, Need):
        return product
    lacking = missing_sku(rows, ctx, body.sku)
    if lacking is not None:
        return Need(lacking)
    return _shown(upsert_sku(rows, ctx, product, body.sku))


async def _gather_update(read: Read, ctx: Ctx, body: UpdateSku) -> Wants:
    wants = Wants()
    await want_product(read, ctx, wants, body.product)
    await names.want(SKU, read, ctx, wants, body.reference)
    return wants


def _apply_update(rows: Rows, ctx: Ctx, body: UpdateSku) -> Outcome:
    product = found_product(rows, ctx, body.product)
    if isinstance(product, Need):
        return product
    sku = names.found(SKU, rows, ctx, body.reference)
    if isinstance(sku, Need):
        return sku
    if sku.product_id != product.id:
        raise SKU.unknown(body.reference)
    return _shown(_apply_patch(rows, ctx, product, sku, body.patch))


async def want_sku_upsert(read: Read, ctx: Ctx, wants: Wants, body: SkuIn, label: str = "") -> str:
    """Name the rows of the SKU that `upsert_sku` will find or create; the id that it has or will have.

    The product that it belongs to is named by whoever asks.
    """
    return await names.want_upsert(SKU, read, ctx, wants, body, label)


def missing_sku(rows: Rows, ctx: Ctx, body: SkuIn) -> Wants | None:
    """The rows that `upsert_sku` needs beyond those that were named; None: it has all.

    Ask this of every SKU of a write before the first change.
    """
    return names.missing(SKU, rows, ctx, body)


def upsert_sku(rows: Rows, ctx: Ctx, product: Product, body: SkuIn, label: str = "") -> Sku:
    """The SKU as it is after the patch, created where it was not there.

    Problem 404 for an `id` that is unknown or of another product's SKU, 409 for a source_id of another product's, 400
    where the product would have too many.
    """
    sku = names.known(SKU, rows, ctx, body)
    if sku is not None:
        _check_product(sku, product, body)
        return _apply_patch(rows, ctx, product, sku, body)
    sku = new_sku(product, ctx.id(SKU_PREFIX, label), body.source_id or None, body, ctx.now)
    check_sku_schema(rows.rulebook, product, sku)
    now = rows.get(PRODUCTS, (ctx.project_id, product.id))  # an earlier SKU of this write may have changed the number
    assert now is not None
    rows.put(PRODUCTS, with_skus(now, 1))
    names.take(SKU, rows, ctx, sku.source_id, sku.id)
    rows.add(SKUS, sku)
    return sku


def _check_product(sku: Sku, product: Product, body: SkuIn) -> None:
    if sku.product_id != product.id:
        if body.id:
            raise SKU.unknown(body.id)
        raise duplicate_found("sku", "source_id", sku.source_id)


def _apply_patch(rows: Rows, ctx: Ctx, product: Product, sku: Sku, patch: SkuPatch) -> Sku:
    after = patched_sku(sku, patch, ctx.now)
    if isinstance(patch.metadata, Mapping):
        check_sku_schema(rows.rulebook, product, after)
    if after is not sku:
        rows.put(SKUS, after)
    return after


def _shown(sku: Sku) -> Reply:
    return Reply(200, msgspec.json.encode(SkuOut.of(sku)))


UPSERT_SKU = Action("skus.upsert", _gather, _apply)
"""Body: `UpsertSku`. Answers 200 with the SKU; Problem 404 for an unknown product or `id`, 409 for a source_id of
another product's SKU.
"""

UPDATE_SKU = Action("skus.update", _gather_update, _apply_update)
"""Body: `UpdateSku`. Answers 200 with the SKU; Problem 404 for an unknown product, or a SKU that it has not."""
