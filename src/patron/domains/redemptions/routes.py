"""The operations of redemptions and rollbacks."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.projects.model import ProjectSettings
from patron.domains.redeemables import look, tracking_id_of
from patron.domains.redeemables.wire.asked import RedeemablesIn
from patron.domains.redemptions.actions.find import find, with_surroundings
from patron.domains.redemptions.actions.keep import Redeem
from patron.domains.redemptions.actions.list import list_of_voucher, list_redemptions
from patron.domains.redemptions.actions.redeem import REDEEM
from patron.domains.redemptions.actions.roll_back import ROLL_BACK, RollBack
from patron.domains.redemptions.policy import once_key
from patron.domains.redemptions.wire.asked import (
    OfVoucherQuery,
    RedeemCodeQuery,
    RedeemVoucherIn,
    RedeemVoucherQuery,
    RedemptionsQuery,
    RollBackIn,
    RollBackQuery,
)
from patron.domains.redemptions.wire.told import (
    RedeemedOut,
    RedemptionList,
    RedemptionOut,
    RollbackOut,
    RolledBackOut,
    VoucherRedemptions,
)
from patron.http.routes import Call, Route


async def index(call: Call[None, RedemptionsQuery]) -> Reply:
    page = await list_redemptions(call.read, call.ctx, call.query, call.cursors)
    return call.json(
        RedemptionList(
            redemptions=page.entries,
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def show(call: Call[None, None]) -> Reply:
    row = await find(call.read, call.ctx.project_id, call.params["redemptionId"])
    [told] = await with_surroundings(call.read, call.ctx.project_id, [row])
    return call.json(told)


async def redeem(call: Call[RedeemablesIn, None]) -> Reply:
    return await call.write(REDEEM, await _redeem(call, call.body))


async def redeem_voucher(call: Call[RedeemVoucherIn, RedeemVoucherQuery]) -> Reply:
    asked = call.body.of(call.params["code"], call.query.tracking_id)
    return await call.write(REDEEM, await _redeem(call, asked, alone=True))


async def redeem_tier(call: Call[RedeemVoucherIn, None]) -> Reply:
    asked = call.body.of_tier(call.params["promotionTierId"])
    return await call.write(REDEEM, await _redeem(call, asked, alone=True))


async def redeem_code(call: Call[RedeemVoucherIn, RedeemCodeQuery]) -> Reply:
    asked = call.body.of(call.query.code, call.query.tracking_id)
    return await call.write(REDEEM, await _redeem(call, asked, alone=True))


async def _redeem(call: Call[Any, Any], asked: RedeemablesIn, *, alone: bool = False) -> Redeem:
    """What is to be redeemed, as it is looked up; who redeems is found by the write itself."""
    tracking_id = tracking_id_of(call.derive, call.ctx.project_id, asked)
    facts = await look(call.read, call.ctx, asked, tracking_id, whose=False)
    once = once_key(asked) if ProjectSettings.of(call.read.rulebook).redeem_once_per_order else None
    return Redeem(facts, once, alone)


async def index_of_voucher(call: Call[None, OfVoucherQuery]) -> Reply:
    code = call.params["code"]
    return call.json(await list_of_voucher(call.read, call.ctx.project_id, code, call.query, call.cursors))


async def roll_back(call: Call[RollBackIn | None, RollBackQuery]) -> Reply:
    return await call.write(ROLL_BACK, _asked(call, stacked=False))


async def roll_back_all(call: Call[RollBackIn | None, RollBackQuery]) -> Reply:
    return await call.write(ROLL_BACK, _asked(call, stacked=True))


def _asked(call: Call[RollBackIn | None, RollBackQuery], *, stacked: bool) -> RollBack:
    body, query = call.body or RollBackIn(), call.query
    return RollBack(
        redemption_id=call.params["redemptionId"],
        stacked=stacked,
        reason=body.reason or query.reason,
        tracking_id=body.tracking_id or query.tracking_id,
        customer=_names(body.customer),
        order=_names(body.order),
        metadata=body.metadata or {},
    )


def _names(sent: Any) -> Mapping[str, str]:
    """By what a body names somebody or something, as far as it does."""
    names = {name: getattr(sent, name, None) for name in ("id", "source_id")}
    return {name: value for name, value in names.items() if value}


TAG = "Redemptions"
ROUTES = [
    Route(
        "GET",
        "/v1/redemptions",
        index,
        summary="List redemptions and rollbacks",
        tag=TAG,
        query=RedemptionsQuery,
        answers={200: RedemptionList},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/redemptions",
        redeem,
        summary="Redeem: use redeemables up for an order",
        tag=TAG,
        body=RedeemablesIn,
        answers={200: RedeemedOut},
        problems=(404, 409),
    ),
    Route(
        "POST",
        "/client/v1/redemptions",
        redeem,
        summary="Redeem from a page",
        tag="Client side",
        body=RedeemablesIn,
        answers={200: RedeemedOut},
        problems=(404, 409),
        keys=("client",),
        switch="redeem",
    ),
    Route(
        "POST",
        "/v1/vouchers/{code}/redemption",
        redeem_voucher,
        summary="Redeem one voucher",
        tag=TAG,
        body=RedeemVoucherIn,
        query=RedeemVoucherQuery,
        answers={200: RedemptionOut},
        problems=(409,),
    ),
    Route(
        "POST",
        "/v1/promotions/tiers/{promotionTierId}/redemption",
        redeem_tier,
        summary="Redeem one promotion tier",
        tag=TAG,
        body=RedeemVoucherIn,
        answers={200: RedemptionOut},
        problems=(404, 409),
    ),
    Route(
        "POST",
        "/client/v1/redeem",
        redeem_code,
        summary="Redeem one voucher from a page",
        tag="Client side",
        body=RedeemVoucherIn,
        query=RedeemCodeQuery,
        answers={200: RedemptionOut},
        problems=(404, 409),
        keys=("client",),
        switch="redeem",
    ),
    Route(
        "GET",
        "/v1/redemptions/{redemptionId}",
        show,
        summary="Get a redemption or a rollback",
        tag=TAG,
        answers={200: RedemptionOut | RollbackOut},
    ),
    Route(
        "POST",
        "/v1/redemptions/{redemptionId}/rollback",
        roll_back,
        summary="Roll a redemption back",
        tag=TAG,
        body=RollBackIn | None,
        query=RollBackQuery,
        answers={200: RollbackOut},
    ),
    Route(
        "POST",
        "/v1/redemptions/{redemptionId}/rollbacks",
        roll_back_all,
        summary="Roll a redemption back with all its parts",
        tag=TAG,
        body=RollBackIn | None,
        query=RollBackQuery,
        answers={200: RolledBackOut},
    ),
    *(
        Route(
            "GET",
            f"/v1/vouchers/{{code}}/{name}",
            index_of_voucher,
            summary="List what was done with a voucher",
            tag=TAG,
            query=OfVoucherQuery,
            answers={200: VoucherRedemptions},
        )
        for name in ("redemption", "redemptions")
    ),
]
