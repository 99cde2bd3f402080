"""Finding tiers and stacks, and listing them (spec I 2.3).

Lists are of what every process knows of the project's tiers, which may be a second old.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from patron.db.actions import Read
from patron.domains.promotions.actions.of_campaign import totals_by_tier
from patron.domains.promotions.model import Promotions, PromotionStack, PromotionTier
from patron.domains.promotions.policy import is_available, unknown_stack, unknown_tier
from patron.domains.promotions.store import STACK, STACKS_OF, TIER, TIERS_OF
from patron.domains.promotions.wire.asked import StacksQuery, TiersQuery
from patron.domains.promotions.wire.told import TierList, TierOut, its_totals
from patron.domains.vouchers import find_campaign
from patron.http.queries import moment_of

E = TypeVar("E", PromotionTier, PromotionStack)


async def find_tier(read: Read, project_id: str, tier_id: str) -> PromotionTier:
    """The tier with this id. Problem 404."""
    tier = await read.one(TIER, project_id=project_id, id=tier_id)
    if tier is None:
        raise unknown_tier(tier_id)
    return tier


async def tell_tier(read: Read, project_id: str, tier_id: str) -> TierOut:
    """The tier with this id, with what was done with it. Problem 404."""
    tier = await find_tier(read, project_id, tier_id)
    return TierOut.of(read.rulebook, tier, its_totals(tier, await totals_by_tier(read, project_id, [tier.id])))


async def list_tiers(read: Read, project_id: str, query: TiersQuery, now: int) -> TierList:
    """The page of tiers that a query asks for."""
    tiers = Promotions.of(read.rulebook).tiers()
    if query.is_available is not None:
        tiers = [tier for tier in tiers if is_available(read.rulebook, tier, now) == query.is_available]
    page = _page(tiers, query)
    totals = await totals_by_tier(read, project_id, [tier.id for tier in page])
    return TierList(
        tiers=[TierOut.of(read.rulebook, tier, its_totals(tier, totals)) for tier in page],
        total=len(tiers),
        has_more=query.page * query.limit < len(tiers),
    )


async def tiers_of(read: Read, project_id: str, reference: str) -> TierList:
    """All tiers of the campaign with this id or name, by hierarchy. Problem 404."""
    campaign = await find_campaign(read, project_id, reference)
    tiers = await read.all(TIERS_OF, project_id=project_id, campaign_id=campaign.id)
    tiers.sort(key=lambda tier: tier.hierarchy)
    totals = await totals_by_tier(read, project_id, [tier.id for tier in tiers])
    return TierList.whole(read.rulebook, tiers, totals, campaign)


async def find_stack(read: Read, project_id: str, reference: str, stack_id: str) -> PromotionStack:
    """The stack with this id, of the campaign with this id or name. Problem 404."""
    campaign = await find_campaign(read, project_id, reference)
    stack = await read.one(STACK, project_id=project_id, id=stack_id)
    if stack is None or stack.campaign_id != campaign.id:
        raise unknown_stack(stack_id)
    return stack


async def stacks_of(read: Read, project_id: str, reference: str) -> list[PromotionStack]:
    """All stacks of the campaign with this id or name, the newest first. Problem 404."""
    campaign = await find_campaign(read, project_id, reference)
    stacks = await read.all(STACKS_OF, project_id=project_id, campaign_id=campaign.id)
    return sorted(stacks, key=lambda stack: stack.id, reverse=True)


def list_stacks(read: Read, query: StacksQuery) -> tuple[list[PromotionStack], int]:
    """The page of stacks that a query asks for, and how many there are in all."""
    stacks = Promotions.of(read.rulebook).stacks()
    for field in ("created", "updated"):
        for side in ("before", "after"):
            text = getattr(query, f"{field}_{side}")
            if text is not None:
                at = moment_of(f"{field}_at[{side}]", text)
                stacks = [stack for stack in stacks if _lies(getattr(stack, f"{field}_at"), side, at)]
    return _page(stacks, query), len(stacks)


def _lies(when: int | None, side: str, at: int) -> bool:
    if when is None:
        return False
    return when < at if side == "before" else when > at


def _page(entries: list[E], query: TiersQuery | StacksQuery) -> list[E]:
    field = query.order.removeprefix("-")
    by: Callable[[E], Any] = lambda each: (getattr(each, field) or 0, each.id)  # noqa: E731 - named for its type
    first = (query.page - 1) * query.limit
    return sorted(entries, key=by, reverse=query.order.startswith("-"))[first : first + query.limit]
