"""Listing orders."""

from typing import Any

from patron.db.actions import Read
from patron.db.counts import TOTAL
from patron.domains.orders.model import LIST, Order
from patron.domains.orders.store import page_of
from patron.domains.orders.wire import OrdersQuery
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.kernel.problems import invalid_query_params


async def list_orders(read: Read, project_id: str, query: OrdersQuery, cursors: Cursors) -> Page[Order]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used."""
    where = _position(query, cursors)
    page = {"project_id": project_id, **where, "limit": query.limit + 1, "offset": query.offset}
    statement = page_of(query.order, after_cursor=bool(where))
    rows, [total] = await read.snapshot((statement, page), (TOTAL, {"project_id": project_id, "name": LIST}))
    entries = rows[: query.limit]
    more = len(rows) > len(entries)
    return Page(entries, total, cursors.seal(_last(query, entries[-1])) if more else None)


def _position(query: OrdersQuery, cursors: Cursors) -> dict[str, Any]:
    if query.cursor is None:
        return {}
    order, value, order_id = cursors.open(query.cursor)
    if order != query.order:
        raise invalid_query_params("cursor: expected the order of the page that it came with")
    return {"value": value, "id": order_id}


def _last(query: OrdersQuery, order: Order) -> tuple[str | int | None, ...]:
    return query.order, getattr(order, query.order.removeprefix("-")), order.id
