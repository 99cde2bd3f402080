"""Creating a product, or changing the one that is known by the id or source_id given."""

from collections.abc import Mapping

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.products.actions import names
from patron.domains.products.actions.names import PRODUCT
from patron.domains.products.model import LIST, PRODUCT_PREFIX, PRODUCTS, Product
from patron.domains.products.policy import check_product_schema, new_product, patched_product
from patron.domains.products.wire import ProductIn, ProductOut, ProductPatch


class Update(msgspec.Struct, frozen=True):
    """A patch for the product with this id or source_id."""

    reference: str
    patch: ProductPatch


async def _gather(read: Read, ctx: Ctx, body: ProductIn) -> Wants:
    wants = Wants()
    await want_upsert(read, ctx, wants, body)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: ProductIn) -> Outcome:
    lacking = missing(rows, ctx, body)
    if lacking is not None:
        return Need(lacking)
    return _shown(upsert(rows, ctx, body))


async def _gather_update(read: Read, ctx: Ctx, body: Update) -> Wants:
    wants = Wants()
    await want_product(read, ctx, wants, body.reference)
    return wants


def _apply_update(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    product = found_product(rows, ctx, body.reference)
    if isinstance(product, Need):
        return product
    return _shown(apply_patch(rows, ctx, product, body.patch))


async def want_product(read: Read, ctx: Ctx, wants: Wants, reference: str) -> str:
    """Name the row of the product with this id or source_id; its id. Problem 404 where neither is known."""
    return await names.want(PRODUCT, read, ctx, wants, reference)


def found_product(rows: Rows, ctx: Ctx, reference: str) -> Product | Need:
    """The product that `want_product` named, under lock. `Need` where the source_id changed hands; Problem 404."""
    return names.found(PRODUCT, rows, ctx, reference)


async def want_upsert(read: Read, ctx: Ctx, wants: Wants, body: ProductIn, label: str = "") -> str:
    """Name the rows of the product that `upsert` will find or create; the id that it has or will have."""
    wants.count(ctx.project_id, LIST)
    return await names.want_upsert(PRODUCT, read, ctx, wants, body, label)


def missing(rows: Rows, ctx: Ctx, body: ProductIn) -> Wants | None:
    """The rows that `upsert` needs beyond those that were named, since the source_id changed hands; None: it has all.

    Ask this of every product of a write before the first change.
    """
    return names.missing(PRODUCT, rows, ctx, body)


def upsert(rows: Rows, ctx: Ctx, body: ProductIn, label: str = "") -> Product:
    """The product as it is after the patch, created where it was not there. Problem 404 for an unknown `id`.

    A source_id's key row is locked, so of many that bring one new source_id, one creates and the others change.
    """
    product = names.known(PRODUCT, rows, ctx, body)
    if product is not None:
        return apply_patch(rows, ctx, product, body)
    product = new_product(ctx.project_id, ctx.id(PRODUCT_PREFIX, label), body.source_id or None, body, ctx.now)
    check_product_schema(rows.rulebook, product)
    names.take(PRODUCT, rows, ctx, product.source_id, product.id)
    rows.add(PRODUCTS, product)
    rows.count(LIST, 1)
    return product


def apply_patch(rows: Rows, ctx: Ctx, product: Product, patch: ProductPatch) -> Product:
    """The product after the patch, stored where it differs.

    Metadata is judged as it is after the merge, wherever the patch has any: Problem 400 where its schema forbids it.
    """
    after = patched_product(product, patch, ctx.now)
    if isinstance(patch.metadata, Mapping):
        check_product_schema(rows.rulebook, after)
    if after is not product:
        rows.put(PRODUCTS, after)
    return after


def _shown(product: Product) -> Reply:
    return Reply(200, msgspec.json.encode(ProductOut.of(product)))


UPSERT = Action("products.upsert", _gather, _apply)
"""Body: `ProductIn`. Answers 200 with the product; Problem 404 for an unknown `id`."""

UPDATE = Action("products.update", _gather_update, _apply_update)
"""Body: `Update`. Answers 200 with the product; Problem 404 for an unknown one."""
