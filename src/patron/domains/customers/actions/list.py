"""Listing customers (spec C 2.4)."""

from typing import Any

from patron.db.actions import Read
from patron.db.counts import TOTAL
from patron.domains.customers.model import LIST
from patron.domains.customers.store import Found, count_of, page_of
from patron.domains.customers.wire import CustomersQuery
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.http.queries import moment_of
from patron.kernel.problems import invalid_query_params, not_found

_TEXTS = ("email", "name", "city")
_MOMENTS = {
    "created_before": "created_at[before]",
    "created_after": "created_at[after]",
    "updated_before": "updated_at[before]",
    "updated_after": "updated_at[after]",
}


async def list_customers(read: Read, project_id: str, query: CustomersQuery, cursors: Cursors) -> Page[Found]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used."""
    if query.segment_id is not None:
        raise not_found("segment", query.segment_id)
    filters = _filters(query)
    position, where = _position(query, cursors)
    names = tuple(filters)
    common = {"project_id": project_id, **filters}
    page = {**common, **where, "limit": query.limit + 1, "offset": query.offset}
    count = (count_of(names), common) if filters else (TOTAL, {"project_id": project_id, "name": LIST})
    rows, [total] = await read.snapshot((page_of(query.order, names, position), page), count)
    entries = rows[: query.limit]
    more = len(rows) > len(entries)
    return Page(entries, total, cursors.seal(_last(query, entries)) if more else None)


def _filters(query: CustomersQuery) -> dict[str, Any]:
    given = {name: getattr(query, name) for name in _TEXTS if getattr(query, name) is not None}
    for field, parameter in _MOMENTS.items():
        text = getattr(query, field)
        if text is not None:
            given[field] = moment_of(parameter, text)
    return given


def _position(query: CustomersQuery, cursors: Cursors) -> tuple[str | None, dict[str, Any]]:
    """Where the page begins: the name of the condition and its parameters."""
    if query.cursor is not None:
        order, value, customer_id = cursors.open(query.cursor)
        if order != query.order:
            raise invalid_query_params("cursor: expected the order of the page that it came with")
        return "cursor", {"value": value, "id": customer_id}
    if query.starting_after is not None:
        if query.order.endswith("source_id"):
            raise invalid_query_params("starting_after: expected an order by created_at or updated_at beside it")
        return "moment", {"moment": moment_of("starting_after", query.starting_after)}
    return None, {}


def _last(query: CustomersQuery, entries: list[Found]) -> tuple[str | int | None, ...]:
    customer = entries[-1][0]
    return query.order, getattr(customer, query.order.removeprefix("-")), customer.id
