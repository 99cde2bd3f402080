"""How it is told what becomes of a request (spec I 3.2, 3.4)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.orders.model import Status
from patron.domains.orders.wire import CustomerId, ProductOut, Related, SkuOut
from patron.domains.redeemables.wire.asked import TtlUnit
from patron.domains.stacking_rules import StackedCategoryOut
from patron.domains.validation_rules.wire.told import BundleOut
from patron.domains.vouchers.wire.discount import Discount
from patron.domains.vouchers.wire.told import VoucherRedemption


class ReplacementOut(msgspec.Struct, frozen=True):
    """Units of one line that gave way to units of another; lines by their number."""

    source_index: int
    source_applied_quantity: int
    source_applied_quantity_amount: int
    target_index: int
    target_applied_quantity: int
    target_applied_quantity_amount: int
    target_applied_discount_amount: int


class CalculatedItemOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line after a redeemable. What begins with `applied` is that one's alone; zeros of it are left out."""

    object: Literal["order_item"] = "order_item"
    source_id: str | UnsetType = UNSET
    related_object: Related | UnsetType = UNSET
    product_id: str | UnsetType = UNSET
    sku_id: str | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    discount_quantity: int | UnsetType = UNSET
    initial_quantity: int | UnsetType = UNSET
    amount: int | UnsetType = UNSET
    discount_amount: int | UnsetType = UNSET
    initial_amount: int | UnsetType = UNSET
    applied_discount_amount: int | UnsetType = UNSET
    applied_discount_quantity: int | UnsetType = UNSET
    applied_quantity: int | UnsetType = UNSET
    applied_quantity_amount: int | UnsetType = UNSET
    price: int | UnsetType = UNSET
    subtotal_amount: int | UnsetType = UNSET
    product: ProductOut | UnsetType = UNSET
    sku: SkuOut | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    application_details: list[ReplacementOut] | UnsetType = UNSET


class CalculatedOrderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An order after a redeemable, or after all of them. Discounts of zero are left out (spec I 3.4).

    What begins with `applied` is that redeemable's alone, and in the order of the whole answer the sum over all.
    """

    id: str | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    created_at: str | UnsetType = UNSET
    updated_at: str | None | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    amount: int | UnsetType = UNSET
    initial_amount: int | UnsetType = UNSET
    discount_amount: int | UnsetType = UNSET
    items_discount_amount: int | UnsetType = UNSET
    total_discount_amount: int | UnsetType = UNSET
    total_amount: int | UnsetType = UNSET
    applied_discount_amount: int | UnsetType = UNSET
    items_applied_discount_amount: int | UnsetType = UNSET
    total_applied_discount_amount: int | UnsetType = UNSET
    items: list[CalculatedItemOut] | UnsetType = UNSET
    metadata: dict[str, Any]
    customer: CustomerId | UnsetType = UNSET
    referrer: CustomerId | UnsetType = UNSET
    customer_id: str | None
    referrer_id: str | None
    object: Literal["order"] = "order"


class ApplicableToOut(msgspec.Struct, frozen=True, kw_only=True):
    """Products, SKUs or collections that a redeemable applies to, or does not, and how far (spec I 1.3)."""

    object: Literal["product", "sku", "products_collection"]
    id: str
    source_id: str | UnsetType = UNSET
    product_id: str | UnsetType = UNSET
    product_source_id: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET
    price: int | UnsetType = UNSET
    price_formula: str | UnsetType = UNSET
    effect: str = "APPLY_TO_EVERY"
    quantity_limit: int | UnsetType = UNSET
    aggregated_quantity_limit: int | UnsetType = UNSET
    amount_limit: int | UnsetType = UNSET
    aggregated_amount_limit: int | UnsetType = UNSET
    order_item_indices: list[int] | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    skip_initially: int | UnsetType = UNSET
    target: Literal["ITEM", "UNIT"] | UnsetType = UNSET


class ApplicableList(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    data: list[ApplicableToOut] = []
    total: Annotated[int, Meta(ge=0)] = 0
    data_ref: Literal["data"] = "data"
    object: Literal["list"] = "list"


class GiftResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is left on a card for this session, what is paid of it, and what other sessions hold; in minor units."""

    balance: int
    credits: int
    locked_credits: int | UnsetType = UNSET


class CustomMessage(msgspec.Struct, frozen=True):
    """What the shop wants to be said."""

    message: str


class RefusalOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why a redeemable does not apply: as the envelope of a refused request, inside of an answer."""

    code: int
    key: str
    message: str
    details: str
    request_id: str
    resource_id: str | UnsetType = UNSET
    resource_type: str | UnsetType = UNSET
    error: CustomMessage | UnsetType = UNSET


class Reason(msgspec.Struct, frozen=True):
    """In short why a redeemable is left out."""

    key: str
    message: str


class ChangeOut(msgspec.Struct, frozen=True):
    """The smallest change that would pass: of what, and by how much (minor units, times or ms)."""

    of: str
    by: int


class TraceOut(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why a redeemable does not apply: which check failed, what it expected, what it found."""

    key: str
    message: str
    details: str
    check: str | UnsetType = UNSET
    expected: Any = UNSET
    actual: Any = UNSET
    change: ChangeOut | UnsetType = UNSET


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a redeemable comes to: its discount or gift where it applies, else why it does not.

    `bundle` tells the bundles that it needs; the discount is that of one. `trace`, which is ours, has all reasons.
    """

    discount: Discount | UnsetType = UNSET
    gift: GiftResult | UnsetType = UNSET
    bundle: BundleOut | UnsetType = UNSET
    error: RefusalOut | UnsetType = UNSET
    details: Reason | UnsetType = UNSET
    trace: list[TraceOut] | UnsetType = UNSET


class RedeemableOut(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one redeemable. `order` is the order after it."""

    status: Literal["APPLICABLE", "INAPPLICABLE", "SKIPPED"]
    id: str
    object: Literal["voucher", "promotion_tier"]
    order: CalculatedOrderOut | UnsetType = UNSET
    applicable_to: ApplicableList | UnsetType = UNSET
    inapplicable_to: ApplicableList | UnsetType = UNSET
    result: Result
    metadata: dict[str, Any] | UnsetType = UNSET
    categories: list[StackedCategoryOut] | UnsetType = UNSET
    campaign_name: str | UnsetType = UNSET
    campaign_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    holder_id: str | None | UnsetType = UNSET
    redemption: VoucherRedemption | UnsetType = UNSET


class SessionOut(msgspec.Struct, frozen=True, kw_only=True):
    """The session that holds what applies, and for how long."""

    key: str
    type: Literal["LOCK"] = "LOCK"
    ttl: int | float
    ttl_unit: TtlUnit
