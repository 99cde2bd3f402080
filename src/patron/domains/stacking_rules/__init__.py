"""Stacking rules: how redeemables of a project go together, in one document (spec I 3.3).

Nouns: `Rules`, what is kept, and `StackingRulesOut`, what answers tell. `rules_of(rulebook)` gives the rules that hold,
`told_rules(rulebook)` as answers tell them, and `stacking_rules(rulebook)` those that the engine decides by;
`redeemables_limit` and `redeemables_rollback_order_mode` stand in `rules_of` alone, as they are not the engine's.
`stacked_categories` tells a category with whether it is joint or exclusive.
"""

from patron.domains.stacking_rules.model import Rules
from patron.domains.stacking_rules.policy import rules_of, stacking_rules
from patron.domains.stacking_rules.wire import StackedCategoryOut, StackingRulesOut, stacked_categories, told_rules

__all__ = [
    "Rules",
    "StackedCategoryOut",
    "StackingRulesOut",
    "rules_of",
    "stacked_categories",
    "stacking_rules",
    "told_rules",
]
