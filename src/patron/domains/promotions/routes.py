"""The operations of promotion tiers and stacks."""

from patron.db.actions import Reply
from patron.domains.promotions.actions import stacks, tiers
from patron.domains.promotions.actions.find import find_stack, list_stacks, list_tiers, stacks_of, tell_tier, tiers_of
from patron.domains.promotions.wire.asked import StacksQuery, TiersQuery
from patron.domains.promotions.wire.given import StackIn, StackPatch, TierIn, TierPatch
from patron.domains.promotions.wire.told import StackList, StackOut, TierList, TierOut
from patron.http.routes import Call, Route

_TIERS = "/v1/promotions/tiers"
_TIER = f"{_TIERS}/{{promotionTierId}}"
_OF_CAMPAIGN = "/v1/promotions/{campaignId}"
_STACK = f"{_OF_CAMPAIGN}/stacks/{{stackId}}"
_TAG = "Promotions"


async def index_tiers(call: Call[None, TiersQuery]) -> Reply:
    return call.json(await list_tiers(call.read, call.ctx.project_id, call.query, call.ctx.now))


async def index_tiers_of(call: Call[None, None]) -> Reply:
    return call.json(await tiers_of(call.read, call.ctx.project_id, call.params["campaignId"]))


async def create_tier(call: Call[TierIn, None]) -> Reply:
    return await call.write(tiers.CREATE, tiers.Create(call.params["campaignId"], call.body))


async def show_tier(call: Call[None, None]) -> Reply:
    return call.json(await tell_tier(call.read, call.ctx.project_id, call.params["promotionTierId"]))


async def change_tier(call: Call[TierPatch, None]) -> Reply:
    return await call.write(tiers.UPDATE, tiers.Update(call.params["promotionTierId"], call.body))


async def remove_tier(call: Call[None, None]) -> Reply:
    return await call.write(tiers.DELETE, tiers.Delete(call.params["promotionTierId"]))


async def enable_tier(call: Call[None, None]) -> Reply:
    return await call.write(tiers.SWITCH, tiers.Switch(call.params["promotionTierId"], active=True))


async def disable_tier(call: Call[None, None]) -> Reply:
    return await call.write(tiers.SWITCH, tiers.Switch(call.params["promotionTierId"], active=False))


async def index_stacks(call: Call[None, StacksQuery]) -> Reply:
    page, total = list_stacks(call.read, call.query)
    return call.json(StackList(data=[StackOut.of(call.read.rulebook, stack) for stack in page], total=total))


async def index_stacks_of(call: Call[None, None]) -> Reply:
    found = await stacks_of(call.read, call.ctx.project_id, call.params["campaignId"])
    return call.json(StackList(data=[StackOut.of(call.read.rulebook, stack) for stack in found], total=len(found)))


async def create_stack(call: Call[StackIn, None]) -> Reply:
    return await call.write(stacks.CREATE, stacks.Create(call.params["campaignId"], call.body))


async def show_stack(call: Call[None, None]) -> Reply:
    found = await find_stack(call.read, call.ctx.project_id, call.params["campaignId"], call.params["stackId"])
    return call.json(StackOut.of(call.read.rulebook, found))


async def change_stack(call: Call[StackPatch, None]) -> Reply:
    return await call.write(stacks.UPDATE, stacks.Update(call.params["campaignId"], call.params["stackId"], call.body))


async def remove_stack(call: Call[None, None]) -> Reply:
    return await call.write(stacks.DELETE, stacks.Delete(call.params["campaignId"], call.params["stackId"]))


ROUTES = [
    Route(
        "GET",
        _TIERS,
        index_tiers,
        summary="List the promotion tiers of all campaigns",
        tag=_TAG,
        query=TiersQuery,
        answers={200: TierList},
    ),
    Route(
        "GET",
        f"/client{_TIERS}",
        index_tiers,
        summary="List the promotion tiers of all campaigns",
        tag="Client-side",
        query=TiersQuery,
        answers={200: TierList},
        keys=("client",),
    ),
    Route(
        "GET",
        f"{_OF_CAMPAIGN}/tiers",
        index_tiers_of,
        summary="List the tiers of a campaign, by hierarchy",
        tag=_TAG,
        answers={200: TierList},
    ),
    Route(
        "POST",
        f"{_OF_CAMPAIGN}/tiers",
        create_tier,
        summary="Add a tier to a campaign of type PROMOTION",
        tag=_TAG,
        body=TierIn,
        answers={200: TierOut},
    ),
    Route("GET", _TIER, show_tier, summary="Get a promotion tier", tag=_TAG, answers={200: TierOut}),
    Route(
        "PUT",
        _TIER,
        change_tier,
        summary="Change a promotion tier",
        tag=_TAG,
        body=TierPatch,
        answers={200: TierOut},
    ),
    Route("DELETE", _TIER, remove_tier, summary="Delete a promotion tier", tag=_TAG, answers={204: None}),
    Route("POST", f"{_TIER}/enable", enable_tier, summary="Enable a promotion tier", tag=_TAG, answers={200: TierOut}),
    Route(
        "POST", f"{_TIER}/disable", disable_tier, summary="Disable a promotion tier", tag=_TAG, answers={200: TierOut}
    ),
    Route(
        "GET",
        "/v1/promotions/stacks",
        index_stacks,
        summary="List the promotion stacks of all campaigns",
        tag=_TAG,
        query=StacksQuery,
        answers={200: StackList},
    ),
    Route(
        "GET",
        f"{_OF_CAMPAIGN}/stacks",
        index_stacks_of,
        summary="List the stacks of a campaign, the newest first",
        tag=_TAG,
        answers={200: StackList},
    ),
    Route(
        "POST",
        f"{_OF_CAMPAIGN}/stacks",
        create_stack,
        summary="Create a stack of tiers of a campaign",
        tag=_TAG,
        body=StackIn,
        answers={200: StackOut},
    ),
    Route("GET", _STACK, show_stack, summary="Get a promotion stack", tag=_TAG, answers={200: StackOut}),
    Route(
        "PUT",
        _STACK,
        change_stack,
        summary="Change a promotion stack",
        tag=_TAG,
        body=StackPatch,
        answers={200: StackOut},
    ),
    Route("DELETE", _STACK, remove_stack, summary="Delete a promotion stack", tag=_TAG, answers={204: None}),
]
