"""Finding locations: one, and a page of them."""

from collections.abc import Callable
from typing import Any

from patron.db.actions import Ctx, Read
from patron.domains.locations.fields import LOCATION_FIELDS
from patron.domains.locations.model import Location
from patron.domains.locations.store import BY_ID, LIVE
from patron.domains.locations.wire import LocationsQuery
from patron.domains.metadata_schemas import narrowing
from patron.http.queries import moment_of
from patron.kernel.problems import Problem, not_found

KIND = "location"

_ORDERS: dict[str, Callable[[Location], Any]] = {
    "created_at": lambda each: (each.created_at, each.id),
    "updated_at": lambda each: (each.updated_at or 0, each.created_at, each.id),
}
"""What was never changed comes before everything that was, by the time of its last change."""


async def find(read: Read, project_id: str, location_id: str) -> Location:
    """The location with this id. Problem 404."""
    location = await read.one(BY_ID, project_id=project_id, id=location_id)
    if location is None:
        raise unknown(location_id)
    return location


def unknown(location_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(KIND, location_id)


async def list_locations(read: Read, ctx: Ctx, query: LocationsQuery) -> tuple[list[Location], int]:
    """The page that a query asks for, and how many there are in all: a project has few."""
    narrowed = narrowing(LOCATION_FIELDS, query.filters, read.rulebook, ctx.now)
    locations = await read.scan(narrowed.of(LIVE), project_id=ctx.project_id, **narrowed.values)
    if query.end_date is not None:
        end = moment_of("end_date", query.end_date)
        locations = [each for each in locations if each.created_at <= end]
    locations.sort(key=_ORDERS[query.order.removeprefix("-")], reverse=query.order.startswith("-"))
    return locations[: query.limit], len(locations)
