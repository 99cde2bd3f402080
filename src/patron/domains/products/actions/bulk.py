"""Bulk work on products and SKUs: begun by a request, carried out as a job."""

from functools import partial

from patron.db.actions import Read
from patron.domains.async_actions import (
    Carried,
    CellReaders,
    Plan,
    carrying_rows,
    file_rows,
    itself,
    list_rows,
    name_rows,
    starting,
)
from patron.domains.async_actions.model import AsyncAction
from patron.domains.products.actions.import_rows import CHANGE_PRODUCTS, IMPORT_PRODUCTS, IMPORT_SKUS
from patron.domains.products.columns import ProductColumns, SkuColumns
from patron.domains.products.wire import ProductIn


def _carried(read: Read, action: AsyncAction, plan: Plan) -> Carried:
    shared = plan.shared
    typed = read.rulebook.derived(CellReaders).of("product")
    if action.type == "PRODUCTS.IMPORT_CSV":
        return IMPORT_PRODUCTS, partial(file_rows, ProductColumns(shared.header, typed))
    if action.type == "SKUS.IMPORT_CSV":
        return IMPORT_SKUS, partial(file_rows, SkuColumns(shared.header, typed))
    if action.type == "PRODUCTS.BULK_UPDATE":
        return CHANGE_PRODUCTS, _product_rows
    return CHANGE_PRODUCTS, partial(name_rows, lambda name: ProductIn(source_id=name, metadata=shared.metadata))


_product_rows = list_rows(ProductIn, lambda product: product.source_id or "", itself)

CARRY_ON = carrying_rows("products.bulk", _carried)
"""Carries out bulk work on products and SKUs."""

START_BULK = starting("products.start_bulk", CARRY_ON)
"""Body: `Start`. Answers 202 with the id of the async action."""

START_IMPORT = starting("products.start_import", CARRY_ON, status=200)
"""As `START_BULK`, answering 200, as the reference does for files of products and SKUs."""
