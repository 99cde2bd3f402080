"""What this domain hands to the bin."""

from typing import Any

import sqlalchemy as sa

from patron.db.binned import Kind
from patron.db.dialect import TEXT, json_member
from patron.db.tables import Table
from patron.domains.products.actions.bin import PURGE, PURGE_SKU, RESTORE, RESTORE_SKU
from patron.domains.products.model import DELETED_PRODUCTS, DELETED_SKUS, PRODUCT_PREFIX, SKU_PREFIX


def _called(table: Table[Any], name: str) -> sa.ColumnElement[str]:
    """Its name, or else its source_id, or else its id."""
    record = table.c.record
    return sa.func.coalesce(
        json_member(record, name), sa.func.nullif(json_member(record, "source_id"), sa.literal("", TEXT)), table.c.id
    )


KINDS = (
    Kind(
        "product",
        PRODUCT_PREFIX,
        DELETED_PRODUCTS,
        called=_called(DELETED_PRODUCTS, "name"),
        parent=sa.null(),
        restore=RESTORE,
        purge=PURGE,
    ),
    Kind(
        "sku",
        SKU_PREFIX,
        DELETED_SKUS,
        called=_called(DELETED_SKUS, "sku"),
        parent=DELETED_SKUS.c.product_id,
        restore=RESTORE_SKU,
        purge=PURGE_SKU,
    ),
)
