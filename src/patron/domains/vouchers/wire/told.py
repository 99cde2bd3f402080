"""Vouchers as they are told (spec I 1.1)."""

from typing import Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.categories.wire import CategoryOut, told
from patron.domains.validation_rules.model import VoucherRule
from patron.domains.validation_rules.wire.told import NO_ASSIGNMENTS, AssignmentList, assignments_of
from patron.domains.vouchers.campaign import Campaigns
from patron.domains.vouchers.model import DISCOUNT, GIFT, NEVER, Voucher, VoucherTotals
from patron.domains.vouchers.wire.discount import Discount, GiftEffect
from patron.domains.vouchers.wire.given import Type
from patron.domains.vouchers.wire.validity import Day, Validity, ValidityHours, ValidityTimeframe
from patron.http.listing import list_of
from patron.kernel.clock import to_iso

_validity = msgspec.json.Decoder(Validity).decode
_NO_VALIDITY = Validity()


class VoucherGift(msgspec.Struct, frozen=True, kw_only=True):
    """Credits in minor units: balance = amount - subtracted_amount - redemption.redeemed_amount."""

    amount: int
    subtracted_amount: int
    balance: int
    effect: GiftEffect


class VoucherAsset(msgspec.Struct, frozen=True):
    """A picture of the code: `url` opens it without a key; `size` (1 to 100) and `format` (png, svg) may be added."""

    id: str
    url: str


class VoucherAssets(msgspec.Struct, frozen=True):
    qr: VoucherAsset
    barcode: VoucherAsset


class VoucherPublish(msgspec.Struct, frozen=True, kw_only=True):
    """How often it was published."""

    object: Literal["list"] = "list"
    count: int
    url: str


class VoucherRedemption(msgspec.Struct, frozen=True, kw_only=True):
    """How often it may be redeemed (null: any number), how often it was, and for how much."""

    quantity: int | None
    redeemed_quantity: int
    redeemed_amount: int | UnsetType = UNSET
    object: Literal["list"] = "list"
    url: str


class VoucherOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole voucher, in the order of fields that the reference uses."""

    id: str
    code: str
    campaign: str | None
    campaign_id: str | None
    category: str | None
    category_id: str | None
    categories: list[CategoryOut]
    type: Type
    discount: Discount | None
    gift: VoucherGift | None
    loyalty_card: None
    start_date: str | None
    expiration_date: str | None
    validity_timeframe: ValidityTimeframe | None
    validity_day_of_week: list[Day] | None
    validity_hours: ValidityHours | None
    active: bool
    additional_info: str | None
    metadata: dict[str, Any]
    assets: VoucherAssets | UnsetType = UNSET
    is_referral_code: bool | None
    created_at: str
    updated_at: str | None
    holder_id: str | UnsetType = UNSET
    validation_rules_assignments: AssignmentList = NO_ASSIGNMENTS
    redemption: VoucherRedemption
    publish: VoucherPublish
    object: Literal["voucher"] = "voucher"

    @classmethod
    def of(
        cls,
        campaigns: Campaigns,
        voucher: Voucher,
        totals: VoucherTotals,
        holder_id: str | None,
        assets: VoucherAssets | UnsetType = UNSET,
        rule: VoucherRule | None = None,
    ) -> "VoucherOut":
        """The answer for a stored voucher; `campaigns` tells its campaign's name and category, `rule` is its rule."""
        validity = _NO_VALIDITY if voucher.validity is None else _validity(voucher.validity)
        kind: Any = voucher.type
        category = campaigns.categories.get(voucher.category_id)
        is_gift = kind == GIFT
        return cls(
            id=voucher.id,
            code=voucher.code,
            campaign=campaigns.name_of(voucher.campaign_id),
            campaign_id=voucher.campaign_id,
            category=voucher.category if category is None else category.name,
            category_id=None if category is None else category.id,
            categories=told(category),
            type=kind,
            discount=None if voucher.discount is None else _as_stored(voucher.discount),
            gift=_gift(voucher, totals) if is_gift else None,
            loyalty_card=None,
            start_date=_date(voucher.start_at),
            expiration_date=_date(voucher.expires_at),
            validity_timeframe=_or_none(validity.timeframe),
            validity_day_of_week=_or_none(validity.day_of_week),
            validity_hours=_or_none(validity.hours),
            active=bool(voucher.active),
            additional_info=voucher.additional_info,
            metadata=_as_stored(voucher.metadata),
            assets=assets,
            is_referral_code=False if kind == DISCOUNT else None,
            created_at=to_iso(voucher.created_at),
            updated_at=None if voucher.updated_at == NEVER else to_iso(voucher.updated_at),
            holder_id=holder_id or UNSET,
            validation_rules_assignments=assignments_of(rule),
            redemption=redemption_of(voucher, totals),
            publish=VoucherPublish(count=voucher.publish_count, url=f"{_below(voucher)}/publications?page=1&limit=10"),
        )


def redemption_of(voucher: Voucher, totals: VoucherTotals) -> VoucherRedemption:
    """How often a voucher may be redeemed, and was."""
    return VoucherRedemption(
        quantity=voucher.quantity,
        redeemed_quantity=totals.redeemed_quantity,
        redeemed_amount=totals.redeemed_amount if voucher.type == GIFT else UNSET,
        url=f"{_below(voucher)}/redemptions?page=1&limit=10",
    )


def _below(voucher: Voucher) -> str:
    return f"/v1/vouchers/{quote(voucher.code, safe='')}"


def _gift(voucher: Voucher, totals: VoucherTotals) -> VoucherGift:
    effect: Any = voucher.gift_effect
    return VoucherGift(
        amount=totals.amount, subtracted_amount=totals.subtracted_amount, balance=totals.balance, effect=effect
    )


def _as_stored(text: str) -> Any:
    return msgspec.Raw(text.encode())


def _date(ms: int | None) -> str | None:
    return None if ms is None else to_iso(ms)


def _or_none(value: Any) -> Any:
    return None if value is UNSET else value


VoucherList: Any = list_of("vouchers", VoucherOut)
