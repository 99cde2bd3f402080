"""Taking a deleted product or SKU out of the bin: back to where it was, or away for good (spec C 5.6).

A product comes back with the SKUs that went with it, and when it goes for good, all its deleted SKUs do: without it
they can never come back.
"""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.binned import Deed
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import R, Table
from patron.domains.products.actions import names
from patron.domains.products.actions.names import PRODUCT, SKU, Named
from patron.domains.products.model import (
    DELETED_PRODUCTS,
    DELETED_SKUS,
    LIST,
    MOST_SKUS,
    PRODUCTS,
    SKUS,
    Deleted,
    Product,
    Sku,
)
from patron.domains.products.policy import with_skus
from patron.domains.products.store import DELETED_PRODUCT, DELETED_SKU, PURGE_SKUS, SKUS_DELETED_WITH
from patron.kernel.problems import duplicate_found, not_found, parent_missing


async def _gather_restore(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    product = _product_of(await _want(read, ctx, wants, body, DELETED_PRODUCTS, DELETED_PRODUCT))
    wants.lock(PRODUCTS, (ctx.project_id, product.id))
    names.want_taken(PRODUCT, ctx, wants, product.source_id)
    went_along = {"project_id": ctx.project_id, "product_id": product.id, "deleted_at": body.deleted_at}
    for deleted in await read.all(SKUS_DELETED_WITH, **went_along, limit=MOST_SKUS):
        sku = _sku_of(deleted)
        wants.lock(DELETED_SKUS, (ctx.project_id, sku.id), to_delete=True)
        wants.lock(SKUS, (ctx.project_id, sku.id))
        names.want_taken(SKU, ctx, wants, sku.source_id)
    wants.scan(SKUS_DELETED_WITH, scope=f"products/{product.id}", **went_along, limit=MOST_SKUS)
    return wants


def _restore(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    deleted = _found(rows, ctx, body, DELETED_PRODUCTS)
    product = _product_of(deleted)
    _take(PRODUCT, rows, ctx, product.source_id, product.id)
    went_along = {"project_id": ctx.project_id, "product_id": product.id, "deleted_at": body.deleted_at}
    skus = [
        each
        for each in rows.scanned(SKUS_DELETED_WITH, **went_along, limit=MOST_SKUS)
        if rows.get(DELETED_SKUS, (ctx.project_id, each.id)) is not None  # another member may have purged it since
    ]
    for each in skus:
        _bring_back_sku(rows, ctx, each)
    rows.remove(DELETED_PRODUCTS, deleted)
    rows.add(PRODUCTS, msgspec.structs.replace(product, skus=len(skus), updated_at=ctx.now))
    rows.count(LIST, 1)
    return Reply(204)


async def _gather_purge(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    await _want(read, ctx, wants, body, DELETED_PRODUCTS, DELETED_PRODUCT)
    wants.do(PURGE_SKUS, project_id=ctx.project_id, product_id=body.id, deleted_at=body.deleted_at)
    return wants


def _purge(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    rows.remove(DELETED_PRODUCTS, _found(rows, ctx, body, DELETED_PRODUCTS))
    return Reply(204)


async def _gather_restore_sku(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    sku = _sku_of(await _want(read, ctx, wants, body, DELETED_SKUS, DELETED_SKU))
    wants.lock(PRODUCTS, (ctx.project_id, sku.product_id))
    wants.lock(SKUS, (ctx.project_id, sku.id))
    names.want_taken(SKU, ctx, wants, sku.source_id)
    return wants


def _restore_sku(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    deleted = _found(rows, ctx, body, DELETED_SKUS)
    product = rows.get(PRODUCTS, (ctx.project_id, deleted.product_id))
    if product is None:
        raise parent_missing("sku", deleted.id, f"product {deleted.product_id}")
    rows.put(PRODUCTS, with_skus(product, 1))
    _bring_back_sku(rows, ctx, deleted)
    return Reply(204)


async def _gather_purge_sku(read: Read, ctx: Ctx, body: Deed) -> Wants:
    wants = Wants()
    await _want(read, ctx, wants, body, DELETED_SKUS, DELETED_SKU)
    return wants


def _purge_sku(rows: Rows, ctx: Ctx, body: Deed) -> Outcome:
    rows.remove(DELETED_SKUS, _found(rows, ctx, body, DELETED_SKUS))
    return Reply(204)


async def _want(
    read: Read, ctx: Ctx, wants: Wants, body: Deed, table: Table[Deleted], by_id: Statement[Deleted]
) -> Deleted:
    """Name what is left of a deleted row. Problem 404 where there is nothing."""
    wants.lock(table, (ctx.project_id, body.id), to_delete=True)
    deleted = await read.one(by_id, project_id=ctx.project_id, id=body.id)
    if deleted is None or deleted.deleted_at != body.deleted_at:
        raise not_found("bin_entry", body.entry_id)
    return deleted


def _found(rows: Rows, ctx: Ctx, body: Deed, table: Table[Deleted]) -> Deleted:
    """What `_want` named, under lock. Problem 404 where it is not there any more, or there anew."""
    deleted = rows.get(table, (ctx.project_id, body.id))
    if deleted is None or deleted.deleted_at != body.deleted_at:
        raise not_found("bin_entry", body.entry_id)
    return deleted


def _bring_back_sku(rows: Rows, ctx: Ctx, deleted: Deleted) -> None:
    sku = _sku_of(deleted)
    _take(SKU, rows, ctx, sku.source_id, sku.id)
    rows.remove(DELETED_SKUS, deleted)
    rows.add(SKUS, msgspec.structs.replace(sku, updated_at=ctx.now))


def _take(named: Named[R], rows: Rows, ctx: Ctx, source_id: str, owner_id: str) -> None:
    """Give a source_id back to whose it was. Problem 409 where it is another's by now."""
    if not names.is_free(named, rows, ctx, source_id):
        raise duplicate_found(named.kind, "source_id", source_id)
    names.take(named, rows, ctx, source_id, owner_id)


def _product_of(deleted: Deleted) -> Product:
    return msgspec.json.decode(deleted.record, type=Product)


def _sku_of(deleted: Deleted) -> Sku:
    return msgspec.json.decode(deleted.record, type=Sku)


RESTORE = Action("products.restore", _gather_restore, _restore)
"""Body: `Deed`. Answers 204; Problem 404 for what is not in the bin, 409 for a source_id that is another's by now."""

PURGE = Action("products.purge", _gather_purge, _purge)
"""Body: `Deed`. Answers 204; Problem 404 for what is not in the bin."""

RESTORE_SKU = Action("skus.restore", _gather_restore_sku, _restore_sku)
"""Body: `Deed`. Answers 204; Problem 404 for what is not in the bin, 409 for a source_id that is another's by now or a
product that is not there, 400 where the product would have too many SKUs.
"""

PURGE_SKU = Action("skus.purge", _gather_purge_sku, _purge_sku)
"""Body: `Deed`. Answers 204; Problem 404 for what is not in the bin."""
