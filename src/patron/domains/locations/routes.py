"""The operations of locations: a project reads them, its management makes them."""

from patron.db.actions import Reply
from patron.db.naming import Naming
from patron.domains.locations.actions.find import find, list_locations
from patron.domains.locations.actions.write import CREATE, REPLACE, Delete, Replace, deleting
from patron.domains.locations.wire import LocationIn, LocationList, LocationOut, LocationsQuery
from patron.http.routes import Call, Route

_PATH, _TAG = "/v1/locations", "Locations"
_MANAGED_PATH, _MANAGED_TAG = "/management/v1/projects/{projectId}/locations", "Management"
_ONE = "{locationId}"


async def index(call: Call[None, LocationsQuery]) -> Reply:
    locations, total = await list_locations(call.read, call.ctx, call.query)
    data = [LocationOut.of(each) for each in locations]
    return call.json(LocationList(data=data, total=total, has_more=total > len(data)))


async def show(call: Call[None, None]) -> Reply:
    return call.json(LocationOut.of(await find(call.read, call.ctx.project_id, call.params["locationId"])))


async def create(call: Call[LocationIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def change(call: Call[LocationIn, None]) -> Reply:
    return await call.write(REPLACE, Replace(call.params["locationId"], call.body))


def removing_routes(naming: Naming) -> tuple[Route, ...]:
    """The operation that deletes a location, which needs to know who may name it."""
    action = deleting(naming)

    async def remove(call: Call[None, None]) -> Reply:
        return await call.write(action, Delete(call.params["locationId"]))

    return (
        Route(
            "DELETE",
            f"{_MANAGED_PATH}/{_ONE}",
            remove,
            summary="Delete a location of a project that no segment names",
            tag=_MANAGED_TAG,
            answers={204: None},
            problems=(400,),
            keys=("management",),
            project="projectId",
        ),
    )


ROUTES = [
    Route(
        "GET",
        _PATH,
        index,
        summary="List locations",
        tag=_TAG,
        query=LocationsQuery,
        answers={200: LocationList},
    ),
    Route(
        "GET",
        f"{_PATH}/{_ONE}",
        show,
        summary="Get a location",
        tag=_TAG,
        answers={200: LocationOut},
    ),
    Route(
        "GET",
        _MANAGED_PATH,
        index,
        summary="List a project's locations",
        tag=_MANAGED_TAG,
        query=LocationsQuery,
        answers={200: LocationList},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "POST",
        _MANAGED_PATH,
        create,
        summary="Create a location of a project",
        tag=_MANAGED_TAG,
        body=LocationIn,
        answers={200: LocationOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "GET",
        f"{_MANAGED_PATH}/{_ONE}",
        show,
        summary="Get a location of a project",
        tag=_MANAGED_TAG,
        answers={200: LocationOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "PUT",
        f"{_MANAGED_PATH}/{_ONE}",
        change,
        summary="Replace a location of a project",
        tag=_MANAGED_TAG,
        body=LocationIn,
        answers={200: LocationOut},
        keys=("management",),
        project="projectId",
    ),
]
