"""Tracking an event (spec C 5.2)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.customers import SimpleCustomer
from patron.domains.customers.wire import CustomerIn, CustomerKnown, SourceId
from patron.domains.events.model import Event
from patron.domains.events.wire.definition import EventName
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import check_metadata

Code = Annotated[str, Meta(min_length=1, max_length=255)]


class ReferralIn(msgspec.Struct, frozen=True):
    """The code through which the customer was referred, and by whom."""

    code: Code
    referrer_id: Annotated[str, Meta(max_length=255)] | None | UnsetType = UNSET


class LoyaltyIn(msgspec.Struct, frozen=True):
    """The card that is to earn."""

    code: Code


class EventIn(msgspec.Struct, frozen=True, kw_only=True):
    """An event that happened to a customer, who is created or updated as by `POST /v1/customers`."""

    event: EventName
    customer: CustomerIn
    referral: ReferralIn | None | UnsetType = UNSET
    loyalty: LoyaltyIn | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)


class PageCustomerIn(CustomerIn, frozen=True, kw_only=True):
    """The visitor of a page. `tracking_id` is taken for a `source_id`, where there is none."""

    tracking_id: SourceId | None | UnsetType = UNSET


class PageEventIn(EventIn, frozen=True, kw_only=True):
    """An event of a page's visitor."""

    customer: PageCustomerIn


class EventOut(msgspec.Struct, frozen=True):
    """The answer."""

    object: Literal["event"]
    type: str
    customer: SimpleCustomer
    referral: None
    loyalty: None
    metadata: dict[str, Any]


class PageEventOut(msgspec.Struct, frozen=True):
    """The answer to a page, which is told little of the customer: anybody may send any source_id."""

    object: Literal["event"]
    type: str
    customer: CustomerKnown
    referral: None
    loyalty: None
    metadata: dict[str, Any]


class CustomerId(msgspec.Struct, frozen=True):
    """A customer, by its id alone."""

    id: str
    object: Literal["customer"]


class StoredEvent(msgspec.Struct, frozen=True):
    """The event as the feed tells it."""

    id: str
    object: Literal["event"]
    type: str
    customer: CustomerId
    referral: None
    loyalty: None
    metadata: dict[str, Any]
    created_at: str

    @classmethod
    def of(cls, event: Event) -> "StoredEvent":
        """What is told of a stored event."""
        metadata: Any = msgspec.Raw(event.metadata.encode())
        customer = CustomerId(event.customer_id, "customer")
        return cls(event.id, "event", event.type, customer, None, None, metadata, to_iso(event.created_at))


class DefinitionName(msgspec.Struct, frozen=True):
    """A definition, by its names."""

    id: str
    name: str


class CustomEventData(msgspec.Struct, frozen=True):
    """The `data` of a `customer.custom_event` in the feed (spec C 6.1)."""

    event: StoredEvent
    event_schema: DefinitionName
    customer: SimpleCustomer
    referral: None
    loyalty: None
