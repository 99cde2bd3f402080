"""What a redemption takes of promotion tiers, and a rollback gives back: uses, and the amounts of their orders."""

from typing import Any

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains import promotions
from patron.domains.promotions import PROMOTION_TIER_TOTALS, Promotions, totals_of
from patron.domains.promotions.wire.told import TierOut
from patron.domains.redeemables import Facts, Judgement, tiers_asked
from patron.domains.redemptions.model import TIER, Redemption


def want_tiers(read: Read, ctx: Ctx, wants: Wants, facts: Facts) -> None:
    """Name the counts of the tiers that are asked for, by themselves or in a stack."""
    for tier in tiers_asked(read.rulebook, facts.asked):
        promotions.want_totals(ctx, wants, tier.id)


def want_tier_of(ctx: Ctx, wants: Wants, row: Redemption) -> None:
    """Name the counts of the tier that was redeemed, if it was one."""
    if row.related_type == TIER:
        promotions.want_totals(ctx, wants, row.related_id)


def missing_tiers(rows: Rows, ctx: Ctx, judgement: Judgement) -> Wants | None:
    """The counts that `want_tiers` did not name, as a stack has other tiers by now; None: all are named."""
    wants = Wants()
    for target in judgement.targets.values():
        if target.tier is not None and not rows.knows(PROMOTION_TIER_TOTALS, (ctx.project_id, target.tier.id)):
            promotions.want_totals(ctx, wants, target.tier.id)
    return wants if wants.size() else None


def use_tier(rows: Rows, ctx: Ctx, row: Redemption) -> None:
    """Count the redemption of a tier."""
    promotions.use(rows, ctx, row.related_id, **_amounts(row))


def give_tier_back(rows: Rows, ctx: Ctx, row: Redemption) -> None:
    """Take back what `use_tier` counted, if it was a tier that was redeemed."""
    if row.related_type == TIER:
        promotions.give_back(rows, ctx, row.related_id, **_amounts(row))


def tier_beside(rows: Rows, ctx: Ctx, row: Redemption) -> TierOut | None:
    """The tier of a row as it is told beside it, at the end of this write; None where there is none any more."""
    tier = Promotions.of(rows.rulebook).tier(row.related_id) if row.related_type == TIER else None
    return None if tier is None else TierOut.of(rows.rulebook, tier, totals_of(rows, ctx, tier.id))


def _amounts(row: Redemption) -> dict[str, Any]:
    return {"amount": row.order_amount or 0, "discount": row.discount_amount}
