"""The operations of locations, which can be read alone."""

import sqlalchemy as sa

from patron.db.actions import Reply
from patron.db.filters.listed import Listed, moment, text
from patron.domains.locations.wire import LocationList, LocationOut, LocationsQuery
from patron.domains.metadata_schemas import narrowing
from patron.http.routes import Call, Route
from patron.kernel.problems import not_found

_FIELDS = Listed({"name": text(sa.null()), "created_at": moment(sa.null()), "updated_at": moment(sa.null())})


async def index(call: Call[None, LocationsQuery]) -> Reply:
    narrowing(_FIELDS, call.query.filters, call.read.rulebook, call.ctx.now)
    return call.json(LocationList(data=[], total=0, has_more=False))


async def show(call: Call[None, None]) -> Reply:
    raise not_found("location", call.params["locationId"])


ROUTES = [
    Route(
        "GET",
        "/v1/locations",
        index,
        summary="List locations",
        tag="Locations",
        query=LocationsQuery,
        answers={200: LocationList},
    ),
    Route(
        "GET",
        "/v1/locations/{locationId}",
        show,
        summary="Get a location",
        tag="Locations",
        answers={200: LocationOut},
    ),
]
