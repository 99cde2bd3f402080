"""Listing customers (spec C 2.4)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from patron.db.actions import Ctx, Read
from patron.db.counts import TOTAL
from patron.domains.customers.model import LIST
from patron.domains.customers.store import Among, Found, count_of, page_of
from patron.domains.customers.wire import CustomersQuery
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.http.queries import moment_of
from patron.kernel.problems import invalid_query_params

_TEXTS = ("email", "name", "city")
_MOMENTS = {
    "created_before": "created_at[before]",
    "created_after": "created_at[after]",
    "updated_before": "updated_at[before]",
    "updated_after": "updated_at[after]",
}


ListMembers = Callable[[Read, Ctx, CustomersQuery, Cursors], Awaitable[Page[Found]]]
"""Lists the customers of the segment that a query names; the domain of segments does."""


async def list_customers(read: Read, project_id: str, query: CustomersQuery, cursors: Cursors) -> Page[Found]:
    """The page that a query asks for. Problem 400 names a parameter that cannot be used."""
    asked = asked_of(query, cursors)
    names = tuple(asked.filters)
    common = {"project_id": project_id, **asked.filters}
    count = (count_of(names), common) if names else (TOTAL, {"project_id": project_id, "name": LIST})
    rows, [total] = await read.snapshot((page_of(query.order, names, asked.position), common | asked.page), count)
    return page_from(query, rows, total, cursors)


async def list_among(
    read: Read, project_id: str, query: CustomersQuery, cursors: Cursors, among: Among, values: dict[str, Any]
) -> Page[Found]:
    """The same, of some customers alone; `values` are the parameters of what is true of them."""
    asked = asked_of(query, cursors)
    names = tuple(asked.filters)
    common = {"project_id": project_id, **asked.filters, **values}
    page = among.page_of(query.order, names, asked.position)
    rows, [total] = await read.snapshot((page, common | asked.page), (among.count_of(names), common))
    return page_from(query, rows, total, cursors)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query says: filters by name, where the page begins, and the page's parameters."""

    filters: dict[str, Any]
    position: str | None
    page: dict[str, Any]


def asked_of(query: CustomersQuery, cursors: Cursors) -> Asked:
    """What a query says. Problem 400 names a parameter that cannot be used."""
    position, where = _position(query, cursors)
    return Asked(_filters(query), position, {**where, "limit": query.limit + 1, "offset": query.offset})


def page_from(query: CustomersQuery, rows: list[Found], total: int, cursors: Cursors) -> Page[Found]:
    """The page of these rows, of which there is one more than it has entries where the list goes on."""
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
        order, segment_id, value, customer_id = cursors.open(query.cursor)
        if (order, segment_id) != (query.order, query.segment_id):
            raise invalid_query_params("cursor: expected the order, and segment, of the page that it came with")
        return "cursor", {"value": value, "id": customer_id}
    if query.starting_after is not None:
        if query.order.endswith("source_id"):
            raise invalid_query_params("starting_after: expected an order by created_at or updated_at beside it")
        return "moment", {"moment": moment_of("starting_after", query.starting_after)}
    return None, {}


def _last(query: CustomersQuery, entries: list[Found]) -> tuple[str | int | None, ...]:
    customer = entries[-1][0]
    return query.order, query.segment_id, getattr(customer, query.order.removeprefix("-")), customer.id
