"""The operations of validations."""

from typing import Any

from patron.db.actions import Reply
from patron.domains.redeemables import judge, look, tracking_id_of
from patron.domains.redeemables.wire.asked import RedeemablesIn
from patron.domains.validations.actions.hold import VALIDATE_AND_HOLD, Hold
from patron.domains.validations.policy import answer, answer_about_one
from patron.domains.validations.wire import ValidateQuery, ValidationOut, VoucherValidationIn, VoucherValidationOut
from patron.http.routes import Call, Route


async def validate(call: Call[RedeemablesIn, None]) -> Reply:
    return await _validate(call, call.body, single=False)


async def validate_voucher(call: Call[VoucherValidationIn, None]) -> Reply:
    return await _validate(call, call.body.about(call.params["code"]), single=True)


async def validate_by_query(call: Call[None, ValidateQuery]) -> Reply:
    return await _validate(call, call.query.asked(), single=True)


async def _validate(call: Call[Any, Any], asked: RedeemablesIn, *, single: bool) -> Reply:
    """Only a session that is to hold what applies makes a write of it."""
    facts = await look(call.read, call.ctx, asked, tracking_id_of(call.derive, call.ctx.project_id, asked))
    if asked.locks:
        return await call.write(VALIDATE_AND_HOLD, Hold(facts, single))
    judgement = judge(call.read.rulebook, call.ctx.now, facts)
    told = answer(call.read.rulebook, call.ctx, judgement)
    return call.json(answer_about_one(call.ctx, judgement, told) if single else told)


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
    Route(
        "POST",
        "/v1/vouchers/{code}/validate",
        validate_voucher,
        summary="Validate one voucher; /v1/validations does it for several",
        tag="Validations",
        body=VoucherValidationIn,
        answers={200: VoucherValidationOut},
        problems=(404,),
    ),
    Route(
        "GET",
        "/client/v1/validate",
        validate_by_query,
        summary="Validate one voucher from a page; /client/v1/validations does it for several",
        tag="Client side",
        query=ValidateQuery,
        answers={200: VoucherValidationOut},
        keys=("client",),
        changes=True,
    ),
]
