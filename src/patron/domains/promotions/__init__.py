"""Promotions: discounts that need no code, as tiers of a campaign of type PROMOTION, and stacks of tiers (spec I 2.3).

Nouns: `PromotionTier`, `PromotionStack` and `PromotionTierTotals`; `Promotions.of(rulebook)` finds tiers and stacks,
`stacked` tells the tiers of one, `age_of` what they are sorted by when the newest come first. They stand below
campaigns, which are created with tiers and tell them: for those, `add_tier` (`want_rules` names its rule),
`want_promotion` and `held`, `end_with`, `restore_with`, `purge_with`, `totals_of` and `told_with`. For redemptions:
`want_totals` names what `use` and `give_back` count.
"""

from patron.domains.promotions.actions.hold import NOTHING_HELD, Held, held, totals_of, want_promotion
from patron.domains.promotions.actions.of_campaign import (
    add_tier,
    end_with,
    purge_with,
    restore_with,
    told_with,
    totals_by_tier,
    want_rules,
)
from patron.domains.promotions.actions.use import give_back, use, want_totals
from patron.domains.promotions.model import (
    PROMOTION_TIER_TOTALS,
    Promotions,
    PromotionStack,
    PromotionTier,
    PromotionTierTotals,
    age_of,
    stacked,
)

__all__ = [
    "NOTHING_HELD",
    "PROMOTION_TIER_TOTALS",
    "Held",
    "PromotionStack",
    "PromotionTier",
    "PromotionTierTotals",
    "Promotions",
    "add_tier",
    "age_of",
    "end_with",
    "give_back",
    "held",
    "purge_with",
    "restore_with",
    "stacked",
    "told_with",
    "totals_by_tier",
    "totals_of",
    "use",
    "want_promotion",
    "want_rules",
    "want_totals",
]
