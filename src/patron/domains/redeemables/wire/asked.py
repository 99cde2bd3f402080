"""The body of validations and redemptions (spec I 3.1, 4.1)."""

from math import ceil
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.wire import Amount, OrderIn
from patron.kernel.incentive_problems import duplicated_redeemables, invalid_redeemables
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload, not_found

MOST_REDEEMABLES = 30
DAY_MS = 86_400_000
LONGEST_SESSION_MS = 366 * DAY_MS
_USUAL_DAYS = 7
_LARGEST_TTL = 10**18
_PER_MS = {"MICROSECONDS": 1_000, "NANOSECONDS": 1_000_000}
_MS = {"DAYS": DAY_MS, "HOURS": 3_600_000, "MINUTES": 60_000, "SECONDS": 1_000, "MILLISECONDS": 1}

Id = Annotated[str, Meta(min_length=1, max_length=255)]
TrackingId = Annotated[str, Meta(max_length=1_024, description="What an anonymous visitor is known by.")]
SessionKey = Annotated[str, Meta(min_length=1, max_length=255)]
TtlUnit = Literal["DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS", "MICROSECONDS", "NANOSECONDS"]
Ttl = Annotated[int, Meta(ge=0, le=_LARGEST_TTL)] | Annotated[float, Meta(ge=0, le=_LARGEST_TTL)]
Kind = Literal["voucher", "promotion_tier", "promotion_stack"]
Expand = Literal["order", "redemption", "redeemable", "category", "trace"]


class GiftAsked(msgspec.Struct, frozen=True, kw_only=True):
    """How many credits of a gift card are to be spent, in minor units; as many as the order takes where not said."""

    credits: Amount | None | UnsetType = UNSET


class RewardAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A reward that points of a card are to pay for. There are none, so any that is named is not found: Problem 404."""

    id: Id
    points: Amount | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        raise not_found("reward", self.id)


class RedeemableIn(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be redeemed: a voucher by its code, a promotion tier or a promotion stack by its id."""

    object: Kind
    id: Id
    gift: GiftAsked | None | UnsetType = UNSET
    reward: RewardAsked | None | UnsetType = UNSET

    @property
    def credits(self) -> int | None:
        """The credits that are asked for, None where that is not said."""
        given = self.gift.credits if isinstance(self.gift, GiftAsked) else None
        return given if isinstance(given, int) else None


class SessionIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session (spec I 3.6): with the type LOCK, it holds what applies for so long; 7 days where it is not said."""

    key: SessionKey | None | UnsetType = UNSET
    type: Literal["LOCK"] | None | UnsetType = UNSET
    ttl: Ttl | None | UnsetType = UNSET
    ttl_unit: TtlUnit | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.milliseconds > LONGEST_SESSION_MS:
            raise invalid_payload(f"session.ttl: expected at most {LONGEST_SESSION_MS // DAY_MS} days")

    @property
    def length(self) -> tuple[int | float, TtlUnit]:
        """How long it lasts, and in which unit that is."""
        ttl = self.ttl if isinstance(self.ttl, int | float) else _USUAL_DAYS
        return ttl, self.ttl_unit or "DAYS"

    @property
    def milliseconds(self) -> int:
        """How long it lasts, rounded up; at least one."""
        ttl, unit = self.length
        return max(1, ceil(ttl * _MS[unit]) if unit in _MS else ceil(ttl / _PER_MS[unit]))


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of each redeemable; `trace` is ours: all reasons, with what was expected and found."""

    expand: Annotated[list[Expand], Meta(max_length=10)] | None | UnsetType = UNSET


_USUAL_EXPAND = frozenset({"order"})


class RedeemablesIn(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be redeemed, for which order, by whom. Null is as absent.

    A customer may also come with the order; the one beside it wins. `metadata` is the redemption's.
    """

    redeemables: Annotated[list[RedeemableIn], Meta(min_length=1, max_length=MOST_REDEEMABLES)]
    order: OrderIn | None | UnsetType = UNSET
    customer: CustomerIn | None | UnsetType = UNSET
    session: SessionIn | None | UnsetType = UNSET
    tracking_id: TrackingId | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    options: Options | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)
        if len({(each.object, each.id) for each in self.redeemables}) < len(self.redeemables):
            raise duplicated_redeemables("redeemables: expected each of them once")
        if len(self.redeemables) > 1 and any(each.object == "promotion_stack" for each in self.redeemables):
            raise invalid_redeemables("redeemables: expected nothing beside a promotion stack")

    @property
    def person(self) -> CustomerIn | None:
        """The customer who is sent, beside the order or with it."""
        if isinstance(self.customer, CustomerIn):
            return self.customer
        of_order = self.order.customer if isinstance(self.order, OrderIn) else None
        return of_order if isinstance(of_order, CustomerIn) else None

    @property
    def expand(self) -> frozenset[str]:
        """What is to be told: a list that is sent replaces the usual one, which is the order."""
        given = self.options.expand if isinstance(self.options, Options) else None
        return frozenset(given) if isinstance(given, list) else _USUAL_EXPAND

    @property
    def session_key(self) -> str | None:
        """The session's key, as far as one is sent."""
        return (self.session.key or None) if isinstance(self.session, SessionIn) else None

    @property
    def locks(self) -> bool:
        """Whether the session is to hold what applies."""
        return isinstance(self.session, SessionIn) and self.session.type == "LOCK"
