"""The operations of validations."""

from typing import Any

from patron.db.actions import Reply
from patron.domains.redeemables import Facts, judge, look, tracking_id_of
from patron.domains.redeemables.wire.asked import RedeemablesIn
from patron.domains.validations.actions.hold import VALIDATE_AND_HOLD, Hold
from patron.domains.validations.policy import (
    answer,
    answer_about_one,
    answer_about_tier,
    answer_about_tiers,
    newest_tiers,
)
from patron.domains.validations.wire import (
    PromotionsQuery,
    PromotionsValidationOut,
    PromotionValidationIn,
    TiersQuery,
    TierValidationOut,
    ValidateQuery,
    ValidationOut,
    VoucherValidationIn,
    VoucherValidationOut,
)
from patron.http.routes import Call, Route


async def validate(call: Call[RedeemablesIn, None]) -> Reply:
    return await _validate(call, call.body, single=False)


async def validate_voucher(call: Call[VoucherValidationIn, None]) -> Reply:
    return await _validate(call, call.body.about(call.params["code"]), single=True)


async def validate_by_query(call: Call[None, ValidateQuery]) -> Reply:
    return await _validate(call, call.query.asked(), single=True)


async def _validate(call: Call[Any, Any], asked: RedeemablesIn, *, single: bool) -> Reply:
    """Only a session that is to hold what applies makes a write of it."""
    facts = await _facts(call, asked)
    if asked.locks:
        return await call.write(VALIDATE_AND_HOLD, Hold(facts, single))
    judgement = judge(call.read.rulebook, call.ctx.now, facts)
    told = answer(call.read.rulebook, call.ctx, judgement)
    return call.json(answer_about_one(call.ctx, judgement, told) if single else told)


async def validate_tier(call: Call[PromotionValidationIn, None]) -> Reply:
    facts = await _facts(call, call.body.about([call.params["promotionTierId"]]))
    judgement = judge(call.read.rulebook, call.ctx.now, facts)
    return call.json(answer_about_tier(call.read.rulebook, call.ctx, judgement))


async def validate_promotions(call: Call[PromotionValidationIn, TiersQuery]) -> Reply:
    return await _validate_promotions(call, call.body)


async def validate_promotions_by_query(call: Call[None, PromotionsQuery]) -> Reply:
    return await _validate_promotions(call, call.query.asked())


async def _validate_promotions(call: Call[Any, Any], asked: PromotionValidationIn) -> Reply:
    tiers = newest_tiers(call.read.rulebook)
    facts = await _facts(call, asked.about([tier.id for tier in tiers]))
    return call.json(answer_about_tiers(call.read.rulebook, call.ctx, facts))


async def _facts(call: Call[Any, Any], asked: RedeemablesIn) -> Facts:
    return await look(call.read, call.ctx, asked, tracking_id_of(call.derive, call.ctx.project_id, asked))


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
        "POST",
        "/v1/promotions/tiers/{promotionTierId}/validation",
        validate_tier,
        summary="Validate one promotion tier; /v1/validations does it for several",
        tag="Validations",
        body=PromotionValidationIn,
        answers={200: TierValidationOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/promotions/validation",
        validate_promotions,
        summary="Validate the newest promotion tiers, each by itself",
        tag="Validations",
        body=PromotionValidationIn,
        query=TiersQuery,
        answers={200: PromotionsValidationOut},
        problems=(404,),
    ),
    Route(
        "GET",
        "/client/v1/promotions/validation",
        validate_promotions_by_query,
        summary="Validate the newest promotion tiers from a page, each by itself",
        tag="Client side",
        query=PromotionsQuery,
        answers={200: PromotionsValidationOut},
        keys=("client",),
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
