"""Promotion tiers as objects that validation rules are assigned to."""

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.promotions.actions.find import find_tier
from patron.domains.promotions.model import PROMOTION_TIERS
from patron.domains.promotions.policy import unknown_tier
from patron.domains.validation_rules import Target
from patron.domains.validation_rules.model import TIER


async def _want(read: Read, ctx: Ctx, wants: Wants, reference: str) -> tuple[str, str]:
    tier = await find_tier(read, ctx.project_id, reference)
    wants.lock(PROMOTION_TIERS, (ctx.project_id, tier.id))
    return tier.id, tier.id


def _found(rows: Rows, ctx: Ctx, reference: str) -> tuple[str, str]:
    tier = rows.get(PROMOTION_TIERS, (ctx.project_id, reference))
    if tier is None or tier.deleted_at is not None:
        raise unknown_tier(reference)
    return tier.id, tier.id


TARGETS = (Target(TIER, _want, _found),)
