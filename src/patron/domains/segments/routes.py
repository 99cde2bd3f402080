"""The operations of segments."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.db.naming import Naming
from patron.domains.customers.wire import CustomerOut
from patron.domains.segments.actions.find import find, list_activities, list_segments, segments_of_customer, why
from patron.domains.segments.actions.preview import preview
from patron.domains.segments.actions.write import CREATE, UPDATE, Delete, Update, deleting
from patron.domains.segments.wire.explanation import ExplanationOut, told
from patron.domains.segments.wire.preview import PreviewIn, PreviewOut
from patron.domains.segments.wire.queries import ActivitiesQuery, SegmentsQuery
from patron.domains.segments.wire.segment import (
    SegmentActivities,
    SegmentActivityOut,
    SegmentIn,
    SegmentList,
    SegmentOut,
    SegmentPatch,
    SegmentsOfCustomerList,
    SimpleSegment,
)
from patron.http.routes import Call, Route


async def index(call: Call[None, SegmentsQuery]) -> Reply:
    segments, total, more = await list_segments(call.read, call.ctx, call.query)
    return call.json(SegmentList(data=[SegmentOut.of(each) for each in segments], total=total, has_more=more))


async def create(call: Call[SegmentIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    return call.json(SegmentOut.of(await find(call.read, call.ctx.project_id, call.params["segmentId"])))


async def change(call: Call[SegmentPatch, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["segmentId"], call.body))


async def index_activities(call: Call[None, ActivitiesQuery]) -> Reply:
    found, more = await list_activities(call.read, call.ctx.project_id, call.params["segmentId"], call.query)
    return call.json(
        SegmentActivities(
            data=[SegmentActivityOut.of(each) for each in found],
            has_more=more,
            more_starting_after=found[-1].id if more else UNSET,
        )
    )


async def index_of_customer(call: Call[None, None]) -> Reply:
    segments = await segments_of_customer(call.read, call.ctx, call.params["customerId"])
    return call.json(SegmentsOfCustomerList(data=[SimpleSegment.of(each) for each in segments], total=len(segments)))


async def explain(call: Call[None, None]) -> Reply:
    found = await why(call.read, call.ctx, call.params["segmentId"], call.params["customerId"])
    segment, customer, is_member, reasons = found
    return call.json(
        ExplanationOut(
            segment=SimpleSegment.of(segment),
            customer_id=customer.id,
            is_member=is_member,
            explanation=None if reasons is None else told(reasons),
        )
    )


async def try_out(call: Call[PreviewIn, None]) -> Reply:
    count, sample = await preview(call.read, call.ctx, call.body)
    return call.json(PreviewOut(count=count, sample=[CustomerOut.of(*each) for each in sample]))


def removing_routes(naming: Naming) -> tuple[Route, ...]:
    """The operation that deletes a segment, which needs to know who may name it."""
    action = deleting(naming)

    async def remove(call: Call[None, None]) -> Reply:
        return await call.write(action, Delete(call.params["segmentId"]))

    return (
        Route(
            "DELETE",
            "/v1/segments/{segmentId}",
            remove,
            summary="Delete a segment that no validation rule names",
            tag="Segments",
            answers={204: None},
            problems=(400,),
        ),
    )


ROUTES = [
    Route(
        "GET",
        "/v1/customers/{customerId}/segments",
        index_of_customer,
        summary="List the segments that a customer is in, or that somebody unknown would be in",
        tag="Customers",
        answers={200: SegmentsOfCustomerList},
    ),
    Route(
        "GET",
        "/v1/segments",
        index,
        summary="List segments",
        tag="Segments",
        query=SegmentsQuery,
        answers={200: SegmentList},
    ),
    Route(
        "POST",
        "/v1/segments",
        create,
        summary="Create a segment, with a filter or of listed customers",
        tag="Segments",
        body=SegmentIn,
        answers={200: SegmentOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/segments/preview",
        try_out,
        summary="Try a filter: how many customers pass it, and who",
        tag="Segments",
        body=PreviewIn,
        answers={200: PreviewOut},
    ),
    Route(
        "GET",
        "/v1/segments/{segmentId}",
        show,
        summary="Get a segment",
        tag="Segments",
        answers={200: SegmentOut},
    ),
    Route(
        "PUT",
        "/v1/segments/{segmentId}",
        change,
        summary="Change a passive segment",
        tag="Segments",
        body=SegmentPatch,
        answers={200: SegmentOut},
    ),
    Route(
        "GET",
        "/v1/segments/{segmentId}/activities",
        index_activities,
        summary="List what happened to a segment",
        tag="Segments",
        query=ActivitiesQuery,
        answers={200: SegmentActivities},
    ),
    Route(
        "GET",
        "/v1/segments/{segmentId}/customers/{customerId}/explanation",
        explain,
        summary="Explain why a customer is in a segment, or not",
        tag="Segments",
        answers={200: ExplanationOut},
    ),
]
