"""What is asked of campaigns: the queries of their operations (spec I 2.2)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from patron.domains.campaigns.wire.given import MOST_CODES
from patron.http.filters import Filters
from patron.http.listing import Paging

Date = Annotated[str, Meta(max_length=64, description="YYYY-MM-DD")]
Status = Literal["DONE", "IN_PROGRESS", "FAILED", "DRAFT", "MODIFYING"]
AnyType = Literal["DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM", "PROMOTION", "REFERRAL_PROGRAM"]
"""Of every kind that there may come to be; of some there are no campaigns."""
Order = Literal["created_at", "-created_at", "updated_at", "-updated_at"]


class CampaignsQuery(Paging, frozen=True, kw_only=True):
    """The query of the list. Filters hold together."""

    campaign_type: AnyType | None = None
    campaign_status: Annotated[Status | None, Meta(description="Campaigns whose codes are in this state.")] = None
    is_referral_code: Annotated[bool | None, Meta(description="Campaigns whose codes are referral codes.")] = None
    filters: Filters = None
    order: Order = "-created_at"


class AddQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How many vouchers to add: one in the call, more in the background."""

    vouchers_count: Annotated[int, Meta(ge=1, le=MOST_CODES)] = 1


class DeleteQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Where a deletion puts a campaign and its vouchers: nowhere with `force`, else into the bin."""

    force: Annotated[bool, Meta(description="Delete for good, with all vouchers and all that is kept of them.")] = False


class SummaryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The days of UTC that a summary is about, both included; all where none is named."""

    start_date: Date | None = None
    end_date: Date | None = None
