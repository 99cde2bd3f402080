"""What is sent and answered of consents (spec C 2.11)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.consents.model import MOST_CONSENTS, Consent, ConsentGroup
from patron.http.listing import Paging, list_of
from patron.kernel.clock import to_iso

Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")]
Description = Annotated[str, Meta(max_length=5_000)]
Category = Annotated[str, Meta(max_length=255)]
ConsentId = Annotated[str, Meta(min_length=1, max_length=255)]
ConsentIds = Annotated[list[ConsentId], Meta(max_length=MOST_CONSENTS)]

Choices = Annotated[
    dict[ConsentId, bool],
    Meta(
        min_length=1,
        max_length=MOST_CONSENTS + 1,
        description="By the id of a consent, or `unsubscribed`. What is absent stays as it is.",
    ),
]
"""What a customer says."""


class ConsentIn(msgspec.Struct, frozen=True, kw_only=True):
    """A consent to define."""

    name: Name
    description: Description = ""
    category: Category = ""


class ConsentPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a consent: what is absent stays as it is."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    category: Category | UnsetType = UNSET


class ConsentGroupIn(msgspec.Struct, frozen=True, kw_only=True):
    """A group to define; `consents` are ids, in the order in which they are shown."""

    name: Name
    description: Description = ""
    consents: ConsentIds = []


class ConsentGroupPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a group: what is absent stays as it is; `consents` are all its ids."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    consents: ConsentIds | UnsetType = UNSET


class ConsentOut(msgspec.Struct, frozen=True):
    id: str
    name: str
    description: str
    category: str
    created_at: str
    updated_at: str | None
    object: Literal["consent"]

    @classmethod
    def of(cls, consent: Consent) -> "ConsentOut":
        """The answer for a stored consent."""
        return cls(
            id=consent.id,
            name=consent.name,
            description=consent.description,
            category=consent.category,
            created_at=to_iso(consent.created_at),
            updated_at=None if consent.updated_at is None else to_iso(consent.updated_at),
            object="consent",
        )


class ConsentGroupOut(msgspec.Struct, frozen=True):
    id: str
    name: str
    description: str
    consents: list[str]
    created_at: str
    updated_at: str | None
    object: Literal["consent_group"]

    @classmethod
    def of(cls, group: ConsentGroup, live: set[str]) -> "ConsentGroupOut":
        """The answer for a stored group, without those of its consents that are not live."""
        ids = msgspec.json.decode(group.consents, type=list[str])
        return cls(
            id=group.id,
            name=group.name,
            description=group.description,
            consents=[consent_id for consent_id in ids if consent_id in live],
            created_at=to_iso(group.created_at),
            updated_at=None if group.updated_at is None else to_iso(group.updated_at),
            object="consent_group",
        )


class ConsentList(msgspec.Struct, frozen=True, kw_only=True):
    """Every consent of the project, the oldest first."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[ConsentOut]
    total: Annotated[int, Meta(ge=0)]


class ConsentGroupList(msgspec.Struct, frozen=True, kw_only=True):
    """Every group of the project, the oldest first."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[ConsentGroupOut]
    total: Annotated[int, Meta(ge=0)]


class ConsentsOut(msgspec.Struct, frozen=True):
    """Both lists, whole."""

    groups: ConsentGroupList
    consents: ConsentList

    @classmethod
    def of(cls, consents: list[Consent], groups: list[ConsentGroup]) -> "ConsentsOut":
        """The answer for all that a project has defined."""
        live = {consent.id for consent in consents}
        shown = [ConsentOut.of(consent) for consent in consents]
        gathered = [ConsentGroupOut.of(group, live) for group in groups]
        return cls(
            groups=ConsentGroupList(object="list", data_ref="data", data=gathered, total=len(gathered)),
            consents=ConsentList(object="list", data_ref="data", data=shown, total=len(shown)),
        )


class ConsentSimple(msgspec.Struct, frozen=True):
    """A consent in short, as events tell it."""

    id: str
    name: str
    object: Literal["consent"] = "consent"


class CustomerConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A consent, and what a customer has said to it: `value` and `date` are null where that is nothing.

    `deleted` tells of a definition that is no more; what was said to it is still kept.
    """

    id: str
    name: str
    description: str
    category: str
    value: bool | None
    date: str | None
    deleted: bool
    object: Literal["customer_consent"] = "customer_consent"


class CustomerConsentList(msgspec.Struct, frozen=True, kw_only=True):
    """`unsubscribed`, every consent of the project, and the deleted ones to which the customer has said something."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[CustomerConsent]
    total: Annotated[int, Meta(ge=0)]


class ConsentChangeOut(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a customer's history: from `before` (null: nothing was said) to `value`, and where it came from."""

    id: str
    consent: ConsentSimple
    before: bool | None
    value: bool
    date: str
    channel: str
    api_key_id: str | None
    origin: str | None
    request_id: str | None
    object: Literal["consent_change"] = "consent_change"


ConsentChangeList: Any = list_of("consent_changes", ConsentChangeOut)

Order = Literal["created_at", "-created_at"]


class HistoryQuery(Paging, frozen=True, kw_only=True):
    """The query of a customer's history."""

    order: Order = "-created_at"
