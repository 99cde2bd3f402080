"""The operations of qualifications."""

from patron.db.actions import Reply
from patron.domains.qualifications.actions import qualify
from patron.domains.qualifications.wire import QualificationIn, QualificationOut
from patron.domains.redeemables import tracking_id_of
from patron.http.routes import Call, Route


async def check(call: Call[QualificationIn, None]) -> Reply:
    tracking_id = tracking_id_of(call.derive, call.ctx.project_id, call.body.asked())
    return call.json(await qualify(call.read, call.ctx, call.body, tracking_id, call.cursors))


ROUTES = [
    Route(
        "POST",
        "/v1/qualifications",
        check,
        summary="Find what a customer may redeem",
        tag="Qualifications",
        body=QualificationIn,
        answers={200: QualificationOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/client/v1/qualifications",
        check,
        summary="Find what a page's visitor may redeem",
        tag="Client side",
        body=QualificationIn,
        answers={200: QualificationOut},
        problems=(404,),
        keys=("client",),
    ),
]
