"""What a customer holds and may redeem: what is asked and told (spec I 1.5)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.vouchers.wire.given import Type
from patron.domains.vouchers.wire.told import VoucherOut
from patron.http.filters import Filters

Status = Literal["ACTIVE", "USED", "DISABLED", "NOT_ACTIVE_YET", "EXPIRED", "NO_BALANCE"]


class RedeemablesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of what a customer holds."""

    filters: Filters = None
    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    order: Literal["id", "-id"] = "-id"
    starting_after_id: Annotated[
        str | None, Meta(description="Goes on after the entry with this id, in the direction of `order`.")
    ] = None


class HeldVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher, and whether it can be used just now."""

    type: Literal["voucher"] = "voucher"
    voucher: VoucherOut
    status: Status


class CustomerRedeemable(msgspec.Struct, frozen=True, kw_only=True):
    """That a customer holds a voucher, since `created_at`."""

    id: str
    created_at: str
    redeemable_id: str
    redeemable_object: Literal["voucher"] = "voucher"
    customer_id: str
    holder_role: Literal["OWNER"] = "OWNER"
    campaign_id: str | None
    campaign_type: str | None
    voucher_type: Type
    redeemable: HeldVoucher


class RedeemableList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what a customer holds; `total` is how much that is in all."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[CustomerRedeemable]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool
    more_starting_after: str | UnsetType = UNSET
