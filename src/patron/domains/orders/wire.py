"""What is sent and answered of orders (spec I 3.4, 5)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn, Moment
from patron.domains.orders.model import NEVER, Order, Status
from patron.http.listing import Paging, list_of
from patron.kernel.clock import from_iso, to_iso
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload

LARGEST_AMOUNT = 10**12
"""Minor units. So many customers' sums stay far within what a double holds exactly."""
LARGEST_QUANTITY = 1_000_000
LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999, in epoch ms."""
MOST_ITEMS = 500
MOST_IMPORTED = 2_000

Amount = Annotated[int, Meta(ge=0, le=LARGEST_AMOUNT, description="In minor units: 100 for 1.00.")]
Quantity = Annotated[int, Meta(ge=0, le=LARGEST_QUANTITY)]
Id = Annotated[str, Meta(min_length=1, max_length=255)]
SourceId = Annotated[str, Meta(min_length=1, max_length=255, description="The caller's own id, unique in the project.")]
Name = Annotated[str, Meta(max_length=500)]
Related = Literal["product", "sku"]


class ProductOfItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product as an item speaks of it."""

    id: Id | None | UnsetType = UNSET
    source_id: SourceId | None | UnsetType = UNSET
    name: Name | None | UnsetType = UNSET
    price: Amount | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    override: bool | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check(self.metadata, "product.metadata")


class SkuOfItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A SKU as an item speaks of it."""

    id: Id | None | UnsetType = UNSET
    source_id: SourceId | None | UnsetType = UNSET
    sku: Name | None | UnsetType = UNSET
    price: Amount | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    override: bool | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check(self.metadata, "sku.metadata")


class ItemIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of an order. Without `amount` it costs its price as often as its quantity says, once where that is absent.

    Null is as absent.
    """

    source_id: SourceId | None | UnsetType = UNSET
    related_object: Related | None | UnsetType = UNSET
    product_id: Id | None | UnsetType = UNSET
    sku_id: Id | None | UnsetType = UNSET
    quantity: Quantity | None | UnsetType = UNSET
    discount_quantity: Quantity | None | UnsetType = UNSET
    initial_quantity: Annotated[int, Meta(ge=1, le=LARGEST_QUANTITY)] | None | UnsetType = UNSET
    amount: Amount | None | UnsetType = UNSET
    discount_amount: Amount | None | UnsetType = UNSET
    initial_amount: Amount | None | UnsetType = UNSET
    price: Amount | None | UnsetType = UNSET
    product: ProductOfItem | None | UnsetType = UNSET
    sku: SkuOfItem | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check(self.metadata, "items.metadata")


class OrderPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of an order: what is absent or null stays, items are replaced, metadata merges by key.

    `customer` and `referrer` are created or changed with the order; `referrer_id` names a customer who is there.
    """

    source_id: SourceId | None | UnsetType = UNSET
    status: Status | None | UnsetType = UNSET
    amount: Amount | None | UnsetType = UNSET
    initial_amount: Amount | None | UnsetType = UNSET
    discount_amount: Amount | None | UnsetType = UNSET
    items: Annotated[list[ItemIn], Meta(max_length=MOST_ITEMS)] | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    customer: CustomerIn | None | UnsetType = UNSET
    referrer: CustomerIn | None | UnsetType = UNSET
    referrer_id: Id | None | UnsetType = UNSET
    created_at: Moment | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check(self.metadata, "metadata")
        if isinstance(self.created_at, str):
            moment_of(self.created_at)


class OrderIn(OrderPatch, frozen=True, kw_only=True):
    """An order to create, or to change where `id` (which wins) or `source_id` is known."""

    id: Id | None | UnsetType = UNSET


OrdersIn = Annotated[list[OrderIn], Meta(min_length=1, max_length=MOST_IMPORTED)]


def moment_of(text: str) -> int:
    """When an order was created, as epoch ms. Raises Problem 400."""
    try:
        moment = from_iso(text)
    except (ValueError, OverflowError):
        raise invalid_payload("created_at: expected a date or a date and time in ISO 8601") from None
    if not 0 <= moment <= LAST_MOMENT:
        raise invalid_payload("created_at: expected a time from 1970 to 9999")
    return moment


def _check(metadata: Any, path: str) -> None:
    if isinstance(metadata, dict):
        check_metadata(metadata, path)


class ProductOut(msgspec.Struct, frozen=True, kw_only=True):
    id: str | UnsetType = UNSET
    source_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    price: int | UnsetType = UNSET


class SkuOut(msgspec.Struct, frozen=True, kw_only=True):
    id: str | UnsetType = UNSET
    source_id: str | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET
    price: int | UnsetType = UNSET


class ItemOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it is kept and told. `subtotal_amount` is its amount less its discount."""

    object: Literal["order_item"]
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
    price: int | UnsetType = UNSET
    subtotal_amount: int | UnsetType = UNSET
    product: ProductOut | UnsetType = UNSET
    sku: SkuOut | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET


class CustomerId(msgspec.Struct, frozen=True):
    """Who it is, by the id alone."""

    id: str
    object: Literal["customer"] = "customer"


class OrderRedemption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was redeemed for an order, and what of it was rolled back (spec I 4.4).

    `stacked` and `rollback_stacked` name the parts of one that was of several redeemables.
    """

    date: str
    related_object_type: Literal["voucher", "promotion_tier", "redemption"]
    related_object_id: str
    related_object_parent_id: str | UnsetType = UNSET
    stacked: list[str] | UnsetType = UNSET
    rollback_id: str | UnsetType = UNSET
    rollback_date: str | UnsetType = UNSET
    rollback_stacked: list[str] | UnsetType = UNSET


class OrderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An order, in the order of fields that the reference uses. Discounts of zero are left out (spec I 3.4).

    `total_amount` is what is paid: the amount less all discounts, never below zero.
    """

    id: str
    source_id: str | None
    created_at: str
    updated_at: str | None
    status: Status
    amount: int | UnsetType = UNSET
    initial_amount: int | UnsetType = UNSET
    discount_amount: int | UnsetType = UNSET
    items_discount_amount: int | UnsetType = UNSET
    total_discount_amount: int | UnsetType = UNSET
    total_amount: int | UnsetType = UNSET
    items: list[ItemOut] | UnsetType = UNSET
    metadata: dict[str, Any]
    customer: CustomerId | UnsetType = UNSET
    referrer: CustomerId | UnsetType = UNSET
    customer_id: str | None
    referrer_id: str | None
    redemptions: dict[str, OrderRedemption] | UnsetType = UNSET
    object: Literal["order"]

    @classmethod
    def of(cls, order: Order) -> "OrderOut":
        """The answer for a stored order."""
        status: Any = order.status
        known = order.amount is not None
        return cls(
            id=order.id,
            source_id=order.source_id,
            created_at=to_iso(order.created_at),
            updated_at=None if order.updated_at == NEVER else to_iso(order.updated_at),
            status=status,
            amount=UNSET if order.amount is None else order.amount,
            initial_amount=_told(order.amount if order.initial_amount is None else order.initial_amount),
            discount_amount=order.discount_amount or UNSET,
            items_discount_amount=order.items_discount_amount or UNSET,
            total_discount_amount=order.discount_amount + order.items_discount_amount or UNSET,
            total_amount=order.total_amount if known else UNSET,
            items=UNSET if order.items is None else _as_stored(order.items),
            metadata=_as_stored(order.metadata),
            customer=UNSET if order.customer_id is None else CustomerId(order.customer_id),
            referrer=UNSET if order.referrer_id is None else CustomerId(order.referrer_id),
            customer_id=order.customer_id,
            referrer_id=order.referrer_id,
            redemptions=UNSET if order.redemptions is None else _as_stored(order.redemptions),
            object="order",
        )


def _told(amount: int | None) -> int | UnsetType:
    return UNSET if amount is None else amount


def _as_stored(text: str) -> Any:
    """JSON of the field's own type, which goes out as it is stored."""
    return msgspec.Raw(text.encode())


OrderList: Any = list_of("orders", OrderOut)

By = Literal["created_at", "-created_at", "updated_at", "-updated_at"]


class OrdersQuery(Paging, frozen=True, kw_only=True):
    """The query of the list."""

    order: By = "-created_at"
