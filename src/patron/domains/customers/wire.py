"""What is sent and answered of customers (spec C 1 and 2)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers.model import NEVER, NO_SOURCE_ID, Customer, CustomerTotals
from patron.http.listing import Paging, list_of
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload

Name = Annotated[str, Meta(max_length=500)]
Description = Annotated[str, Meta(max_length=5_000)]
Email = Annotated[str, Meta(max_length=320)]
Phone = Annotated[str, Meta(max_length=64)]
Day = Annotated[
    str,
    Meta(
        description="A day as YYYY-MM-DD.",
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        extra_json_schema={"format": "date"},
    ),
]
AddressLine = Annotated[str, Meta(max_length=500)]
SourceId = Annotated[str, Meta(min_length=1, max_length=255, description="The caller's own id, unique in the project.")]

SCALARS = ("name", "description", "email", "phone", "birthday", "birthdate")
"""The profile's plain fields, in the order of the answer."""


class AddressIn(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of an address: those that are absent stay as they are, null clears."""

    city: AddressLine | None | UnsetType = UNSET
    state: AddressLine | None | UnsetType = UNSET
    line_1: AddressLine | None | UnsetType = UNSET
    line_2: AddressLine | None | UnsetType = UNSET
    country: AddressLine | None | UnsetType = UNSET
    postal_code: AddressLine | None | UnsetType = UNSET


class CustomerPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a profile: what is absent stays as it is, null is kept as null, metadata merges by key.

    A null for all of metadata has no keys to merge and so changes nothing: the Python client sends one for each
    field of a model that was made from a dictionary.
    """

    name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    email: Email | None | UnsetType = UNSET
    phone: Phone | None | UnsetType = UNSET
    birthday: Day | None | UnsetType = UNSET
    birthdate: Day | None | UnsetType = UNSET
    address: AddressIn | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_day("birthday", self.birthday)
        _check_day("birthdate", self.birthdate)
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)


class CustomerIn(CustomerPatch, frozen=True, kw_only=True):
    """A customer to create, or to update where `id` (which wins) or `source_id` is known. Null is as absent here."""

    id: Annotated[str, Meta(min_length=1, max_length=255)] | None | UnsetType = UNSET
    source_id: SourceId | None | UnsetType = UNSET


def _check_day(name: str, value: str | None | UnsetType) -> None:
    if not isinstance(value, str):
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        raise invalid_payload(f"{name}: expected a day that exists, as YYYY-MM-DD") from None


class Address(msgspec.Struct, frozen=True):
    """An address, all six keys."""

    city: str | None
    state: str | None
    line_1: str | None
    line_2: str | None
    country: str | None
    postal_code: str | None


class GiftSummary(msgspec.Struct, frozen=True):
    redeemed_amount: int
    amount_to_go: int


class LoyaltyCardSummary(msgspec.Struct, frozen=True):
    redeemed_points: int
    points_to_go: int


class RedemptionsSummary(msgspec.Struct, frozen=True):
    """Spec C 1.2. `total_redeemed` counts attempts, failed ones too."""

    total_redeemed: int
    total_failed: int
    total_succeeded: int
    total_rolled_back: int
    total_rollback_failed: int
    total_rollback_succeeded: int
    gift: GiftSummary
    loyalty_card: LoyaltyCardSummary


class OrdersSummary(msgspec.Struct, frozen=True):
    """Spec C 1.3, in minor units. `average_amount` is total by count, half up; zero where there is none."""

    total_amount: int
    total_count: int
    average_amount: int
    last_order_amount: int
    last_order_date: str | UnsetType = UNSET


class Summary(msgspec.Struct, frozen=True):
    redemptions: RedemptionsSummary
    orders: OrdersSummary


class LoyaltyCampaign(msgspec.Struct, frozen=True):
    points: int
    referred_customers: int
    loyalty_tier: str | UnsetType = UNSET


class Loyalty(msgspec.Struct, frozen=True):
    """Spec C 1.4; `campaigns` by the campaign's name."""

    points: int
    referred_customers: int
    campaigns: dict[str, LoyaltyCampaign]


class ReferralCampaign(msgspec.Struct, frozen=True):
    campaign_id: str
    referrer_id: str
    related_object_id: str
    related_object_type: str
    date: str


class Referrals(msgspec.Struct, frozen=True):
    """Spec C 1.5: who referred this customer."""

    campaigns: list[ReferralCampaign]
    total: int


class Consent(msgspec.Struct, frozen=True):
    date: str
    value: bool


class SystemMetadata(msgspec.Struct, frozen=True):
    """What the server writes of a customer (spec C 1.6); consents by their id, or `unsubscribed`."""

    consents: dict[str, Consent] | UnsetType = UNSET
    source: str | UnsetType = UNSET


class Assets(msgspec.Struct, frozen=True):
    cockpit_url: str


class CustomerOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole customer (spec C 1.1), in the order of fields that the reference uses."""

    id: str
    source_id: str | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    email: str | None | UnsetType = UNSET
    phone: str | None | UnsetType = UNSET
    birthday: str | None | UnsetType = UNSET
    birthdate: str | None | UnsetType = UNSET
    address: Address | None
    summary: Summary
    loyalty: Loyalty
    referrals: Referrals
    metadata: dict[str, Any] | UnsetType = UNSET
    system_metadata: SystemMetadata
    created_at: str
    updated_at: str | UnsetType = UNSET
    assets: Assets | UnsetType = UNSET
    object: Literal["customer"]

    @classmethod
    def of(cls, customer: Customer, totals: CustomerTotals, assets: Assets | UnsetType = UNSET) -> "CustomerOut":
        """The answer for a stored customer."""
        nulls = customer.nulls.split() if customer.nulls else ()
        return cls(
            id=customer.id,
            source_id=UNSET if customer.source_id == NO_SOURCE_ID else customer.source_id,
            name=_told(customer.name, "name", nulls),
            description=_told(customer.description, "description", nulls),
            email=_told(customer.email, "email", nulls),
            phone=_told(customer.phone, "phone", nulls),
            birthday=_told(customer.birthday, "birthday", nulls),
            birthdate=_told(customer.birthdate, "birthdate", nulls),
            address=None if customer.address is None else _as_stored(customer.address),
            summary=_summary(totals),
            loyalty=Loyalty(totals.loyalty_points, totals.referred_customers, _as_stored(totals.loyalty_campaigns)),
            referrals=Referrals(_as_stored(totals.referral_campaigns), totals.referrals),
            metadata=UNSET if customer.metadata is None else _as_stored(customer.metadata),
            system_metadata=_as_stored(customer.system_metadata),
            created_at=to_iso(customer.created_at),
            updated_at=UNSET if customer.updated_at == NEVER else to_iso(customer.updated_at),
            assets=assets,
            object="customer",
        )


class CustomerKnown(msgspec.Struct, frozen=True, kw_only=True):
    """What a page is told of a customer who was there before; one that it has made itself it is shown whole."""

    id: str
    source_id: str | UnsetType = UNSET
    object: Literal["customer"] = "customer"


def _as_stored(text: str) -> Any:
    """JSON of the field's own type, which goes out as it is stored: most customers are read far more than written."""
    return msgspec.Raw(text.encode())


def _told(value: str | None, name: str, nulls: Sequence[str]) -> str | None | UnsetType:
    return UNSET if value is None and name not in nulls else value


def _summary(totals: CustomerTotals) -> Summary:
    redemptions = RedemptionsSummary(
        total_redeemed=totals.redeemed,
        total_failed=totals.redemptions_failed,
        total_succeeded=totals.redemptions_succeeded,
        total_rolled_back=totals.rolled_back,
        total_rollback_failed=totals.rollbacks_failed,
        total_rollback_succeeded=totals.rollbacks_succeeded,
        gift=GiftSummary(totals.gift_redeemed_amount, totals.gift_amount_to_go),
        loyalty_card=LoyaltyCardSummary(totals.loyalty_redeemed_points, totals.loyalty_points_to_go),
    )
    orders = OrdersSummary(
        total_amount=totals.orders_amount,
        total_count=totals.orders_count,
        average_amount=average(totals.orders_amount, totals.orders_count),
        last_order_amount=totals.last_order_amount,
        last_order_date=UNSET if totals.last_order_at is None else to_iso(totals.last_order_at),
    )
    return Summary(redemptions, orders)


def average(amount: int, count: int) -> int:
    """Amount by count, half up; zero for none.

    >>> average(5, 2), average(100, 3), average(0, 0)
    (3, 33, 0)
    """
    return (2 * amount + count) // (2 * count) if count else 0


CustomerList: Any = list_of("customers", CustomerOut)

Order = Literal["created_at", "-created_at", "updated_at", "-updated_at", "source_id", "-source_id"]


Moment = Annotated[
    str, Meta(description="A date, or a date and time, in ISO 8601.", extra_json_schema={"format": "date-time"})
]


class CustomersQuery(Paging, frozen=True, kw_only=True):
    """The query of the list (spec C 2.4). Filters hold together; those on text are exact."""

    email: Annotated[str | None, Meta(description="Customers with exactly this email.")] = None
    name: Annotated[str | None, Meta(description="Customers with exactly this name.")] = None
    city: Annotated[str | None, Meta(description="Customers whose address is in exactly this city.")] = None
    segment_id: Annotated[str | None, Meta(description="Customers in this segment.")] = None
    created_before: Moment | None = msgspec.field(default=None, name="created_at[before]")
    created_after: Moment | None = msgspec.field(default=None, name="created_at[after]")
    updated_before: Moment | None = msgspec.field(default=None, name="updated_at[before]")
    updated_after: Moment | None = msgspec.field(default=None, name="updated_at[after]")
    order: Order = "-created_at"
    starting_after: Annotated[
        Moment | None,
        Meta(description="Goes on after this time, in the direction of `order`; `cursor` goes on exactly."),
    ] = None
