"""Validation rules as they are sent (spec C 4.1, 4.6, 4.7)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Text = Annotated[str, Meta(min_length=1, max_length=500)]
Id = Annotated[str, Meta(min_length=1, max_length=255)]
Kind = Literal["expression", "basic", "advanced", "complex"]
Effect = Literal[
    "APPLY_TO_EVERY",
    "APPLY_TO_CHEAPEST",
    "APPLY_FROM_CHEAPEST",
    "APPLY_TO_MOST_EXPENSIVE",
    "APPLY_FROM_MOST_EXPENSIVE",
]
Limit = Annotated[int, Meta(ge=0, le=10**12)]
Every = Annotated[int, Meta(ge=1, le=1_000_000)]
MOST_ENTRIES = 1_000

_DISCOUNTS = (
    "",
    ".discount.apply_to_order",
    ".discount.apply_to_items",
    ".discount.apply_to_items_proportionally",
    ".discount.apply_to_items_proportionally_by_quantity",
    ".discount.apply_to_items_by_quantity",
    ".discount.fixed.apply_to_items",
    ".discount.percent.apply_to_items",
)
_GIFTS = ("", ".gift.apply_to_order", ".gift.apply_to_items")
CONTEXTS = (
    "global",
    *(f"earning_rule.{each}" for each in ("order.paid", "custom_event", "customer.segment.entered")),
    *(f"earning_rule.customer.tier.{each}" for each in ("joined", "left", "upgraded", "downgraded", "prolonged")),
    *(f"campaign.discount_coupons{each}" for each in _DISCOUNTS),
    *(f"campaign.gift_vouchers{each}" for each in _GIFTS),
    *(f"campaign.referral_program{each}" for each in _DISCOUNTS),
    *(f"campaign.promotion{each}" for each in _DISCOUNTS),
    "campaign.loyalty_program",
    *(f"voucher.discount_voucher{each}" for each in _DISCOUNTS),
    *(f"voucher.gift_voucher{each}" for each in _GIFTS),
    "voucher.loyalty_card",
    *(f"distribution.{each}" for each in ("custom_event", "order.paid", "order.created", "order.canceled")),
    "distribution.order.updated",
    "reward_assignment.pay_with_points",
)
"""For what a rule may be meant (spec C 4.5)."""


class ErrorIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop tells its customers where a rule fails."""

    message: Annotated[str, Meta(max_length=1_000)] | None | UnsetType = UNSET


class EntryIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product, SKU or collection that an incentive is for, and how far; null is as absent (spec I 1.3)."""

    object: Literal["product", "sku", "products_collection"]
    id: Id
    source_id: Annotated[str, Meta(max_length=255)] | None | UnsetType = UNSET
    product_id: Annotated[str, Meta(max_length=255)] | None | UnsetType = UNSET
    product_source_id: Annotated[str, Meta(max_length=255)] | None | UnsetType = UNSET
    effect: Effect | None | UnsetType = UNSET
    target: Literal["ITEM", "UNIT"] | None | UnsetType = UNSET
    strict: bool | None | UnsetType = UNSET
    price: Limit | None | UnsetType = UNSET
    price_formula: Annotated[str, Meta(max_length=2_000)] | None | UnsetType = UNSET
    quantity_limit: Limit | None | UnsetType = UNSET
    aggregated_quantity_limit: Limit | None | UnsetType = UNSET
    amount_limit: Limit | None | UnsetType = UNSET
    aggregated_amount_limit: Limit | None | UnsetType = UNSET
    repeat: Every | None | UnsetType = UNSET
    skip_initially: Annotated[int, Meta(ge=0, le=1_000_000)] | None | UnsetType = UNSET


class ApplicableIn(msgspec.Struct, frozen=True, kw_only=True):
    """What an incentive is for."""

    included: Annotated[list[dict[str, Any]], Meta(max_length=MOST_ENTRIES)] | None | UnsetType = UNSET
    excluded: Annotated[list[dict[str, Any]], Meta(max_length=MOST_ENTRIES)] | None | UnsetType = UNSET
    included_all: bool | None | UnsetType = UNSET


class RulePatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a rule: what is absent stays as it is; `rules`, `applicable_to` and `bundle_rules` as a whole.

    Null is as absent, but for `bundle_rules` and `error`, which it clears.
    """

    name: Text | None | UnsetType = UNSET
    rules: (
        Annotated[
            dict[str, Any],
            Meta(description="By number `{name, property, conditions, rules, error}`, and `logic` over the numbers."),
        ]
        | None
        | UnsetType
    ) = UNSET
    bundle_rules: dict[str, Any] | None | UnsetType = UNSET
    error: ErrorIn | None | UnsetType = UNSET
    applicable_to: ApplicableIn | None | UnsetType = UNSET
    type: Kind | None | UnsetType = UNSET
    context_type: Annotated[str, Meta(extra_json_schema={"enum": list(CONTEXTS)})] | None | UnsetType = UNSET


class RuleIn(RulePatch, frozen=True, kw_only=True):
    """A rule to create."""

    name: Text


class AssignmentIn(msgspec.Struct, frozen=True, kw_only=True):
    """To what a rule is to be assigned; `voucher` is the older spelling for a voucher by its code."""

    related_object_type: Literal[
        "voucher", "promotion_tier", "campaign", "earning_rule", "distribution", "reward_assignment"
    ] = "voucher"
    related_object_id: Id | UnsetType = UNSET
    voucher: Id | UnsetType = UNSET
