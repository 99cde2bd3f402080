"""Holding the tiers and stacks of a campaign for a write: one at a time in a campaign, since their places depend on
each other, and a stack on its tiers.
"""

import msgspec

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.promotions.model import (
    PROMOTION_STACKS,
    PROMOTION_TIER_TOTALS,
    PROMOTION_TIERS,
    PromotionStack,
    PromotionTier,
    PromotionTierTotals,
)
from patron.domains.promotions.store import BINNED_STACKS_OF, BINNED_TIERS_OF, STACKS_OF, TIERS_OF
from patron.domains.vouchers import CAMPAIGNS


class Held(msgspec.Struct, frozen=True):
    """The tiers and stacks of a campaign, all of them locked."""

    tiers: list[PromotionTier]
    stacks: list[PromotionStack]


NOTHING_HELD = Held([], [])
"""Of a campaign that has neither."""


async def want_promotion(read: Read, ctx: Ctx, wants: Wants, campaign_id: str, *, binned: bool = False) -> None:
    """Name a campaign with its live tiers and stacks, or with those that wait in the bin."""
    wants.lock_rulebook(ctx.project_id)
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign_id))
    of = {"project_id": ctx.project_id, "campaign_id": campaign_id}
    tiers, stacks = (BINNED_TIERS_OF, BINNED_STACKS_OF) if binned else (TIERS_OF, STACKS_OF)
    for tier in await read.all(tiers, **of):
        wants.lock(PROMOTION_TIERS, (ctx.project_id, tier.id))
        wants.lock(PROMOTION_TIER_TOTALS, (ctx.project_id, tier.id))
    for stack in await read.all(stacks, **of):
        wants.lock(PROMOTION_STACKS, (ctx.project_id, stack.id))
    for statement in (tiers, stacks):
        wants.scan(statement, scope=f"promotions/{campaign_id}", **of)


def held(rows: Rows, ctx: Ctx, campaign_id: str, *, binned: bool = False) -> Held | None:
    """What `want_promotion` named; None where something has come since, and it must be named anew."""
    of = {"project_id": ctx.project_id, "campaign_id": campaign_id}
    tiers, stacks = (BINNED_TIERS_OF, BINNED_STACKS_OF) if binned else (TIERS_OF, STACKS_OF)
    found = Held(rows.scanned(tiers, **of), rows.scanned(stacks, **of))
    known = all(rows.knows(PROMOTION_TIERS, (ctx.project_id, tier.id)) for tier in found.tiers) and all(
        rows.knows(PROMOTION_STACKS, (ctx.project_id, stack.id)) for stack in found.stacks
    )
    return found if known else None


def totals_of(rows: Rows, ctx: Ctx, tier_id: str) -> PromotionTierTotals:
    """What was done with a tier, whose totals are named."""
    totals = rows.get(PROMOTION_TIER_TOTALS, (ctx.project_id, tier_id))
    return PromotionTierTotals(ctx.project_id, tier_id) if totals is None else totals
