"""Campaigns as they are told (spec I 2.1)."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.campaigns.wire.asked import Status
from patron.domains.campaigns.wire.given import CampaignType, Type
from patron.domains.categories import Categories
from patron.domains.categories.wire import CategoryOut
from patron.domains.categories.wire import told as told_categories
from patron.domains.promotions.wire.told import TierList
from patron.domains.validation_rules.model import RuleAssignment
from patron.domains.validation_rules.wire.told import NO_ASSIGNMENTS, AssignmentList, assignments_of
from patron.domains.vouchers import GIFT_VOUCHERS, Campaign, CampaignTotals, KeptCodeConfig
from patron.domains.vouchers.wire.discount import Discount, GiftEffect
from patron.domains.vouchers.wire.given import Type as VoucherType
from patron.domains.vouchers.wire.validity import Day, Validity, ValidityHours, ValidityTimeframe
from patron.http.listing import list_of
from patron.kernel.clock import to_iso

_validity = msgspec.json.Decoder(Validity).decode
_code_config = msgspec.json.Decoder(KeptCodeConfig).decode
_NO_VALIDITY = Validity()


class TemplateGift(msgspec.Struct, frozen=True, kw_only=True):
    """The credits that a new card begins with, in minor units."""

    amount: int
    balance: int
    effect: GiftEffect


class TemplateRedemption(msgspec.Struct, frozen=True, kw_only=True):
    quantity: int | None


class TemplateOut(msgspec.Struct, frozen=True, kw_only=True):
    """What new vouchers of a campaign are; `code_config` says nothing of a STANDALONE one, which makes no codes."""

    type: VoucherType
    discount: Discount | UnsetType = UNSET
    gift: TemplateGift | UnsetType = UNSET
    redemption: TemplateRedemption
    code_config: KeptCodeConfig
    is_referral_code: bool
    start_date: str | UnsetType = UNSET
    expiration_date: str | UnsetType = UNSET
    validity_timeframe: ValidityTimeframe | UnsetType = UNSET
    validity_day_of_week: list[Day] | UnsetType = UNSET
    validity_hours: ValidityHours | UnsetType = UNSET


class CampaignOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole campaign, in the order of fields that the reference uses; what it does not have is absent."""

    id: str
    name: str
    description: str | UnsetType = UNSET
    campaign_type: CampaignType
    type: Type
    voucher: TemplateOut | UnsetType = UNSET
    auto_join: bool
    join_once: bool
    use_voucher_metadata_schema: bool
    validity_timeframe: ValidityTimeframe | UnsetType = UNSET
    validity_day_of_week: list[Day] | UnsetType = UNSET
    validity_hours: ValidityHours | UnsetType = UNSET
    activity_duration_after_publishing: str | UnsetType = UNSET
    vouchers_count: int
    start_date: str | UnsetType = UNSET
    expiration_date: str | UnsetType = UNSET
    active: bool
    metadata: dict[str, Any]
    created_at: str
    updated_at: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    creation_status: Status
    vouchers_generation_status: Status
    protected: bool
    promotion: TierList | UnsetType = UNSET
    category_id: str | None
    categories: list[CategoryOut]
    validation_rules_assignments: AssignmentList = NO_ASSIGNMENTS
    object: Literal["campaign"] = "campaign"

    @classmethod
    def of(
        cls,
        categories: Categories,
        campaign: Campaign,
        totals: CampaignTotals,
        promotion: TierList | None = None,
        rule: RuleAssignment | None = None,
    ) -> "CampaignOut":
        """The answer for a stored campaign; `promotion` are the tiers of one that has such, `rule` is its rule."""
        category = categories.get(campaign.category_id)
        kind: Any = campaign.campaign_type
        source: Any = campaign.type
        validity = _NO_VALIDITY if campaign.validity is None else _validity(campaign.validity)
        when: dict[str, Any] = {
            "start_date": _date(campaign.start_at),
            "expiration_date": _date(campaign.expires_at),
            "validity_timeframe": validity.timeframe,
            "validity_day_of_week": validity.day_of_week,
            "validity_hours": validity.hours,
        }
        status = status_of(totals)
        return cls(
            id=campaign.id,
            name=campaign.name,
            description=_or_unset(campaign.description),
            campaign_type=kind,
            type=source,
            voucher=UNSET if promotion is not None else _template(campaign, when),
            auto_join=bool(campaign.auto_join),
            join_once=bool(campaign.join_once),
            use_voucher_metadata_schema=campaign.schema == "voucher",
            activity_duration_after_publishing=_or_unset(campaign.lifetime),
            vouchers_count=totals.vouchers_count,
            active=bool(campaign.active),
            metadata=_as_stored(campaign.metadata),
            created_at=to_iso(campaign.created_at),
            updated_at=_date(campaign.updated_at or None),
            category=_or_unset(campaign.category if category is None else category.name),
            creation_status=status,
            vouchers_generation_status=status,
            protected=bool(campaign.protected),
            promotion=UNSET if promotion is None else promotion,
            category_id=None if category is None else category.id,
            categories=told_categories(category),
            validation_rules_assignments=assignments_of(rule),
            **when,
        )


def status_of(totals: CampaignTotals) -> Status:
    """What goes on with the codes of a campaign."""
    if totals.generating:
        return "IN_PROGRESS"
    if totals.updating:
        return "MODIFYING"
    return "FAILED" if totals.failed else "DONE"


def _template(campaign: Campaign, when: dict[str, Any]) -> TemplateOut:
    is_gift = campaign.campaign_type == GIFT_VOUCHERS
    return TemplateOut(
        type="GIFT_VOUCHER" if is_gift else "DISCOUNT_VOUCHER",
        discount=UNSET if campaign.discount is None else _as_stored(campaign.discount),
        gift=_gift(campaign) if is_gift else UNSET,
        redemption=TemplateRedemption(quantity=campaign.quantity),
        code_config=_code_config(campaign.code_config),
        is_referral_code=False,
        **when,
    )


def _gift(campaign: Campaign) -> TemplateGift:
    effect: Any = campaign.gift_effect
    amount = campaign.gift_amount or 0
    return TemplateGift(amount=amount, balance=amount, effect=effect)


def _as_stored(text: str) -> Any:
    return msgspec.Raw(text.encode())


def _date(ms: int | None) -> str | UnsetType:
    return UNSET if ms is None else to_iso(ms)


def _or_unset(text: str | None) -> str | UnsetType:
    return UNSET if text is None else text


CampaignList: Any = list_of("campaigns", CampaignOut)


class Nothing(msgspec.Struct, frozen=True):
    """An empty object: it is done."""
