"""Listing async actions (spec C 5.4)."""

from typing import Any

from patron.db.actions import Read
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.store import page_of
from patron.domains.async_actions.wire import AsyncActionsQuery
from patron.http.cursors import Cursors
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_query_params


async def list_async_actions(
    read: Read, project_id: str, query: AsyncActionsQuery, cursors: Cursors
) -> tuple[list[AsyncAction], str | None]:
    """The page that a query asks for, and where the list goes on. Problem 400 names what cannot be used."""
    position, where = _position(query, cursors)
    found = await read.scan(page_of(position), project_id=project_id, limit=query.limit + 1, **where)
    entries = found[: query.limit]
    more = len(found) > len(entries)
    return entries, cursors.seal((entries[-1].created_at, entries[-1].id)) if more else None


def _position(query: AsyncActionsQuery, cursors: Cursors) -> tuple[str | None, dict[str, Any]]:
    if query.cursor is not None:
        created_at, action_id = cursors.open(query.cursor)
        return "cursor", {"value": created_at, "id": action_id}
    if query.end_date is None:
        return None, {}
    try:
        return "moment", {"moment": from_iso(query.end_date)}
    except ValueError:
        raise invalid_query_params("end_date: expected a date or a date and time in ISO 8601") from None
