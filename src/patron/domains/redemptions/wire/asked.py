"""What is asked of redemptions: lists, and rollbacks (spec I 4.6, 4.8)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn, Moment
from patron.domains.orders.wire import OrderIn
from patron.domains.redeemables.wire.asked import (
    GiftAsked,
    Id,
    Options,
    RedeemableIn,
    RedeemablesIn,
    RewardAsked,
    SessionIn,
    TrackingId,
)
from patron.http.filters import Filters
from patron.http.listing import Paging
from patron.kernel.json_bounds import check_metadata

Order = Literal[
    "created_at",
    "-created_at",
    "id",
    "-id",
    "voucher_code",
    "-voucher_code",
    "tracking_id",
    "-tracking_id",
    "customer_id",
    "-customer_id",
]
Tracking = Annotated[
    str, Meta(max_length=1_024, description="The source_id or tracking id of who redeemed: nobody else's goes.")
]
Reason = Annotated[str, Meta(max_length=1_000, description="Why it is rolled back, in the caller's words.")]


class RedemptionsQuery(Paging, frozen=True, kw_only=True):
    """The query of the list, in which rollbacks stand too. Filters hold together, and are exact."""

    result: Annotated[
        list[Literal["SUCCESS", "FAILURE"]] | None, Meta(description="Those that succeeded, or that failed.")
    ] = None
    campaign: Annotated[str | None, Meta(description="Of the campaign with this name.")] = None
    customer: Annotated[str | None, Meta(description="Of the customer with this id or source_id.")] = None
    created_before: Moment | None = msgspec.field(default=None, name="created_at[before]")
    created_after: Moment | None = msgspec.field(default=None, name="created_at[after]")
    filters: Filters = None
    order: Order = "-created_at"


class OfVoucherQuery(Paging, frozen=True, kw_only=True):
    """The query of what was done with one voucher."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 100


class RedeemVoucherQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the redemption of one voucher."""

    tracking_id: TrackingId | None = None


class RedeemCodeQuery(RedeemVoucherQuery, frozen=True, kw_only=True):
    """The query of the redemption of one voucher from a page."""

    code: Id


class RedeemVoucherIn(msgspec.Struct, frozen=True, kw_only=True):
    """The redemption of one voucher, for an order, by a customer (spec I 4.7)."""

    tracking_id: TrackingId | None | UnsetType = UNSET
    customer: CustomerIn | None | UnsetType = UNSET
    order: OrderIn | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    gift: GiftAsked | None | UnsetType = UNSET
    reward: RewardAsked | None | UnsetType = UNSET
    session: SessionIn | None | UnsetType = UNSET
    options: Options | None | UnsetType = UNSET

    def of(self, code: str, tracking_id: str | None) -> RedeemablesIn:
        """The same as the redemption of several asks for it; a tracking id of the query wins."""
        return self._of(RedeemableIn(object="voucher", id=code, gift=self.gift), tracking_id)

    def of_tier(self, tier_id: str) -> RedeemablesIn:
        """The same for a promotion tier."""
        return self._of(RedeemableIn(object="promotion_tier", id=tier_id), None)

    def _of(self, redeemable: RedeemableIn, tracking_id: str | None) -> RedeemablesIn:
        return RedeemablesIn(
            redeemables=[redeemable],
            order=self.order,
            customer=self.customer,
            session=self.session,
            tracking_id=tracking_id or self.tracking_id,
            metadata=self.metadata,
            options=self.options,
        )


class RollBackQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of a rollback; the body says the same, and more."""

    reason: Reason | None = None
    tracking_id: Tracking | None = None


class RollBackIn(msgspec.Struct, frozen=True, kw_only=True):
    """A rollback: `customer`, `tracking_id` and `order` are refused where the redemption is another one's."""

    reason: Reason | None | UnsetType = UNSET
    tracking_id: Tracking | None | UnsetType = UNSET
    customer: CustomerIn | None | UnsetType = UNSET
    order: OrderIn | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)
