"""What is asked of stored products and SKUs."""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import JsonText, each_text, row_text
from patron.db.statements import Statement
from patron.db.tables import R, Table
from patron.domains.products.model import (
    DELETED_PRODUCTS,
    DELETED_SKUS,
    PRODUCT_KEYS,
    PRODUCTS,
    SKU_KEYS,
    SKUS,
    Deleted,
    Product,
    Sku,
    SourceKey,
)

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")


def _by_id(table: Table[R]) -> Statement[R]:
    return Statement(
        sa.select(table.sa).where(table.c.project_id == _PROJECT, table.c.id == sa.bindparam("id")), table.struct
    )


def _key(table: Table[SourceKey]) -> Statement[SourceKey]:
    return Statement(
        sa.select(table.sa).where(table.c.project_id == _PROJECT, table.c.source_id == sa.bindparam("source_id")),
        SourceKey,
    )


def _given(parameter: str) -> sa.TableValuedAlias:
    """The values of a parameter that is a JSON array of texts.

    Each is looked up by a subquery of its own: a join may be planned as a scan of the whole table.
    """
    return each_text(sa.bindparam(parameter, type_=JsonText())).table_valued("value", name="given")


def _by_ids(table: Table[R]) -> Statement[R | None]:
    given = _given("ids")
    row = (
        sa.select(row_text(*table.c))
        .where(table.c.project_id == _PROJECT, table.c.id == given.c.value)
        .scalar_subquery()
    )
    return Statement(
        sa.select(row).select_from(given),
        lambda text: None if text is None else table.struct(*msgspec.json.decode(text)),
    )


def _owners(table: Table[SourceKey]) -> Statement[tuple[str, str | None]]:
    given = _given("source_ids")
    owner = (
        sa.select(table.c.owner_id)
        .where(table.c.project_id == _PROJECT, table.c.source_id == given.c.value)
        .scalar_subquery()
    )
    return Statement(sa.select(given.c.value, owner), lambda source_id, owner_id: (source_id, owner_id))


PRODUCT = _by_id(PRODUCTS)
"""The product with this id."""
SKU = _by_id(SKUS)
"""The SKU with this id."""
PRODUCT_KEY = _key(PRODUCT_KEYS)
"""Whose this source_id of a product is."""
SKU_KEY = _key(SKU_KEYS)
"""Whose this source_id of a SKU is."""
PRODUCTS_BY_ID = _by_ids(PRODUCTS)
"""The products with these ids (a JSON array), None for one that is nothing's."""
SKUS_BY_ID = _by_ids(SKUS)
"""The SKUs with these ids (a JSON array), None for one that is nothing's."""
PRODUCT_OWNERS = _owners(PRODUCT_KEYS)
"""Whose these source_ids (a JSON array) of products are: one row for each, with None where it is nobody's."""
SKU_OWNERS = _owners(SKU_KEYS)
"""Whose these source_ids (a JSON array) of SKUs are: one row for each, with None where it is nobody's."""

SKUS_OF_PRODUCT = Statement(
    sa.select(SKUS.sa)
    .where(SKUS.c.project_id == _PROJECT, SKUS.c.product_id == sa.bindparam("product_id"))
    .order_by(SKUS.c.created_at, SKUS.c.id)
    .limit(sa.bindparam("limit")),
    Sku,
)
"""The oldest SKUs of a product, so many."""

DELETED_PRODUCT = _by_id(DELETED_PRODUCTS)
"""What is left of the deleted product with this id."""
DELETED_SKU = _by_id(DELETED_SKUS)
"""What is left of the deleted SKU with this id."""

_OF_PRODUCT = (DELETED_SKUS.c.project_id == _PROJECT, DELETED_SKUS.c.product_id == sa.bindparam("product_id"))
SKUS_DELETED_WITH = Statement(
    sa.select(DELETED_SKUS.sa)
    .where(*_OF_PRODUCT, DELETED_SKUS.c.deleted_at == sa.bindparam("deleted_at"))
    .order_by(DELETED_SKUS.c.id)
    .limit(sa.bindparam("limit")),
    Deleted,
)
"""The SKUs of a product that were deleted at this moment, so many."""

PURGE_SKUS = Statement(
    sa.delete(DELETED_SKUS.sa)
    .where(
        *_OF_PRODUCT,
        sa.exists().where(
            DELETED_PRODUCTS.c.project_id == _PROJECT,
            DELETED_PRODUCTS.c.id == sa.bindparam("product_id"),
            DELETED_PRODUCTS.c.deleted_at == sa.bindparam("deleted_at"),
        ),
    )
    .returning(DELETED_SKUS.c.id),
    str,
)
"""Ends every deleted SKU of a product that was deleted at this moment, and is still."""

_POSITION = sa.tuple_(sa.bindparam("value"), sa.bindparam("id"))


def _filters(table: Table[Any]) -> dict[str, ColumnElement[bool]]:
    return {
        "start_date": table.c.created_at >= sa.bindparam("start_date"),
        "end_date": table.c.created_at <= sa.bindparam("end_date"),
        "product_id": SKUS.c.product_id == sa.bindparam("product_id"),
    }


@cache
def products_page(order: str, filters: tuple[str, ...], after_cursor: bool) -> Statement[Product]:
    """A page of products in this order (`-created_at` …) that pass the named filters.

    Parameters: `project_id`, `limit`, `offset`, one for each filter; after a cursor `value` and `id`, the last entry's.
    """
    return _page(PRODUCTS, order, filters, after_cursor=after_cursor)


@cache
def skus_page(order: str, filters: tuple[str, ...], after_cursor: bool) -> Statement[Sku]:
    """As `products_page`; SKUs are of one product with the filter `product_id`."""
    return _page(SKUS, order, filters, after_cursor=after_cursor)


@cache
def products_count(filters: tuple[str, ...]) -> Statement[int]:
    """How many products pass the named filters."""
    return _count(PRODUCTS, filters)


@cache
def skus_count(filters: tuple[str, ...]) -> Statement[int]:
    """How many SKUs pass the named filters."""
    return _count(SKUS, filters)


def _page(table: Table[R], order: str, filters: tuple[str, ...], *, after_cursor: bool) -> Statement[R]:
    column = table.c[order.removeprefix("-")]
    down = order.startswith("-")
    page = _filtered(sa.select(table.sa), table, filters)
    if after_cursor:
        here = sa.tuple_(column, table.c.id)
        page = page.where(here < _POSITION if down else here > _POSITION)
    directed = (column.desc(), table.c.id.desc()) if down else (column.asc(), table.c.id.asc())
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), table.struct)


def _count(table: Table[Any], filters: tuple[str, ...]) -> Statement[int]:
    return Statement(_filtered(sa.select(sa.func.count()).select_from(table.sa), table, filters), int)


def _filtered(select: sa.Select[Any], table: Table[Any], filters: tuple[str, ...]) -> sa.Select[Any]:
    conditions: Callable[[str], ColumnElement[bool]] = _filters(table).__getitem__
    return select.where(table.c.project_id == _PROJECT, *map(conditions, filters))
