"""Categories: groups of vouchers, campaigns and promotion tiers, which sort and limit redeemables (spec I 2.3).

Nouns: `Category`, and `Categories.of(rulebook)`, which finds one by id or by name; `StackingRulesRow`, the project's
document of stacking rules, which stands here because a category that is deleted goes out of it. `with_category` says
which category a body means that names one by `category` or `category_id`.
"""

from patron.domains.categories.model import (
    CATEGORIES,
    SCOPE,
    STACKING_RULES,
    Categories,
    Category,
    StackingRulesRow,
)
from patron.domains.categories.policy import with_category
from patron.domains.categories.store import LIVE

__all__ = [
    "CATEGORIES",
    "LIVE",
    "SCOPE",
    "STACKING_RULES",
    "Categories",
    "Category",
    "StackingRulesRow",
    "with_category",
]
