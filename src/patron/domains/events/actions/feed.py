"""Reading a customer's feed (spec C 2.8). Its order is that of the ids, which begin with the time.

While the history of a merged customer still moves, a feed's entries stand under several ids, and are read as one.
"""

from operator import attrgetter
from typing import Any

from patron.db.actions import Read
from patron.db.statements import Statement
from patron.domains.customers import find, histories
from patron.domains.customers.model import Customer
from patron.domains.events.model import ENTRY_PREFIX, Activity
from patron.domains.events.store import ENTRY, FROM_THE_FIRST, TO_THE_LAST, count_of, page_of
from patron.domains.events.wire.feed import ActivitiesQuery, ActivityQuery
from patron.http.queries import moment_of
from patron.kernel.ids import earliest_id
from patron.kernel.problems import invalid_query_params

Params = dict[str, Any]

_BY_TIME = ("created_at", "updated_at")


async def list_activity(
    read: Read, project_id: str, reference: str, query: ActivityQuery
) -> tuple[list[Activity], bool]:
    """A page of the feed of the customer with this id or source_id, and whether there is more.

    Problem 404 for an unknown customer, 400 for a parameter that cannot be used.
    """
    customer, _ = await find(read, project_id, reference)
    ids = await histories(read, customer)
    last = await _last(read, project_id, ids, query.starting_after_id)
    down = query.order.startswith("-")
    given = _filters(query, "type", "campaign_type", "campaign_id")
    names = (*given,) if query.type is not None else (*given, "known")
    if query.category is not None:
        names = (*names, query.category.lower())
    bounds = _dates(query)
    if last is not None:
        bounds = _beyond(bounds, last.id, down=down)
    page = {"project_id": project_id, "limit": query.limit + 1, **given, **bounds}
    order = "-id" if down else "id"
    entries = _in_order(await _asked(read, page_of(order, names, after=False), ids, page), order)
    return entries[: query.limit], len(entries) > query.limit


async def recent(read: Read, customer: Customer, limit: int) -> list[Activity]:
    """The newest entries of a customer's feed, of every kind, newest first: for pages of our own."""
    page = {"project_id": customer.project_id, "limit": limit, "above": FROM_THE_FIRST, "below": TO_THE_LAST}
    ids = await histories(read, customer)
    return _in_order(await _asked(read, page_of("-id", (), after=False), ids, page), "-id")[:limit]


async def _asked(read: Read, statement: Statement[Activity], ids: list[str], params: Params) -> list[list[Activity]]:
    """What a question brings under each of these ids, all as of one moment."""
    if len(ids) == 1:
        return [await read.scan(statement, customer_id=ids[0], **params)]
    return await read.snapshot(*((statement, {"customer_id": each, **params}) for each in ids))


def _in_order(pages: list[list[Activity]], order: str) -> list[Activity]:
    """The entries of several pages in the order that each of them has."""
    if len(pages) == 1:
        return pages[0]
    keys = attrgetter(order.removeprefix("-"), "id")
    return sorted((entry for page in pages for entry in page), key=keys, reverse=order.startswith("-"))


async def list_activities(
    read: Read, project_id: str, reference: str, query: ActivitiesQuery
) -> tuple[list[Activity], int]:
    """A page of the older list, and how many entries pass its filters in all. Problems as above."""
    customer, _ = await find(read, project_id, reference)
    ids = await histories(read, customer)
    last = await _last(read, project_id, ids, query.starting_after_id)
    given = _filters(query, "campaign_type", "campaign_id", "product_id")
    every = {"project_id": project_id, **given, **_dates(query)}
    order, where = _position(query, last)
    names = (*given, "known")
    page, count = page_of(order, names, after="value" in where), count_of(names)
    told = await read.snapshot(
        *((page, {**every, **where, "customer_id": each, "limit": query.limit}) for each in ids),
        *((count, {**every, "customer_id": each}) for each in ids),
    )
    entries = _in_order(told[: len(ids)], order)
    return entries[: query.limit], sum(total for [total] in told[len(ids) :])


async def _last(read: Read, project_id: str, customer_ids: list[str], entry_id: str | None) -> Activity | None:
    """The entry after which a page begins; None where it begins at the beginning. Problem 400 for an unknown one."""
    if entry_id is None:
        return None
    # At one moment, since the history of a merged customer may just be moving from one id to the other.
    named = ({"project_id": project_id, "customer_id": each, "id": entry_id} for each in customer_ids)
    found = await read.snapshot(*((ENTRY, params) for params in named))
    last: Activity | None = next((entry for [entry] in filter(None, found)), None)
    if last is not None:
        return last
    raise invalid_query_params("starting_after_id: expected the id of an entry of this customer's feed")


def _filters(query: ActivityQuery | ActivitiesQuery, *names: str) -> Params:
    return {name: getattr(query, name) for name in names if getattr(query, name) is not None}


def _dates(query: ActivityQuery | ActivitiesQuery) -> Params:
    """The bounds of ids that stand for `start_date` and `end_date`, both moments included."""
    above, below = FROM_THE_FIRST, TO_THE_LAST
    if query.start_date is not None:
        above = earliest_id(ENTRY_PREFIX, moment_of("start_date", query.start_date))
    if query.end_date is not None:
        below = earliest_id(ENTRY_PREFIX, moment_of("end_date", query.end_date) + 1)
    return {"above": above, "below": below}


def _beyond(bounds: Params, point: str, *, down: bool) -> Params:
    """The bounds, narrowed to what comes after this id in the direction."""
    if down:
        return {**bounds, "below": min(bounds["below"], point)}
    return {**bounds, "above": max(bounds["above"], point)}


def _position(query: ActivitiesQuery, last: Activity | None) -> tuple[str, Params]:
    """The order as a page knows it, and the parameters of where the page begins."""
    down, column = query.order.startswith("-"), query.order.removeprefix("-")
    by_time = column in _BY_TIME
    order = ("-" if down else "") + ("id" if by_time else column)
    where: Params = {}
    if query.starting_after is not None:
        if not by_time:
            raise invalid_query_params("starting_after: expected an order by created_at or updated_at beside it")
        moment = moment_of("starting_after", query.starting_after)
        where = _beyond(_dates(query), earliest_id(ENTRY_PREFIX, moment if down else moment + 1), down=down)
    if last is not None and by_time:
        where = _beyond(where or _dates(query), last.id, down=down)
    elif last is not None:
        where = {"value": getattr(last, column), "id": last.id}
    return order, where
