"""Feeds, events and publications as they are stored, and what is announced of them."""

from typing import Final, Literal, get_args

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Json, Partial, Table

ENTRY_PREFIX = "evcus_"
EVENT_PREFIX = "event_"
DEFINITION_PREFIX = "ms_"
PUBLICATION_PREFIX = "pub_"

ACTION: Final = "ACTION"
EFFECT: Final = "EFFECT"

CONSENTS_GIVEN: Final = "customer.consents.given"
CONSENTS_REVOKED: Final = "customer.consents.revoked"
"""The reference had these kinds until 2024. Its Python client of today refuses a whole page that has one, so a feed
tells them to who asks for them by `type`, and to nobody else; the customer's update beside them is told to all.
"""

Recorded = Literal[
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer.consents.given",
    "customer.consents.revoked",
    "customer.custom_event",
    "customer.segment.entered",
    "customer.segment.left",
    "customer.voucher.gift.balance_added",
    "customer.voucher.deleted",
    "customer.publication.succeeded",
    "customer.publication.failed",
    "customer.validation.succeeded",
    "customer.validation.failed",
    "customer.redemption.succeeded",
    "customer.redemption.failed",
    "customer.redemption.rollback.succeeded",
    "customer.redemption.rollback.failed",
    "customer.order.created",
    "customer.order.updated",
    "customer.order.paid",
    "customer.order.fulfilled",
    "customer.order.canceled",
]
"""The kinds of entries that this server writes: of those that the reference knows, what there is here."""

RECORDED: tuple[Recorded, ...] = get_args(Recorded)

SUCCESS: Final = "SUCCESS"
FAILURE: Final = "FAILURE"
Result = Literal["SUCCESS", "FAILURE"]

NO_SOURCE_ID = ""
NO_CODE = ""


class Activity(msgspec.Struct, frozen=True):
    """An entry of a customer's feed. It is written once and never changes (spec C 2.8).

    Ids begin with the time, so that the feed's order is the ids' order. `data` and `source` are JSON as it is told;
    they are text, which keeps the order of keys and costs a write less than a parsed column. `code` (a voucher's)
    and `campaign` (its name) are empty where there is none, since a list may be ordered by them. `group_id` is the id
    of the request that caused the entry, empty for what no request caused.
    """

    project_id: str
    customer_id: str
    id: str
    type: str
    category: str
    campaign_id: str | None
    campaign_type: str | None
    campaign: str
    code: str
    product_id: str | None
    group_id: str
    source: str
    data: str
    created_at: int


class Event(msgspec.Struct, frozen=True):
    """One occurrence of an event that the shop has defined; `type` is the definition's name."""

    project_id: str
    customer_id: str
    id: str
    type: str
    metadata: Json
    created_at: int


class EventCount(msgspec.Struct, frozen=True):
    """How often an event has happened to a customer, and when it did last (epoch ms)."""

    project_id: str
    customer_id: str
    type: str
    n: int
    last_at: int


class EventDefinition(msgspec.Struct, frozen=True):
    """A kind of event that may be tracked. `properties` is a JSON object of `Property` by the metadata's key.

    The name is the key: of two who define one name at once, one does. A definition that is made anew under the name
    of a removed one takes its row, with an id of its own.
    """

    project_id: str
    name: str
    id: str
    properties: Json
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class Publication(msgspec.Struct, frozen=True):
    """That somebody was given codes, or why not; it is written once. `created_at` is epoch ms.

    The id begins with the time. `tracking_id` is the source_id that the customer had, `NO_SOURCE_ID` for none; `code`
    is the first code, `NO_CODE` for none: lists may be ordered by them. `codes` is a JSON array where the publication
    is of several; `voucher_ids` is a JSON array of all. `voucher_type` is None where no voucher was found.
    `campaign_id` and `campaign` (its name) tell whose the codes were, or were to be. Of one that failed, `failure_code`
    is the key of the refusal and `failure_message` says it.
    """

    project_id: str
    id: str
    customer_id: str
    tracking_id: str
    source_id: str | None
    channel: str
    metadata: Json
    campaign_id: str | None
    campaign: str | None
    voucher_type: str | None
    code: str
    codes: Json | None
    voucher_ids: Json
    result: str
    failure_code: str | None
    failure_message: str | None
    created_at: int


ACTIVITY = Table(
    Activity,
    "activity",
    rank=400,
    key=("project_id", "customer_id", "id"),
    indexes={"type": ("project_id", "customer_id", "type", "id")},
    partial={
        "effect": Partial(("project_id", "customer_id", "category", "id"), f"category = '{EFFECT}'"),
        "campaign": Partial(("project_id", "customer_id", "campaign_id", "id"), "campaign_id IS NOT NULL"),
        "campaign_type": Partial(("project_id", "customer_id", "campaign_type", "id"), "campaign_type IS NOT NULL"),
    },
)
EVENT_DEFINITIONS = Table(
    EventDefinition,
    "event_definitions",
    rank=402,
    key=("project_id", "name"),
    unique={"id": ("project_id", "id")},
    indexes={"version": ("project_id", "version")},
)
EVENTS = Table(
    Event,
    "events",
    rank=404,
    key=("project_id", "customer_id", "id"),
    indexes={"type": ("project_id", "customer_id", "type", "id")},
)
EVENT_COUNTS = Table(EventCount, "customer_event_counts", rank=406, key=("project_id", "customer_id", "type"))

PUBLICATIONS = Table(
    Publication,
    "publications",
    rank=780,
    indexes={
        "customer": ("project_id", "customer_id", "id"),
        "tracking": ("project_id", "tracking_id", "id"),
        "code": ("project_id", "code", "id"),
        "channel": ("project_id", "channel", "id"),
        "type": ("project_id", "voucher_type", "id"),
    },
    partial={
        "campaign": Partial(("project_id", "campaign", "id"), "campaign IS NOT NULL"),
        "source": Partial(("project_id", "source_id", "id"), "source_id IS NOT NULL"),
        "failed": Partial(("project_id", "id"), "result = 'FAILURE'"),
    },
)

PARTS = (Part(EVENT_DEFINITIONS),)
"""What of this domain every process holds in its rulebooks."""


class CustomEventTracked(msgspec.Struct, frozen=True):
    """An event has happened to a customer: `id` is the event's, `type` its definition's name."""

    project_id: str
    id: str
    customer_id: str
    type: str


class EntryRecorded(msgspec.Struct, frozen=True):
    """A customer's feed has got an entry of this type; announced by `record`, when the entry is among the rows."""

    project_id: str
    customer_id: str
    type: str
