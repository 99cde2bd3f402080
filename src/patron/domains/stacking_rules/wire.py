"""What is sent and answered of stacking rules (spec I 3.3)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict, replace

from patron.db.rulebook import Rulebook
from patron.domains.categories import Category, StackingRulesRow
from patron.domains.categories.wire import CategoryOut
from patron.domains.stacking_rules.model import (
    JOINT_ALWAYS_LAST,
    Application,
    Calculation,
    CategoryIds,
    CategoryLimits,
    ExclusiveLimit,
    Limit,
    NoEffect,
    OnProducts,
    RollbackOrder,
    Rules,
    Sorting,
)
from patron.domains.stacking_rules.policy import category_type, kept, rules_of
from patron.engine.case import StackingRules
from patron.kernel.clock import to_iso


class StackingRulesIn(msgspec.Struct, frozen=True, kw_only=True):
    """What stacking rules are to say: what is absent stays as it is, or as the defaults say.

    Null for a limit of each category takes it away. The same category is in one of two opposite lists at most.
    """

    redeemables_limit: Limit | UnsetType = UNSET
    applicable_redeemables_limit: Limit | UnsetType = UNSET
    applicable_redeemables_per_category_limit: Limit | None | UnsetType = UNSET
    applicable_redeemables_category_limits: CategoryLimits | UnsetType = UNSET
    applicable_exclusive_redeemables_limit: ExclusiveLimit | UnsetType = UNSET
    applicable_exclusive_redeemables_per_category_limit: ExclusiveLimit | None | UnsetType = UNSET
    exclusive_categories: CategoryIds | UnsetType = UNSET
    joint_categories: CategoryIds | UnsetType = UNSET
    redeemables_application_mode: Application | UnsetType = UNSET
    redeemables_sorting_rule: Sorting | UnsetType = UNSET
    redeemables_products_application_mode: OnProducts | UnsetType = UNSET
    redeemables_no_effect_rule: NoEffect | UnsetType = UNSET
    no_effect_skip_categories: CategoryIds | UnsetType = UNSET
    no_effect_redeem_anyway_categories: CategoryIds | UnsetType = UNSET
    redeemables_rollback_order_mode: RollbackOrder | UnsetType = UNSET
    discount_calculation_mode: Calculation | UnsetType = UNSET
    initial_amount_mode_categories: CategoryIds | UnsetType = UNSET
    discounted_amount_mode_categories: CategoryIds | UnsetType = UNSET

    def over(self, rules: Rules) -> Rules:
        """The rules with what is said laid over them; each category once in a list."""
        said = {name: value for name, value in asdict(self).items() if value is not UNSET}
        return replace(rules, **{name: _each_once(value) for name, value in said.items()})


class StackingRulesOut(Rules, frozen=True, kw_only=True):
    """The rules that hold, as every answer of validations, redemptions and qualifications tells them."""

    grouped_redeemables_sorting_rule: Literal["JOINT_ALWAYS_LAST"] = JOINT_ALWAYS_LAST


class ManagedStackingRulesOut(StackingRulesOut, frozen=True, kw_only=True):
    """The project's document of stacking rules; `updated_at` once it was changed."""

    id: str
    created_at: str
    updated_at: str | UnsetType = UNSET

    @classmethod
    def of(cls, row: StackingRulesRow) -> "ManagedStackingRulesOut":
        """The answer for a stored document."""
        return cls(
            **asdict(kept(row)),
            id=row.id,
            created_at=to_iso(row.created_at),
            updated_at=UNSET if row.updated_at is None else to_iso(row.updated_at),
        )


class ManagedStackingRulesList(msgspec.Struct, frozen=True, kw_only=True):
    """The project's document, if it has one."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[ManagedStackingRulesOut]
    total: Annotated[int, Meta(ge=0)]


class StackedCategoryOut(CategoryOut, frozen=True, kw_only=True):
    """A category with how it goes together with others: JOINT or EXCLUSIVE, absent for a common one (spec I 2.3)."""

    stacking_rules_type: Literal["JOINT", "EXCLUSIVE"] | UnsetType = UNSET


def stacked_categories(rules: StackingRules, category: Category | None) -> list[StackedCategoryOut]:
    """The `categories` of a redeemable that is of this one, or of none, by the rules of a decision."""
    if category is None:
        return []
    kind = category_type(rules, category.id)
    return [StackedCategoryOut(**asdict(CategoryOut.of(category)), stacking_rules_type=kind or UNSET)]


def told_rules(rulebook: Rulebook) -> StackingRulesOut:
    """The rules that hold, as answers tell them. Made once for a rulebook."""
    return rulebook.derived(_told)


def _told(rulebook: Rulebook) -> StackingRulesOut:
    return StackingRulesOut(**asdict(rules_of(rulebook)))


def _each_once(value: Any) -> Any:
    return list(dict.fromkeys(value)) if isinstance(value, list) else value
