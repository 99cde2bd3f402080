"""Publications as they are told (spec I 2.4)."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.customers.wire import CustomerKnown, CustomerOut
from patron.domains.events.model import FAILURE, NO_SOURCE_ID, Publication, Result
from patron.domains.vouchers import Campaigns
from patron.domains.vouchers.model import Voucher, VoucherTotals
from patron.domains.vouchers.wire.discount import Discount
from patron.domains.vouchers.wire.told import VoucherGift, VoucherOut
from patron.http.listing import list_of
from patron.kernel.clock import to_iso

Found = tuple[Voucher, VoucherTotals, str | None]
"""A voucher, what was done with it, and whose it is."""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of every publication; `tracking_id` is the source_id that the customer had."""

    id: str
    object: Literal["publication"] = "publication"
    created_at: str
    customer_id: str
    tracking_id: str | UnsetType = UNSET
    metadata: dict[str, Any]
    channel: str
    source_id: str | None


class PublicationOut(_Told, frozen=True, kw_only=True):
    """The answer: the customer as they are after it, and the voucher, or the codes where several were asked for."""

    result: Literal["SUCCESS"] = "SUCCESS"
    customer: CustomerOut
    voucher: VoucherOut | UnsetType = UNSET
    vouchers: list[str] | UnsetType = UNSET
    vouchers_id: list[str]


class PagePublicationOut(_Told, frozen=True, kw_only=True):
    """The answer to a page, which is told little of the customer: anybody may send any source_id."""

    result: Literal["SUCCESS"] = "SUCCESS"
    customer: CustomerKnown
    voucher: VoucherOut | UnsetType = UNSET
    vouchers: list[str] | UnsetType = UNSET
    vouchers_id: list[str]


class PublishedVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """The voucher of a publication, in short, as it is now; of one that was deleted, the code is left."""

    code: str
    object: Literal["voucher"] = "voucher"
    campaign: str | None
    gift: VoucherGift | UnsetType = UNSET
    discount: Discount | UnsetType = UNSET
    is_referral_code: bool | None = None

    @classmethod
    def of(cls, campaigns: Campaigns, publication: Publication, found: Found | None) -> "PublishedVoucher":
        """The voucher of a publication of one; `campaigns` tells the name of its campaign."""
        if found is None:
            return cls(code=publication.code, campaign=publication.campaign)
        told = VoucherOut.of(campaigns, *found)
        return cls(
            code=told.code,
            campaign=publication.campaign,
            gift=told.gift or UNSET,
            discount=told.discount or UNSET,
            is_referral_code=told.is_referral_code,
        )


class CustomerById(msgspec.Struct, frozen=True):
    """A customer, by the id alone: in a feed, and one who was deleted."""

    id: str
    summary: None = None
    loyalty: None = None
    referrals: None = None
    object: Literal["customer"] = "customer"


class PublicationEntry(_Told, frozen=True, kw_only=True):
    """A publication of the list. One that failed says why, and which code it was about."""

    result: Result
    customer: Any
    voucher: PublishedVoucher | UnsetType = UNSET
    vouchers: list[str] | UnsetType = UNSET
    vouchers_id: list[str]
    failure_code: str | UnsetType = UNSET
    failure_message: str | UnsetType = UNSET


class CampaignName(msgspec.Struct, frozen=True):
    """A campaign, in short."""

    id: str
    name: str
    campaign_type: str
    type: str
    object: Literal["campaign"] = "campaign"


PublicationList: Any = list_of("publications", PublicationEntry)


def told(publication: Publication) -> dict[str, Any]:
    """The fields that every publication is told by."""
    return {
        "id": publication.id,
        "created_at": to_iso(publication.created_at),
        "customer_id": publication.customer_id,
        "tracking_id": UNSET if publication.tracking_id == NO_SOURCE_ID else publication.tracking_id,
        "metadata": as_stored(publication.metadata),
        "channel": publication.channel,
        "source_id": publication.source_id,
        "vouchers_id": as_stored(publication.voucher_ids),
    }


def codes_of(publication: Publication) -> Any:
    """The codes where they are told as a list: of several, and of a failure; else UNSET."""
    if publication.codes is not None:
        return as_stored(publication.codes)
    if publication.result == FAILURE:
        return [publication.code] if publication.code else []
    return UNSET


def as_stored(text: str) -> Any:
    """JSON that goes out as it is stored."""
    return msgspec.Raw(text.encode())
