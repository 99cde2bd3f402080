"""What must hold of stored products and SKUs, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check, total_check
from patron.domains.products.model import (
    DELETED_PRODUCTS,
    DELETED_SKUS,
    PRODUCT_KEYS,
    PRODUCTS,
    SKU_KEYS,
    SKUS,
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
_KEY_OF_PRODUCT = sa.exists().where(
    _product_keys.project_id == PROJECT,
    _product_keys.source_id == _products.source_id,
    _product_keys.owner_id == _products.id,
)
_PRODUCT_OF_KEY = sa.exists().where(
    _products.project_id == PROJECT,
    _products.id == _product_keys.owner_id,
    _products.source_id == _product_keys.source_id,
)
_KEY_OF_SKU = sa.exists().where(
    _sku_keys.project_id == PROJECT, _sku_keys.source_id == _skus.source_id, _sku_keys.owner_id == _skus.id
)
_SKU_OF_KEY = sa.exists().where(
    _skus.project_id == PROJECT, _skus.id == _sku_keys.owner_id, _skus.source_id == _sku_keys.source_id
)
_PRODUCT_OF_DELETED = sa.exists().where(_products.project_id == PROJECT, _products.id == DELETED_PRODUCTS.c.id)
_SKU_OF_DELETED = sa.exists().where(_skus.project_id == PROJECT, _skus.id == DELETED_SKUS.c.id)

CHECKS = (
    total_check("products", PRODUCTS),
    check(
        "products.skus",
        "A product's number of SKUs is how many there are.",
        sa.select(_products.id, _products.skus, _NUMBER_OF_SKUS).where(
            _products.project_id == PROJECT, _products.skus != _NUMBER_OF_SKUS
        ),
    ),
    check(
        "products.without_key",
        "Every source_id of a product leads to it.",
        sa.select(_products.id, _NOTHING, sa.literal("a key row for its source_id")).where(
            _products.project_id == PROJECT, _products.source_id != "", ~_KEY_OF_PRODUCT
        ),
    ),
    check(
        "product_keys.of_nobody",
        "Every key row has a product with its source_id.",
        sa.select(_product_keys.source_id, _product_keys.owner_id, _NOTHING).where(
            _product_keys.project_id == PROJECT, ~_PRODUCT_OF_KEY
        ),
    ),
    check(
        "skus.without_key",
        "Every source_id of a SKU leads to it.",
        sa.select(_skus.id, _NOTHING, sa.literal("a key row for its source_id")).where(
            _skus.project_id == PROJECT, _skus.source_id != "", ~_KEY_OF_SKU
        ),
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
    check(
        "deleted_skus.still_there",
        "A deleted SKU is not there.",
        sa.select(DELETED_SKUS.c.id, sa.literal("deleted, and there"), sa.literal("deleted")).where(
            DELETED_SKUS.c.project_id == PROJECT, _SKU_OF_DELETED
        ),
    ),
)
