"""Counting what is done with tiers: a redemption uses one, a rollback gives it back (spec I 2.3, 4)."""

from msgspec.structs import replace

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.domains.promotions.model import PROMOTION_TIER_TOTALS, PromotionTierTotals


def want_totals(ctx: Ctx, wants: Wants, tier_id: str) -> None:
    """Name the counts of a tier that is to be used or given back."""
    wants.find_or_make(PROMOTION_TIER_TOTALS, PromotionTierTotals(ctx.project_id, tier_id))


def use(rows: Rows, ctx: Ctx, tier_id: str, *, amount: int, discount: int) -> PromotionTierTotals:
    """Count one redemption of a tier; the counts after it.

    `amount` is what the order came to before discounts, `discount` what the tier took off it, in minor units.
    """
    return _move(rows, ctx, tier_id, 1, amount, discount)


def give_back(rows: Rows, ctx: Ctx, tier_id: str, *, amount: int, discount: int) -> PromotionTierTotals:
    """Take back what `use` counted for a redemption, by the same amounts; the counts after it."""
    return _move(rows, ctx, tier_id, -1, -amount, -discount)


def _move(rows: Rows, ctx: Ctx, tier_id: str, redeemed: int, amount: int, discount: int) -> PromotionTierTotals:
    totals = rows.get(PROMOTION_TIER_TOTALS, (ctx.project_id, tier_id))
    assert totals is not None
    after = replace(
        totals,
        total_redeemed=totals.total_redeemed + redeemed,
        total_amount=totals.total_amount + amount,
        total_discount_amount=totals.total_discount_amount + discount,
    )
    rows.put(PROMOTION_TIER_TOTALS, after)
    return after
