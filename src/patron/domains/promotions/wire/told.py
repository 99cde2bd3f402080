"""Promotion tiers and stacks as they are told (spec I 2.3)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.db.rulebook import Rulebook
from patron.domains.categories import Categories
from patron.domains.categories.wire import CategoryOut
from patron.domains.categories.wire import told as told_categories
from patron.domains.promotions.model import PromotionStack, PromotionTier, PromotionTierTotals, stacked
from patron.domains.promotions.wire.given import Action
from patron.domains.validation_rules import Rules
from patron.domains.validation_rules.model import TIER, RuleAssignment
from patron.domains.validation_rules.wire.told import NO_ASSIGNMENTS, AssignmentList, assignments_of
from patron.domains.vouchers import Campaign, Campaigns
from patron.domains.vouchers.wire.validity import Day, Validity, ValidityHours, ValidityTimeframe
from patron.kernel.clock import to_iso

_validity = msgspec.json.Decoder(Validity).decode
_NO_VALIDITY = Validity()


class TierCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """The campaign of a tier, in short: what decides with the tier when it is active."""

    id: str
    start_date: str | UnsetType = UNSET
    expiration_date: str | UnsetType = UNSET
    validity_timeframe: ValidityTimeframe | UnsetType = UNSET
    validity_day_of_week: list[Day] | UnsetType = UNSET
    validity_hours: ValidityHours | UnsetType = UNSET
    active: bool
    category_id: str | UnsetType = UNSET
    object: Literal["campaign"] = "campaign"

    @classmethod
    def of(cls, categories: Categories, campaign: Campaign) -> "TierCampaign":
        """The short form of a stored campaign."""
        category = categories.get(campaign.category_id)
        return cls(
            id=campaign.id,
            active=bool(campaign.active),
            category_id=UNSET if category is None else category.id,
            **_when(campaign),
        )


class TierRedemptions(msgspec.Struct, frozen=True):
    total_redeemed: int


class TierOrders(msgspec.Struct, frozen=True):
    """What the orders came to before discounts, and what was taken off them, in minor units."""

    total_amount: int
    total_discount_amount: int


class TierSummary(msgspec.Struct, frozen=True):
    redemptions: TierRedemptions
    orders: TierOrders


class TierOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole tier, in the order of fields that the reference uses; what it does not have is absent."""

    id: str
    created_at: str
    updated_at: str | UnsetType = UNSET
    name: str
    banner: str | UnsetType = UNSET
    action: Action
    metadata: dict[str, Any]
    hierarchy: int
    promotion_id: str
    campaign: TierCampaign | UnsetType = UNSET
    campaign_id: str
    active: bool
    start_date: str | UnsetType = UNSET
    expiration_date: str | UnsetType = UNSET
    validity_timeframe: ValidityTimeframe | UnsetType = UNSET
    validity_day_of_week: list[Day] | UnsetType = UNSET
    validity_hours: ValidityHours | UnsetType = UNSET
    summary: TierSummary
    object: Literal["promotion_tier"] = "promotion_tier"
    validation_rule_assignments: AssignmentList = NO_ASSIGNMENTS
    category_id: str | UnsetType = UNSET
    categories: list[CategoryOut]

    @classmethod
    def of(
        cls,
        rulebook: Rulebook,
        tier: PromotionTier,
        totals: PromotionTierTotals,
        campaign: Campaign | None = None,
        rule: RuleAssignment | None = None,
    ) -> "TierOut":
        """The answer for a stored tier; its `campaign` and its `rule` are the rulebook's where none is given."""
        rule = rule or Rules.of(rulebook).assignment(TIER, tier.id)
        categories = Categories.of(rulebook)
        category = categories.get(tier.category_id)
        campaign = campaign or Campaigns.of(rulebook).find(tier.campaign_id)
        discount: Any = msgspec.Raw(tier.discount.encode())
        metadata: Any = msgspec.Raw(tier.metadata.encode())
        return cls(
            id=tier.id,
            created_at=to_iso(tier.created_at),
            updated_at=_date(tier.updated_at),
            name=tier.name,
            banner=UNSET if tier.banner is None else tier.banner,
            action=Action(discount=discount),
            metadata=metadata,
            hierarchy=tier.hierarchy,
            promotion_id=tier.campaign_id,
            campaign=UNSET if campaign is None else TierCampaign.of(categories, campaign),
            campaign_id=tier.campaign_id,
            active=bool(tier.active),
            summary=TierSummary(
                TierRedemptions(totals.total_redeemed), TierOrders(totals.total_amount, totals.total_discount_amount)
            ),
            validation_rule_assignments=assignments_of(rule),
            category_id=UNSET if category is None else category.id,
            categories=told_categories(category),
            **_when(tier),
        )


class TierList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of tiers; `total` is over all pages."""

    object: Literal["list"] = "list"
    data_ref: Literal["tiers"] = "tiers"
    tiers: list[TierOut]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool

    @classmethod
    def whole(
        cls,
        rulebook: Rulebook,
        tiers: Sequence[PromotionTier],
        totals: Mapping[str, PromotionTierTotals],
        campaign: Campaign | None = None,
    ) -> "TierList":
        """All of these tiers; of what has no totals, nothing was done yet."""
        told = [TierOut.of(rulebook, tier, its_totals(tier, totals), campaign) for tier in tiers]
        return cls(tiers=told, total=len(told), has_more=False)


class Stacked(msgspec.Struct, frozen=True, kw_only=True):
    """The tiers of a stack, in the order in which they are applied."""

    ids: list[str]
    hierarchy_mode: Literal["MANUAL"] = "MANUAL"


class StackOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole stack; `updated_at` once it was changed."""

    id: str
    name: str
    created_at: str
    updated_at: str | UnsetType = UNSET
    campaign_id: str
    tiers: Stacked
    category_id: str | None
    categories: list[CategoryOut]
    object: Literal["promotion_stack"] = "promotion_stack"

    @classmethod
    def of(cls, rulebook: Rulebook, stack: PromotionStack) -> "StackOut":
        """The answer for a stored stack."""
        category = Categories.of(rulebook).get(stack.category_id)
        return cls(
            id=stack.id,
            name=stack.name,
            created_at=to_iso(stack.created_at),
            updated_at=_date(stack.updated_at),
            campaign_id=stack.campaign_id,
            tiers=Stacked(ids=stacked(stack)),
            category_id=None if category is None else category.id,
            categories=told_categories(category),
        )


class StackList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of stacks; `total` is over all pages."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[StackOut]
    total: Annotated[int, Meta(ge=0)]


def its_totals(tier: PromotionTier, totals: Mapping[str, PromotionTierTotals]) -> PromotionTierTotals:
    """What was done with a tier, of totals by the ids of tiers; nothing where it has none."""
    return totals.get(tier.id) or PromotionTierTotals(tier.project_id, tier.id)


def _when(of: PromotionTier | Campaign) -> dict[str, Any]:
    validity = _NO_VALIDITY if of.validity is None else _validity(of.validity)
    return {
        "start_date": _date(of.start_at),
        "expiration_date": _date(of.expires_at),
        "validity_timeframe": validity.timeframe,
        "validity_day_of_week": validity.day_of_week,
        "validity_hours": validity.hours,
    }


def _date(ms: int | None) -> str | UnsetType:
    return UNSET if ms is None else to_iso(ms)
