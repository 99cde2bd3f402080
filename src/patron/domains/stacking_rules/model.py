"""Stacking rules as they are kept: what a project says, or the defaults (spec I 3.3)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from patron.domains.categories.model import MOST_CATEGORIES

PREFIX = "stk_"
JOINT_ALWAYS_LAST: Literal["JOINT_ALWAYS_LAST"] = "JOINT_ALWAYS_LAST"

Limit = Annotated[int, Meta(ge=1, le=30)]
CategoryLimit = Annotated[int, Meta(ge=1, le=10)]
ExclusiveLimit = Annotated[int, Meta(ge=1, le=5)]
CategoryId = Annotated[str, Meta(min_length=1, max_length=255)]
CategoryIds = Annotated[list[CategoryId], Meta(max_length=MOST_CATEGORIES, description="Ids of categories.")]
CategoryLimits = Annotated[
    dict[CategoryId, CategoryLimit], Meta(max_length=MOST_CATEGORIES, description="Limits by the ids of categories.")
]
Application = Literal["ALL", "PARTIAL"]
Sorting = Literal["REQUESTED_ORDER", "CATEGORY_HIERARCHY"]
OnProducts = Literal["STACK", "ONCE"]
NoEffect = Literal["REDEEM_ANYWAY", "SKIP"]
RollbackOrder = Literal["WITH_ORDER", "WITHOUT_ORDER"]
Calculation = Literal["DISCOUNTED_AMOUNT", "INITIAL_AMOUNT"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that hold in a project. Null for a limit of a category is none."""

    redeemables_limit: int = 30
    applicable_redeemables_limit: int = 5
    applicable_redeemables_per_category_limit: int | None = None
    applicable_redeemables_category_limits: dict[str, int] = {}
    applicable_exclusive_redeemables_limit: int = 1
    applicable_exclusive_redeemables_per_category_limit: int | None = None
    exclusive_categories: list[str] = []
    joint_categories: list[str] = []
    redeemables_application_mode: Application = "ALL"
    redeemables_sorting_rule: Sorting = "REQUESTED_ORDER"
    redeemables_products_application_mode: OnProducts = "STACK"
    redeemables_no_effect_rule: NoEffect = "REDEEM_ANYWAY"
    no_effect_skip_categories: list[str] = []
    no_effect_redeem_anyway_categories: list[str] = []
    redeemables_rollback_order_mode: RollbackOrder = "WITH_ORDER"
    discount_calculation_mode: Calculation = "DISCOUNTED_AMOUNT"
    initial_amount_mode_categories: list[str] = []
    discounted_amount_mode_categories: list[str] = []


DEFAULTS = Rules()

OPPOSITES = (
    ("exclusive_categories", "joint_categories"),
    ("no_effect_skip_categories", "no_effect_redeem_anyway_categories"),
    ("initial_amount_mode_categories", "discounted_amount_mode_categories"),
)
"""Lists of which a category can be in one only."""
