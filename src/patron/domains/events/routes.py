"""The operations of feeds, events and their definitions."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.events.actions.define import (
    CHANGE,
    DEFINE,
    REMOVE,
    Change,
    Remove,
    find_definition,
    list_definitions,
)
from patron.domains.events.actions.feed import list_activities, list_activity
from patron.domains.events.actions.track import TRACK
from patron.domains.events.actions.track_from_page import TRACK_FROM_PAGE
from patron.domains.events.wire.definition import DefinitionIn, DefinitionList, DefinitionOut, DefinitionPatch
from patron.domains.events.wire.event import EventIn, EventOut, PageEventIn, PageEventOut
from patron.domains.events.wire.feed import ActivitiesList, ActivitiesQuery, ActivityList, ActivityOut, ActivityQuery
from patron.http.routes import Call, Route


async def feed(call: Call[None, ActivityQuery]) -> Reply:
    entries, more = await list_activity(call.read, call.ctx.project_id, call.params["customerId"], call.query)
    return call.json(
        ActivityList(
            object="list",
            data_ref="data",
            data=[ActivityOut.of(entry) for entry in entries],
            has_more=more,
            more_starting_after=entries[-1].id if more else UNSET,
        )
    )


async def older_feed(call: Call[None, ActivitiesQuery]) -> Reply:
    entries, total = await list_activities(call.read, call.ctx.project_id, call.params["customerId"], call.query)
    data = [ActivityOut.of(entry) for entry in entries]
    return call.json(ActivitiesList(object="list", data_ref="data", data=data, total=total))


async def track(call: Call[EventIn, None]) -> Reply:
    return await call.write(TRACK, call.body)


async def track_from_page(call: Call[PageEventIn, None]) -> Reply:
    return await call.write(TRACK_FROM_PAGE, call.body)


async def definitions(call: Call[None, None]) -> Reply:
    data = [DefinitionOut.of(each) for each in await list_definitions(call.read, call.ctx.project_id)]
    return call.json(DefinitionList("list", "data", data, len(data)))


async def define(call: Call[DefinitionIn, None]) -> Reply:
    return await call.write(DEFINE, call.body)


async def definition(call: Call[None, None]) -> Reply:
    return call.json(DefinitionOut.of(await find_definition(call.read, call.ctx.project_id, call.params[DEFINITION])))


async def change(call: Call[DefinitionPatch, None]) -> Reply:
    return await call.write(CHANGE, Change(call.params[DEFINITION], call.body))


async def remove(call: Call[None, None]) -> Reply:
    return await call.write(REMOVE, Remove(call.params[DEFINITION]))


DEFINITION = "customEventSchemaId"
_DEFINITIONS = "/management/v1/projects/{projectId}/custom-event-schemas"
_DEFINITION = f"{_DEFINITIONS}/{{{DEFINITION}}}"

ROUTES = [
    Route(
        "GET",
        "/v1/customers/{customerId}/activity",
        feed,
        summary="List what happened to a customer",
        tag="Customers",
        query=ActivityQuery,
        answers={200: ActivityList},
    ),
    Route(
        "GET",
        "/v1/customers/{customerId}/activities",
        older_feed,
        summary="List what happened to a customer, as older clients ask for it (deprecated)",
        tag="Customers",
        query=ActivitiesQuery,
        answers={200: ActivitiesList},
    ),
    Route(
        "POST",
        "/v1/events",
        track,
        summary="Track an event that happened to a customer",
        tag="Events",
        body=EventIn,
        answers={200: EventOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/client/v1/events",
        track_from_page,
        summary="Track an event of a page's visitor",
        tag="Client side",
        body=PageEventIn,
        answers={200: PageEventOut},
        problems=(404,),
        keys=("client",),
        switch="track_events",
    ),
    Route(
        "GET",
        _DEFINITIONS,
        definitions,
        summary="List the definitions of events",
        tag="Management",
        answers={200: DefinitionList},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "POST",
        _DEFINITIONS,
        define,
        summary="Define an event",
        tag="Management",
        body=DefinitionIn,
        answers={200: DefinitionOut},
        problems=(409,),
        keys=("management",),
        project="projectId",
    ),
    Route(
        "GET",
        _DEFINITION,
        definition,
        summary="Get the definition of an event",
        tag="Management",
        answers={200: DefinitionOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "PUT",
        _DEFINITION,
        change,
        summary="Add or change properties of an event",
        tag="Management",
        body=DefinitionPatch,
        answers={200: DefinitionOut},
        keys=("management",),
        project="projectId",
    ),
    Route(
        "DELETE",
        _DEFINITION,
        remove,
        summary="Remove the definition of an event",
        tag="Management",
        answers={204: None},
        keys=("management",),
        project="projectId",
    ),
]
