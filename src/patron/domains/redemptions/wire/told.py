"""Redemptions and rollbacks as they are told (spec I 4.2, 4.8)."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.customers import SimpleCustomer
from patron.domains.customers.model import Customer
from patron.domains.orders.wire import OrderOut
from patron.domains.promotions.wire.told import TierOut
from patron.domains.redeemables.wire.told import CalculatedOrderOut, RedeemableOut
from patron.domains.redemptions.model import NOBODY, NOTHING, REDEMPTION, ROLLBACK, VOUCHER, OrderMode, Redemption
from patron.domains.validation_rules.model import VoucherRule
from patron.domains.vouchers import Campaigns
from patron.domains.vouchers.model import GIFT, Voucher, VoucherTotals
from patron.domains.vouchers.wire.told import VoucherOut
from patron.http.listing import list_of
from patron.kernel.clock import to_iso

Result = Literal["SUCCESS", "FAILURE"]
RelatedType = Literal["voucher", "promotion_tier", "redemption"]

FoundVoucher = tuple[Voucher, VoucherTotals, str | None, VoucherRule | None]
"""A voucher, what was done with it, whose it is, and its own rule."""


class Channel(msgspec.Struct, frozen=True):
    """Through what it came: the id of the API key."""

    channel_id: str
    channel_type: Literal["API"] = "API"


class Session(msgspec.Struct, frozen=True):
    key: str


class GiftSpent(msgspec.Struct, frozen=True):
    """Minor units that were spent of a card; below zero where they were given back."""

    amount: int


class RelatedRollback(msgspec.Struct, frozen=True):
    id: str
    date: str
    rollback_order_mode: OrderMode


class RelatedPart(msgspec.Struct, frozen=True):
    id: str
    date: str


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """The rollback of a redemption, and the parts of one that was of several redeemables."""

    rollbacks: list[RelatedRollback] | UnsetType = UNSET
    redemptions: list[RelatedPart] | UnsetType = UNSET


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of both. `redemption` names the parent of a redemption, and what a rollback rolled back."""

    id: str
    date: str
    customer_id: str | None
    tracking_id: str | None
    metadata: dict[str, Any]
    amount: int | UnsetType = UNSET
    redemption: str | None
    result: Result
    failure_code: str | UnsetType = UNSET
    failure_message: str | UnsetType = UNSET
    trace: list[dict[str, Any]] | UnsetType = UNSET
    order: OrderOut | None
    channel: Channel
    customer: SimpleCustomer | None
    related_object_type: RelatedType
    related_object_id: str
    related_object_parent_id: str | UnsetType = UNSET
    voucher: VoucherOut | UnsetType = UNSET
    promotion_tier: TierOut | UnsetType = UNSET
    gift: GiftSpent | UnsetType = UNSET


class RedemptionOut(_Told, frozen=True, kw_only=True, tag_field="object", tag=REDEMPTION):
    """A redemption. One that failed says why: `trace` has all reasons, with what was expected and what was found."""

    status: Literal["SUCCEEDED", "FAILED", "ROLLED_BACK"]
    session: Session | UnsetType = UNSET
    related_redemptions: Related | UnsetType = UNSET


class RollbackOut(_Told, frozen=True, kw_only=True, tag_field="object", tag=ROLLBACK):
    """A rollback: amounts are negative, `order` is what the order is since."""

    status: Literal["SUCCEEDED", "FAILED"]
    reason: str | UnsetType = UNSET


class Around(NamedTuple):
    """What is told beside a row, as it is now: each is None where there is none, or none any more."""

    customer: Customer | None = None
    voucher: FoundVoucher | None = None
    tier: TierOut | None = None
    parts: Sequence[Redemption] = ()


def told(campaigns: Campaigns, row: Redemption, around: Around) -> "RedemptionOut | RollbackOut":
    """The answer for a stored row; `campaigns` tells the names of vouchers' campaigns."""
    fields = _fields(campaigns, row, around)
    if row.object == ROLLBACK:
        return RollbackOut(**fields, redemption=row.of_id, reason=row.reason or UNSET)
    return RedemptionOut(
        **fields,
        redemption=row.parent_id,
        session=UNSET if row.session_key is None else Session(row.session_key),
        related_redemptions=_related(row, around.parts),
    )


def _fields(campaigns: Campaigns, row: Redemption, around: Around) -> dict[str, Any]:
    is_card = around.voucher is not None and around.voucher[0].type == GIFT
    spent = row.amount if row.amount or is_card else UNSET
    customer = around.customer
    return {
        "id": row.id,
        "date": to_iso(row.created_at),
        "customer_id": _own_id(row, customer),
        "tracking_id": None if row.tracking_id == NOTHING else row.tracking_id,
        "metadata": as_stored(row.metadata),
        "amount": spent,
        "result": row.result,
        "status": row.status,
        "failure_code": row.failure_code or UNSET,
        "failure_message": row.failure_message or UNSET,
        "trace": UNSET if row.trace is None else as_stored(row.trace),
        "order": None if row.order is None else as_stored(row.order),
        "channel": Channel(row.channel_id),
        "customer": None if customer is None else SimpleCustomer.of(customer),
        "related_object_type": row.related_type,
        "related_object_id": row.related_id,
        "related_object_parent_id": row.campaign_id or UNSET,
        "voucher": UNSET if around.voucher is None else _voucher(campaigns, *around.voucher),
        "promotion_tier": UNSET if around.tier is None else around.tier,
        "gift": GiftSpent(row.amount) if is_card and row.related_type == VOUCHER else UNSET,
    }


def _voucher(
    campaigns: Campaigns, voucher: Voucher, totals: VoucherTotals, holder_id: str | None, rule: VoucherRule | None
) -> VoucherOut:
    return VoucherOut.of(campaigns, voucher, totals, holder_id, rule=rule)


def _own_id(row: Redemption, customer: Customer | None) -> str | None:
    """Whose it is now; rows of a merged customer stand under the old id for a while."""
    if customer is not None:
        return customer.id
    return None if row.customer_id == NOBODY else row.customer_id


def _related(row: Redemption, parts: Sequence[Redemption]) -> Related | UnsetType:
    mode: Any = row.order_mode
    undone = (
        UNSET
        if row.rollback_id is None
        else [RelatedRollback(row.rollback_id, to_iso(row.rolled_back_at or row.created_at), mode)]
    )
    stacked = [RelatedPart(part.id, to_iso(part.created_at)) for part in parts] if parts else UNSET
    return UNSET if undone is UNSET and stacked is UNSET else Related(rollbacks=undone, redemptions=stacked)


def as_stored(text: str) -> Any:
    """JSON that goes out as it is stored."""
    return msgspec.Raw(text.encode())


RedemptionList: Any = list_of("redemptions", RedemptionOut | RollbackOut)


class VoucherRedemptions(msgspec.Struct, frozen=True, kw_only=True):
    """How often a voucher may be redeemed, how often it was, for how much, and a page of what was done with it."""

    quantity: int | None
    redeemed_quantity: int
    redeemed_amount: int | UnsetType = UNSET
    object: Literal["list"] = "list"
    url: str
    data_ref: Literal["redemption_entries"] = "redemption_entries"
    total: int
    redemption_entries: list[RedemptionOut | RollbackOut]
    has_more: bool
    next_cursor: str | UnsetType = UNSET


class RedeemedOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was redeemed: one by one, all together where there were several, and the order after it (spec I 4.1)."""

    redemptions: list[RedemptionOut]
    parent_redemption: RedemptionOut | UnsetType = UNSET
    order: CalculatedOrderOut | UnsetType = UNSET
    inapplicable_redeemables: list[RedeemableOut] | UnsetType = UNSET
    skipped_redeemables: list[RedeemableOut] | UnsetType = UNSET


class RolledBackOut(msgspec.Struct, frozen=True, kw_only=True):
    """The rollback of a redemption and of all its parts (spec I 4.8)."""

    rollbacks: list[RollbackOut]
    parent_rollback: RollbackOut | UnsetType = UNSET
    order: OrderOut | UnsetType = UNSET
