"""What is answered to a validation, and what the older operations about one voucher take (spec I 3.2, 3.9)."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.wire import Amount, Id, ItemIn, OrderIn, Quantity, Related, SourceId
from patron.domains.promotions.wire.told import TierCampaign
from patron.domains.redeemables.wire.asked import (
    GiftAsked,
    Options,
    RedeemableIn,
    RedeemablesIn,
    RewardAsked,
    SessionIn,
    SessionKey,
    TrackingId,
    Ttl,
    TtlUnit,
)
from patron.domains.redeemables.wire.told import (
    ApplicableList,
    CalculatedOrderOut,
    RedeemableOut,
    RefusalOut,
    SessionOut,
)
from patron.domains.stacking_rules import StackedCategoryOut, StackingRulesOut
from patron.domains.vouchers.wire.discount import Discount, GiftEffect
from patron.kernel.problems import invalid_query_params

MOST_ITEMS = 100
"""Lines that a query may bring."""


class ValidationOut(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of all that was asked for. Where it is `valid`, `redeemables` are those that apply."""

    id: str
    valid: bool
    redeemables: list[RedeemableOut]
    skipped_redeemables: list[RedeemableOut] | UnsetType = UNSET
    inapplicable_redeemables: list[RedeemableOut] | UnsetType = UNSET
    order: CalculatedOrderOut | UnsetType = UNSET
    tracking_id: str | UnsetType = UNSET
    session: SessionOut | UnsetType = UNSET
    stacking_rules: StackingRulesOut


class VoucherValidationIn(msgspec.Struct, frozen=True, kw_only=True):
    """For which order and whom a voucher is to be validated. Null is as absent."""

    order: OrderIn | None | UnsetType = UNSET
    customer: CustomerIn | None | UnsetType = UNSET
    gift: GiftAsked | None | UnsetType = UNSET
    reward: RewardAsked | None | UnsetType = UNSET
    session: SessionIn | None | UnsetType = UNSET
    tracking_id: TrackingId | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    options: Options | None | UnsetType = UNSET

    def about(self, code: str) -> RedeemablesIn:
        """The same as a request for this one voucher."""
        return RedeemablesIn(
            redeemables=[RedeemableIn(object="voucher", id=code, gift=self.gift)],
            order=self.order,
            customer=self.customer,
            session=self.session,
            tracking_id=self.tracking_id,
            metadata=self.metadata,
            options=self.options,
        )


class GiftOfVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """A card's credits in minor units: all that it ever had, and what this request may spend of it."""

    amount: int
    balance: int
    effect: GiftEffect


class VoucherValidationOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a voucher applies, and what it takes off; where it does not, why."""

    valid: bool
    reason: str | UnsetType = UNSET
    error: RefusalOut | UnsetType = UNSET
    code: str
    applicable_to: ApplicableList | UnsetType = UNSET
    inapplicable_to: ApplicableList | UnsetType = UNSET
    campaign: str | UnsetType = UNSET
    campaign_id: str | UnsetType = UNSET
    discount: Discount | UnsetType = UNSET
    gift: GiftOfVoucher | UnsetType = UNSET
    order: CalculatedOrderOut | UnsetType = UNSET
    session: SessionOut | UnsetType = UNSET
    start_date: str | UnsetType = UNSET
    expiration_date: str | UnsetType = UNSET
    customer_id: str | UnsetType = UNSET
    tracking_id: str
    metadata: dict[str, Any]


class PromotionValidationIn(msgspec.Struct, frozen=True, kw_only=True):
    """For which order and whom promotion tiers are to be validated. Null is as absent."""

    order: OrderIn | None | UnsetType = UNSET
    customer: CustomerIn | None | UnsetType = UNSET
    tracking_id: TrackingId | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    options: Options | None | UnsetType = UNSET

    def about(self, tier_ids: Iterable[str]) -> RedeemablesIn:
        """The same as a request for these tiers."""
        return RedeemablesIn(
            redeemables=[RedeemableIn(object="promotion_tier", id=tier_id) for tier_id in tier_ids],
            order=self.order,
            customer=self.customer,
            tracking_id=self.tracking_id,
            metadata=self.metadata,
            options=self.options,
        )


class TiersQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What the reference takes to look at fewer tiers, or at fewer rules: refused, rather than left out."""

    audienceRulesOnly: bool | None = None  # noqa: N815 - as the reference spells it
    filters: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.audienceRulesOnly:
            raise invalid_query_params("audienceRulesOnly: expected false, as all rules are looked at")
        if self.filters:
            raise invalid_query_params("filters: expected none, as the newest tiers of all campaigns are looked at")


class TierValidationOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a promotion tier applies, and what it takes off, in minor units; where it does not, why."""

    valid: bool
    reason: str | UnsetType = UNSET
    error: RefusalOut | UnsetType = UNSET
    applicable_to: ApplicableList | UnsetType = UNSET
    inapplicable_to: ApplicableList | UnsetType = UNSET
    tracking_id: str | UnsetType = UNSET
    order: CalculatedOrderOut | UnsetType = UNSET
    id: str
    name: str | UnsetType = UNSET
    banner: str | UnsetType = UNSET
    discount: Discount | UnsetType = UNSET
    start_date: str | UnsetType = UNSET
    expiration_date: str | UnsetType = UNSET
    campaign: TierCampaign | UnsetType = UNSET
    hierarchy: int | UnsetType = UNSET
    discount_amount: int | UnsetType = UNSET
    applied_discount_amount: int | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    object: Literal["promotion_tier"] = "promotion_tier"
    category_id: str | UnsetType = UNSET
    categories: list[StackedCategoryOut] | UnsetType = UNSET


class PromotionsValidationOut(msgspec.Struct, frozen=True, kw_only=True):
    """The tiers that apply, each by itself, by hierarchy; `valid` where there is any."""

    valid: bool
    promotions: list[TierValidationOut]
    tracking_id: str | UnsetType = UNSET


class ItemOfQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the order: `item[0][product_id]=…&item[0][quantity]=2`."""

    product_id: Id | UnsetType = UNSET
    sku_id: Id | UnsetType = UNSET
    source_id: SourceId | UnsetType = UNSET
    related_object: Related | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    price: Amount | UnsetType = UNSET
    amount: Amount | UnsetType = UNSET

    def line(self) -> ItemIn:
        """The line as an order has it."""
        return ItemIn(**{name: getattr(self, name) for name in self.__struct_fields__})


class OrderOfQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a query says of the order beside its amount and lines."""

    metadata: dict[str, Any] | UnsetType = UNSET


class CartQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a page's query says of the order and the customer. Parts of an object stand in brackets:
    `customer[source_id]`.
    """

    amount: Amount | UnsetType = UNSET
    item: dict[str, ItemOfQuery] | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    order: OrderOfQuery | UnsetType = UNSET
    customer: CustomerIn | UnsetType = UNSET
    tracking_id: TrackingId | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.item and (len(self.item) > MOST_ITEMS or not all(n.isdecimal() for n in self.item)):
            raise invalid_query_params(f"item: expected at most {MOST_ITEMS}, numbered from 0")

    def sent_order(self) -> OrderIn | UnsetType:
        """The order that the query spells out."""
        if self.amount is UNSET and self.item is UNSET and self.order is UNSET:
            return UNSET
        lines = UNSET if self.item is UNSET else [self.item[n].line() for n in sorted(self.item, key=int)]
        metadata = UNSET if self.order is UNSET else self.order.metadata
        return OrderIn(amount=self.amount, items=lines, metadata=metadata)


class PromotionsQuery(CartQuery, frozen=True, kw_only=True):
    """The query of a page that asks which promotion tiers apply."""

    def asked(self) -> PromotionValidationIn:
        """The same as a body."""
        return PromotionValidationIn(
            order=self.sent_order(), customer=self.customer, tracking_id=self.tracking_id, metadata=self.metadata
        )


class ValidateQuery(CartQuery, frozen=True, kw_only=True):
    """The query of a page's validation of one voucher."""

    code: Annotated[str, Meta(min_length=1, max_length=255)]
    session_type: str | UnsetType = UNSET
    session_key: SessionKey | UnsetType = UNSET
    session_ttl: Ttl | UnsetType = UNSET
    session_ttl_unit: TtlUnit | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.session_type not in (UNSET, "LOCK"):
            raise invalid_query_params("session_type: expected LOCK")

    def asked(self) -> RedeemablesIn:
        """The same as a request for this one voucher."""
        return VoucherValidationIn(
            order=self.sent_order(),
            customer=self.customer,
            session=self._session(),
            tracking_id=self.tracking_id,
            metadata=self.metadata,
        ).about(self.code)

    def _session(self) -> SessionIn | UnsetType:
        if self.session_type is UNSET and self.session_key is UNSET:
            return UNSET
        return SessionIn(
            type="LOCK" if self.session_type == "LOCK" else UNSET,
            key=self.session_key,
            ttl=self.session_ttl,
            ttl_unit=self.session_ttl_unit,
        )
