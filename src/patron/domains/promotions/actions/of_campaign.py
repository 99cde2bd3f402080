"""What becomes of tiers and stacks with their campaign: they come with it, go with it, and come back with it.

Gather has named the campaign's by `want_promotion`, unless it is a new one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.promotions.actions.hold import Held
from patron.domains.promotions.model import (
    PROMOTION_STACKS,
    PROMOTION_TIER_TOTALS,
    PROMOTION_TIERS,
    TIER_PREFIX,
    PromotionTier,
    PromotionTierTotals,
)
from patron.domains.promotions.policy import making_room, new_tier, next_place
from patron.domains.promotions.store import TOTALS_OF
from patron.domains.promotions.wire.given import TierIn
from patron.domains.promotions.wire.told import TierList
from patron.domains.validation_rules import assign_new, want_rule
from patron.domains.validation_rules.model import TIER
from patron.domains.vouchers import Campaign


def add_tier(
    rows: Rows, ctx: Ctx, campaign: Campaign, others: list[PromotionTier], given: TierIn, version: int
) -> list[PromotionTier]:
    """The tiers of a campaign with a new one, in its place; those that had it, and right behind, went one on.

    Problem 400 or 404 for what no tier can be.
    """
    tier_id = ctx.serial_id(TIER_PREFIX, campaign.id, rows.next_serial())
    tier = new_tier(rows.rulebook, campaign, tier_id, given, ctx.now)
    place = given.hierarchy if isinstance(given.hierarchy, int) else next_place(others)
    moved = move_on(rows, others, place, version)
    tier = replace(tier, hierarchy=place, version=version)
    rows.add(PROMOTION_TIERS, tier)
    rows.add(PROMOTION_TIER_TOTALS, PromotionTierTotals(ctx.project_id, tier.id))
    for rule_id in given.validation_rules or ():
        assign_new(rows, ctx, rule_id, TIER, (tier.id, tier.id))
    return [*(moved.get(each.id, each) for each in others), tier]


def move_on(rows: Rows, others: list[PromotionTier], place: int, version: int) -> dict[str, PromotionTier]:
    """Make a place free; the tiers that were moved, by id."""
    moved = [replace(tier, version=version) for tier in making_room(others, place)]
    for tier in moved:
        rows.put(PROMOTION_TIERS, tier)
    return {tier.id: tier for tier in moved}


def want_rules(ctx: Ctx, wants: Wants, given: TierIn) -> None:
    """Name the rule that a new tier is to be under."""
    for rule_id in given.validation_rules or ():
        want_rule(ctx, wants, rule_id)


def end_with(rows: Rows, ctx: Ctx, of: Held, version: int, *, in_bin: bool) -> None:
    """The tiers and stacks of a campaign go with it: into the bin, or for good."""
    gone: dict[str, Any] = {"deleted_at": ctx.now, "in_bin": int(in_bin), "version": version}
    _put(rows, of, gone)


def restore_with(rows: Rows, of: Held, version: int) -> None:
    """The tiers and stacks that wait in the bin come back with their campaign."""
    _put(rows, of, {"deleted_at": None, "in_bin": 0, "version": version})


def purge_with(rows: Rows, of: Held) -> None:
    """The tiers and stacks that wait in the bin go for good with their campaign."""
    _put(rows, of, {"in_bin": 0})


def _put(rows: Rows, of: Held, changes: dict[str, Any]) -> None:
    for tier in of.tiers:
        rows.put(PROMOTION_TIERS, replace(tier, **changes))
    for stack in of.stacks:
        rows.put(PROMOTION_STACKS, replace(stack, **changes))


async def totals_by_tier(read: Read, project_id: str, tier_ids: list[str]) -> dict[str, PromotionTierTotals]:
    """What was done with these tiers, by their ids."""
    if not tier_ids:
        return {}
    ids = msgspec.json.encode(tier_ids).decode()
    found = await read.all(TOTALS_OF, project_id=project_id, ids=ids)
    return {totals.tier_id: totals for totals in found if totals is not None}


def told_with(
    rulebook: Rulebook,
    campaign: Campaign,
    tiers: list[PromotionTier],
    totals: Mapping[str, PromotionTierTotals] = MappingProxyType({}),
) -> TierList:
    """The tiers of a campaign as it tells them, by hierarchy; of what has no totals, nothing was done yet."""
    return TierList.whole(rulebook, sorted(tiers, key=lambda tier: tier.hierarchy), totals, campaign)
