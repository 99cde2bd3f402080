"""Telling how a customer's consents came to be what they are."""

from itertools import chain
from typing import Any

from patron.db.actions import Read
from patron.db.statements import Statement
from patron.domains.consents.policy import simple
from patron.domains.consents.store import COUNT, Told, page_of
from patron.domains.consents.wire import ConsentChangeOut, HistoryQuery
from patron.domains.customers import histories
from patron.domains.customers.model import Customer
from patron.http.cursors import Cursors
from patron.http.listing import Page
from patron.kernel.clock import to_iso
from patron.kernel.problems import invalid_query_params


async def history(read: Read, customer: Customer, query: HistoryQuery, cursors: Cursors) -> Page[ConsentChangeOut]:
    """The page of a customer's history that a query asks for. Problem 400 for a cursor of another list."""
    ids = await histories(read, customer)
    position, where = _position(query, customer.id, cursors)
    told, total = await _asked(read, customer.project_id, ids, query, page_of(query.order, position), where)
    entries = told[: query.limit]
    next_cursor = None
    if len(told) > len(entries):
        last, _ = entries[-1]
        next_cursor = cursors.seal((customer.id, query.order, last.created_at, last.id))
    return Page([_entry(each) for each in entries], total, next_cursor)


async def _asked(
    read: Read, project_id: str, ids: list[str], query: HistoryQuery, statement: Statement[Told], where: dict[str, Any]
) -> tuple[list[Told], int]:
    """A page and one entry more, and how many there are in all, under one id or several, as of one moment."""
    alone = len(ids) == 1
    offset = query.offset if alone else 0  # how much of each to pass over is not known until they stand in one order
    limit = query.limit + 1 + query.offset - offset
    page = {"project_id": project_id, **where, "limit": limit, "offset": offset}
    told = await read.snapshot(
        *((statement, {**page, "customer_id": each}) for each in ids),
        *((COUNT, {"project_id": project_id, "customer_id": each}) for each in ids),
    )
    total = sum(count for [count] in told[len(ids) :])
    if alone:
        return told[0], total
    changes = sorted(chain.from_iterable(told[: len(ids)]), key=_place, reverse=query.order.startswith("-"))
    return changes[query.offset : query.offset + query.limit + 1], total


def _place(told: Told) -> tuple[int, str]:
    return told[0].created_at, told[0].id


def _position(query: HistoryQuery, customer_id: str, cursors: Cursors) -> tuple[str | None, dict[str, Any]]:
    """Where the page begins: the name of the condition and its parameters."""
    if query.cursor is None:
        return None, {}
    whose, order, value, change_id = cursors.open(query.cursor)
    if (whose, order) != (customer_id, query.order):
        raise invalid_query_params("cursor: expected the customer and the order of the page that it came with")
    return "cursor", {"value": value, "id": change_id}


def _entry(told: Told) -> ConsentChangeOut:
    change, name = told
    return ConsentChangeOut(
        id=change.id,
        consent=simple(change.consent_id, name),
        before=None if change.before is None else bool(change.before),
        value=bool(change.value),
        date=to_iso(change.created_at),
        channel=change.channel,
        api_key_id=change.key_id or None,
        origin=change.origin or None,
        request_id=change.request_id or None,
    )
