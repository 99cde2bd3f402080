"""Listing products, and the SKUs of one."""

from collections.abc import Callable
from typing import Any, TypeVar

from patron.db.actions import Read
from patron.db.counts import TOTAL
from patron.db.statements import Statement
from patron.domains.products.actions.names import PRODUCT, find
from patron.domains.products.model import LIST, Product, Sku
from patron.domains.products.store import SKUS_OF_PRODUCT, products_count, products_page, skus_count, skus_page
from patron.domains.products.wire import EMBEDDED_IN_LISTS, CatalogueQuery
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.http.queries import moment_of
from patron.kernel.problems import invalid_query_params

Row = TypeVar("Row", bound=Product | Sku)
Count = tuple[Statement[int], dict[str, Any]]
PageOf = Callable[[str, tuple[str, ...], bool], Statement[Any]]


async def list_products(read: Read, project_id: str, query: CatalogueQuery, cursors: Cursors) -> Page[Product]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used."""
    filters = _filters(query)
    common = {"project_id": project_id, **filters}
    all_of_them: Count = (TOTAL, {"project_id": project_id, "name": LIST})
    count = (products_count(tuple(filters)), common) if filters else all_of_them
    return await _page(read, query, cursors, products_page, common, count)


async def list_skus(read: Read, project_id: str, product: str, query: CatalogueQuery, cursors: Cursors) -> Page[Sku]:
    """The page of the SKUs of the product with this id or source_id. Problem 404, and 400 as for products."""
    found = await find(PRODUCT, read, project_id, product)
    common = {"project_id": project_id, "product_id": found.id, **_filters(query)}
    return await _page(read, query, cursors, skus_page, common, (skus_count(_names(common)), common))


async def first_skus(read: Read, project_id: str, products: list[Product]) -> dict[str, list[Sku]]:
    """The oldest SKUs of each of these products that has any, by the product's id."""
    ids = [product.id for product in products if product.skus]
    limit = {"project_id": project_id, "limit": EMBEDDED_IN_LISTS}
    found = await read.snapshot(*((SKUS_OF_PRODUCT, {**limit, "product_id": product_id}) for product_id in ids))
    return dict(zip(ids, found, strict=True))


async def _page(
    read: Read, query: CatalogueQuery, cursors: Cursors, page_of: PageOf, common: dict[str, Any], count: Count
) -> Page[Any]:
    after = _after(query, cursors)
    page = {**common, **after, "limit": query.limit + 1, "offset": query.offset}
    rows, [total] = await read.snapshot((page_of(query.order, _names(common), bool(after)), page), count)
    entries = rows[: query.limit]
    more = len(rows) > len(entries)
    return Page(entries, total, cursors.seal(_position(query, entries[-1])) if more else None)


def _names(common: dict[str, Any]) -> tuple[str, ...]:
    """The names of the filters among the parameters."""
    return tuple(name for name in common if name != "project_id")


def _filters(query: CatalogueQuery) -> dict[str, Any]:
    given = {"start_date": query.start_date, "end_date": query.end_date}
    return {name: moment_of(name, text) for name, text in given.items() if text is not None}


def _after(query: CatalogueQuery, cursors: Cursors) -> dict[str, Any]:
    """Where the page begins, as the parameters of that condition; none for the beginning."""
    if query.cursor is None:
        return {}
    order, value, row_id = cursors.open(query.cursor)
    if order != query.order:
        raise invalid_query_params("cursor: expected the order of the page that it came with")
    return {"value": value, "id": row_id}


def _position(query: CatalogueQuery, last: Row) -> tuple[str | int | None, ...]:
    return query.order, getattr(last, query.order.removeprefix("-")), last.id
