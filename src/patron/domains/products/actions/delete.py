"""Deleting a product with all its SKUs, or one SKU: out of every answer at once, its source_id free again."""

import msgspec

from patron.db.actions import Action, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.products.actions import names
from patron.domains.products.actions.names import PRODUCT, SKU
from patron.domains.products.actions.upsert import found_product, want_product
from patron.domains.products.model import (
    DELETED_PRODUCTS,
    DELETED_SKUS,
    LIST,
    MOST_SKUS,
    PRODUCTS,
    SKUS,
    Product,
    Sku,
)
from patron.domains.products.policy import tombstone, with_skus
from patron.domains.products.store import SKUS_OF_PRODUCT


class Delete(msgspec.Struct, frozen=True):
    """Delete the product with this id or source_id; `force` keeps nothing of it."""

    reference: str
    force: bool


class DeleteSku(msgspec.Struct, frozen=True):
    """Delete a SKU of a product, each by its id or source_id; `force` keeps nothing of it."""

    product: str
    reference: str
    force: bool


async def _gather(read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    product_id = await names.want(PRODUCT, read, ctx, wants, body.reference, to_delete=True)
    product = await read.one(PRODUCT.by_id, project_id=ctx.project_id, id=product_id)
    if product is not None:
        names.want_free(PRODUCT, ctx, wants, product.source_id)
    skus = await read.all(SKUS_OF_PRODUCT, project_id=ctx.project_id, product_id=product_id, limit=MOST_SKUS)
    for sku in skus:
        wants.lock(SKUS, SKUS.key_of(sku), to_delete=True)
        names.want_free(SKU, ctx, wants, sku.source_id)
    wants.scan(SKUS_OF_PRODUCT, scope=f"products/{product_id}", **_skus_of(ctx, product_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    product = names.found(PRODUCT, rows, ctx, body.reference)
    if isinstance(product, Need) or not names.is_freeable(PRODUCT, rows, ctx, product.source_id):
        return More()  # another product by now, of whose names and SKUs nothing is known: look again
    skus = _named_skus(rows, ctx, product)
    if skus is None:
        return More()
    for sku in skus:
        _end_sku(rows, ctx, sku, force=body.force)
    names.free(PRODUCT, rows, ctx, product.source_id)
    rows.remove(PRODUCTS, product)
    rows.count(LIST, -1)
    if not body.force:
        rows.add(DELETED_PRODUCTS, tombstone(product, ctx.now))
    return Reply(204)


async def _gather_sku(read: Read, ctx: Ctx, body: DeleteSku) -> Wants:
    wants = Wants()
    await want_product(read, ctx, wants, body.product)
    sku_id = await names.want(SKU, read, ctx, wants, body.reference, to_delete=True)
    sku = await read.one(SKU.by_id, project_id=ctx.project_id, id=sku_id)
    if sku is not None:
        names.want_free(SKU, ctx, wants, sku.source_id)
    return wants


def _apply_sku(rows: Rows, ctx: Ctx, body: DeleteSku) -> Outcome:
    product = found_product(rows, ctx, body.product)
    if isinstance(product, Need):
        return product
    sku = names.found(SKU, rows, ctx, body.reference)
    if isinstance(sku, Need) or not names.is_freeable(SKU, rows, ctx, sku.source_id):
        return More()  # another SKU by now, whose names are not known: look again
    if sku.product_id != product.id:
        raise SKU.unknown(body.reference)
    _end_sku(rows, ctx, sku, force=body.force)
    rows.put(PRODUCTS, with_skus(product, -1))
    return Reply(204)


def _skus_of(ctx: Ctx, product_id: str) -> dict[str, str | int]:
    return {"project_id": ctx.project_id, "product_id": product_id, "limit": MOST_SKUS}


def _named_skus(rows: Rows, ctx: Ctx, product: Product) -> list[Sku] | None:
    """The SKUs of a product as this unit has made them so far; None where one of them was not named.

    What was asked after the locks does not know what other members of the unit have changed; the product's number does.
    """
    question = _skus_of(ctx, product.id)
    if not rows.has_scanned(SKUS_OF_PRODUCT, **question):
        return None
    asked = rows.scanned(SKUS_OF_PRODUCT, **question)
    skus = [rows.get(SKUS, SKUS.key_of(sku)) for sku in asked if rows.knows(SKUS, SKUS.key_of(sku))]
    there = [sku for sku in skus if sku is not None and names.is_freeable(SKU, rows, ctx, sku.source_id)]
    return there if len(there) == product.skus else None


def _end_sku(rows: Rows, ctx: Ctx, sku: Sku, *, force: bool) -> None:
    names.free(SKU, rows, ctx, sku.source_id)
    rows.remove(SKUS, sku)
    if not force:
        rows.add(DELETED_SKUS, tombstone(sku, ctx.now))


DELETE = Action("products.delete", _gather, _apply)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown product."""

DELETE_SKU = Action("skus.delete", _gather_sku, _apply_sku)
"""Body: `DeleteSku`. Answers 204; Problem 404 for an unknown product, or a SKU that it has not."""
