"""The operations of validations."""

from patron.db.actions import Reply
from patron.domains.redeemables import judge, look, tracking_id_of
from patron.domains.redeemables.wire.asked import RedeemablesIn
from patron.domains.validations.actions.hold import VALIDATE_AND_HOLD
from patron.domains.validations.policy import answer
from patron.domains.validations.wire import ValidationOut
from patron.http.routes import Call, Route


async def validate(call: Call[RedeemablesIn, None]) -> Reply:
    asked = call.body
    facts = await look(call.read, call.ctx, asked, tracking_id_of(call.derive, call.ctx.project_id, asked))
    if asked.locks:
        return await call.write(VALIDATE_AND_HOLD, facts)
    judgement = judge(call.read.rulebook, call.ctx.now, facts)
    return call.json(answer(call.read.rulebook, call.ctx, judgement))


ROUTES = [
    Route(
        "POST",
        "/v1/validations",
        validate,
        summary="Validate redeemables: whether they apply, and what they take off an order",
        tag="Validations",
        body=RedeemablesIn,
        answers={200: ValidationOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/client/v1/validations",
        validate,
        summary="Validate redeemables from a page",
        tag="Client side",
        body=RedeemablesIn,
        answers={200: ValidationOut},
        problems=(404,),
        keys=("client",),
    ),
]
