"""Telling how a customer's consents came to be what they are."""

from typing import Any

from patron.db.actions import Read
from patron.domains.consents.policy import simple
from patron.domains.consents.store import COUNT, Told, page_of
from patron.domains.consents.wire import ConsentChangeOut, HistoryQuery
from patron.http.cursors import Cursors
from patron.kernel.clock import to_iso
from patron.kernel.problems import invalid_query_params


class Page:
    """A page: its entries, how many there are in all, and where the history goes on (None: it ends here)."""

    def __init__(self, entries: list[ConsentChangeOut], total: int, next_cursor: str | None) -> None:
        self.entries = entries
        self.total = total
        self.next_cursor = next_cursor


async def history(read: Read, project_id: str, customer_id: str, query: HistoryQuery, cursors: Cursors) -> Page:
    """The page of a customer's history that a query asks for. Problem 400 for a cursor of another list."""
    whose = {"project_id": project_id, "customer_id": customer_id}
    position, where = _position(query, customer_id, cursors)
    page = {**whose, **where, "limit": query.limit + 1, "offset": query.offset}
    rows, [total] = await read.snapshot((page_of(query.order, position), page), (COUNT, whose))
    entries: list[Told] = rows[: query.limit]
    next_cursor = None
    if len(rows) > len(entries):
        last, _ = entries[-1]
        next_cursor = cursors.seal((customer_id, query.order, last.created_at, last.id))
    return Page([_entry(told) for told in entries], total, next_cursor)


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
