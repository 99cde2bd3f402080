"""The operations of segments."""

from patron.db.actions import Reply
from patron.domains.customers.wire import CustomerOut
from patron.domains.segments.actions.preview import preview
from patron.domains.segments.wire.preview import PreviewIn, PreviewOut
from patron.http.routes import Call, Route


async def try_out(call: Call[PreviewIn, None]) -> Reply:
    count, sample = await preview(call.read, call.ctx, call.body)
    return call.json(PreviewOut(count=count, sample=[CustomerOut.of(*each) for each in sample]))


ROUTES = [
    Route(
        "POST",
        "/v1/segments/preview",
        try_out,
        summary="Try a filter: how many customers pass it, and who",
        tag="Segments",
        body=PreviewIn,
        answers={200: PreviewOut},
    ),
]
