"""A customer's feed: what is asked and answered (spec C 2.8)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import Moment
from patron.domains.events.model import Activity
from patron.domains.events.wire.kinds import Kind
from patron.kernel.clock import to_iso

CampaignType = Literal["PROMOTION", "GIFT_VOUCHERS", "REFERRAL_PROGRAM", "DISCOUNT_COUPONS", "LOYALTY_PROGRAM"]
Order = Literal["created_at", "-created_at"]
OldOrder = Literal[
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "type",
    "-type",
    "code",
    "-code",
    "campaign",
    "-campaign",
    "category",
    "-category",
]


class _FeedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What both lists take. Filters hold together."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    starting_after_id: Annotated[
        str | None, Meta(description="Goes on after the entry with this id, in the direction of `order`.")
    ] = None
    start_date: Annotated[Moment | None, Meta(description="Entries of this moment and later.")] = None
    end_date: Annotated[Moment | None, Meta(description="Entries of this moment and earlier.")] = None
    campaign_type: CampaignType | None = None
    campaign_id: Annotated[str | None, Meta(description="Entries that have to do with this campaign.")] = None


class ActivityQuery(_FeedQuery, frozen=True, kw_only=True):
    """The query of the feed."""

    order: Order = "-created_at"
    category: Literal["ACTION", "EFFECT"] | None = None
    type: Kind | None = None


class ActivitiesQuery(_FeedQuery, frozen=True, kw_only=True):
    """The query of the older list. An entry never changes, so `updated_at` is `created_at`."""

    order: OldOrder = "-created_at"
    product_id: Annotated[str | None, Meta(description="Entries that have to do with this product.")] = None
    starting_after: Annotated[
        Moment | None, Meta(description="Goes on after this moment; `starting_after_id` goes on exactly.")
    ] = None


class ApiKeyOut(msgspec.Struct, frozen=True):
    name: str
    app_id: str


class EventSource(msgspec.Struct, frozen=True):
    """Through what it came, and with which key."""

    channel: Literal["USER_PORTAL", "API", "CLIENT_API", "INTERNAL"]
    api_key: ApiKeyOut | UnsetType = UNSET


class ActivityOut(msgspec.Struct, frozen=True, kw_only=True):
    """An entry. `data` differs from kind to kind; `group_id` is the id of the request that caused it."""

    id: str
    type: Kind
    data: dict[str, Any]
    created_at: str
    group_id: str | UnsetType = UNSET
    event_source: EventSource

    @classmethod
    def of(cls, entry: Activity) -> "ActivityOut":
        """The answer for a stored entry."""
        data, source = (_as_stored(text) for text in (entry.data, entry.source))
        kind: Any = entry.type
        return cls(
            id=entry.id,
            type=kind,
            data=data,
            created_at=to_iso(entry.created_at),
            group_id=entry.group_id or UNSET,
            event_source=source,
        )


def _as_stored(text: str) -> Any:
    return msgspec.Raw(text.encode())


class ActivityList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the feed. `more_starting_after` is absent on the last page."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[ActivityOut]
    has_more: bool
    more_starting_after: str | UnsetType = UNSET


class ActivitiesList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the older list; `total` is how many entries pass the filters in all."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[ActivityOut]
    total: int
