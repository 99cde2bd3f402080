"""Many products and SKUs at a time (spec I 5): each row creates one, or changes the one that is known by its names."""

from functools import partial

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import Deed, Done, Row, RowsChunk, applying
from patron.domains.products.actions import names
from patron.domains.products.actions.names import PRODUCT, SKU
from patron.domains.products.actions.upsert import found_product, upsert, want_product
from patron.domains.products.actions.upsert_sku import upsert_sku
from patron.domains.products.model import LIST
from patron.domains.products.wire import ProductIn, SkuOfProduct
from patron.kernel.problems import Problem, invalid_payload


async def _want(read: Read, ctx: Ctx, wants: Wants, chunk: RowsChunk[ProductIn]) -> None:
    wants.count(ctx.project_id, LIST)
    await names.want_imports(PRODUCT, read, ctx, wants, chunk.said)


def _lacking(rows: Rows, ctx: Ctx, chunk: RowsChunk[ProductIn]) -> Wants | None:
    return _all_of([names.missing_import(PRODUCT, rows, ctx, product) for product in chunk.said])


def _bring(rows: Rows, ctx: Ctx, _chunk: RowsChunk[ProductIn], row: Row[ProductIn], *, from_file: bool) -> Done:
    assert row.said is not None
    is_known = names.known(PRODUCT, rows, ctx, row.said) is not None
    if from_file and not is_known and not row.said.name:
        raise invalid_payload("name: expected one, as the product is new")
    return Done(upsert(rows, ctx, row.said, str(row.number)).id, found=is_known)


async def _want_skus(read: Read, ctx: Ctx, wants: Wants, chunk: RowsChunk[SkuOfProduct]) -> None:
    rows = chunk.said
    for product in sorted({row.product for row in rows}):
        try:
            await want_product(read, ctx, wants, product)
        except Problem:
            names.want_nobody(PRODUCT, ctx, wants, product)
    await names.want_imports(SKU, read, ctx, wants, [row.sku for row in rows])


def _lacking_for_skus(rows: Rows, ctx: Ctx, chunk: RowsChunk[SkuOfProduct]) -> Wants | None:
    lacking: list[Wants | None] = []
    for row in chunk.said:
        product = rows.attempt(partial(found_product, rows, ctx, row.product))
        lacking.append(product.wants if isinstance(product, Need) else None)
        lacking.append(names.missing_import(SKU, rows, ctx, row.sku))
    return _all_of(lacking)


def _bring_sku(rows: Rows, ctx: Ctx, _chunk: RowsChunk[SkuOfProduct], row: Row[SkuOfProduct]) -> Done:
    assert row.said is not None
    product = found_product(rows, ctx, row.said.product)
    assert not isinstance(product, Need)
    is_known = names.known(SKU, rows, ctx, row.said.sku) is not None
    return Done(upsert_sku(rows, ctx, product, row.said.sku, str(row.number)).id, found=is_known)


def _all_of(lacking: list[Wants | None]) -> Wants | None:
    found = [each for each in lacking if each is not None]
    if not found:
        return None
    wants = Wants()
    for each in found:
        wants.merge(each)
    return wants


IMPORT_PRODUCTS = applying(Deed("products.import_rows", _want, partial(_bring, from_file=True), _lacking))
"""Body: `RowsChunk` of `ProductIn`. A product that is new has a name."""

CHANGE_PRODUCTS = applying(Deed("products.change_rows", _want, partial(_bring, from_file=False), _lacking))
"""Body: `RowsChunk` of `ProductIn`."""

IMPORT_SKUS = applying(Deed("skus.import_rows", _want_skus, _bring_sku, _lacking_for_skus))
"""Body: `RowsChunk` of `SkuOfProduct`."""
