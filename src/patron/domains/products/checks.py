"""What must hold of stored products and SKUs, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, absent_check, check, column_check, total_check
from patron.db.dialect import json_member
from patron.domains.products.model import (
    DELETED_PRODUCTS,
    DELETED_SKUS,
    NO_SOURCE_ID,
    PRODUCT_KEYS,
    PRODUCTS,
    SKU_KEYS,
    SKUS,
    SourceKey,
)

_products, _product_keys = PRODUCTS.c, PRODUCT_KEYS.c
_skus, _sku_keys = SKUS.c, SKU_KEYS.c

_NOTHING = sa.null()

_NUMBER_OF_SKUS = (
    sa.select(sa.func.count())
    .select_from(SKUS.sa)
    .where(_skus.project_id == PROJECT, _skus.product_id == _products.id)
    .scalar_subquery()
)
_PRODUCT_OF_KEY = sa.exists().where(
    _products.project_id == PROJECT,
    _products.id == _product_keys.owner_id,
    _products.source_id == _product_keys.source_id,
)
_SKU_OF_KEY = sa.exists().where(
    _skus.project_id == PROJECT, _skus.id == _sku_keys.owner_id, _skus.source_id == _sku_keys.source_id
)
_PRODUCT_OF_DELETED = sa.exists().where(_products.project_id == PROJECT, _products.id == DELETED_PRODUCTS.c.id)
_SKU_OF_DELETED = sa.exists().where(_skus.project_id == PROJECT, _skus.id == DELETED_SKUS.c.id)

CHECKS = (
    total_check("products", PRODUCTS),
    column_check(
        "products.skus", "A product's number of SKUs is how many there are.", PRODUCTS, "skus", _NUMBER_OF_SKUS
    ),
    absent_check(
        "products.without_key",
        "Every source_id of a product leads to it.",
        PRODUCTS,
        PRODUCT_KEYS,
        [_products.source_id],
        lambda product, source_id: SourceKey(product.project_id, source_id, product.id),
        where=[_products.source_id != NO_SOURCE_ID],
        also=[_product_keys.owner_id == _products.id],
    ),
    check(
        "product_keys.of_nobody",
        "Every key row has a product with its source_id.",
        sa.select(_product_keys.source_id, _product_keys.owner_id, _NOTHING).where(
            _product_keys.project_id == PROJECT, ~_PRODUCT_OF_KEY
        ),
    ),
    absent_check(
        "skus.without_key",
        "Every source_id of a SKU leads to it.",
        SKUS,
        SKU_KEYS,
        [_skus.source_id],
        lambda sku, source_id: SourceKey(sku.project_id, source_id, sku.id),
        where=[_skus.source_id != NO_SOURCE_ID],
        also=[_sku_keys.owner_id == _skus.id],
    ),
    check(
        "sku_keys.of_nobody",
        "Every key row has a SKU with its source_id.",
        sa.select(_sku_keys.source_id, _sku_keys.owner_id, _NOTHING).where(
            _sku_keys.project_id == PROJECT, ~_SKU_OF_KEY
        ),
    ),
    check(
        "deleted_products.still_there",
        "A deleted product is not there.",
        sa.select(DELETED_PRODUCTS.c.id, sa.literal("deleted, and there"), sa.literal("deleted")).where(
            DELETED_PRODUCTS.c.project_id == PROJECT, _PRODUCT_OF_DELETED
        ),
    ),
    *(
        check(
            f"{table.name}.record",
            "What is kept of what was deleted is its own row.",
            sa.select(table.c.id, json_member(table.c.record, "id"), table.c.id).where(
                table.c.project_id == PROJECT, json_member(table.c.record, "id").is_distinct_from(table.c.id)
            ),
        )
        for table in (DELETED_PRODUCTS, DELETED_SKUS)
    ),
    check(
        "deleted_skus.still_there",
        "A deleted SKU is not there.",
        sa.select(DELETED_SKUS.c.id, sa.literal("deleted, and there"), sa.literal("deleted")).where(
            DELETED_SKUS.c.project_id == PROJECT, _SKU_OF_DELETED
        ),
    ),
)
