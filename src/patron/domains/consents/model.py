"""Consents as they are stored, and what is announced of them. Definitions and groups are content of the rulebook."""

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Json, Table

PREFIX = "cnst_"
GROUP_PREFIX = "cnstgr_"
CHANGE_PREFIX = "cnstch_"

UNSUBSCRIBED = "unsubscribed"
"""Stands among the ids of consents, in every project: true means that the customer wants no messages (spec C 1.6)."""

MOST_CONSENTS = 100
MOST_GROUPS = 100
"""In one project."""


class Consent(msgspec.Struct, frozen=True):
    """What customers are asked. Times are epoch ms; `updated_at` is None until the first change."""

    project_id: str
    id: str
    name: str
    description: str
    category: str
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class ConsentGroup(msgspec.Struct, frozen=True):
    """Consents that are shown together. `consents` is a JSON list of their ids, some of which may be deleted by now."""

    project_id: str
    id: str
    name: str
    description: str
    consents: Json
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class ConsentChange(msgspec.Struct, frozen=True):
    """That a customer said something else than before: never changed, never deleted while the customer is known.

    `before` and `value` are 1 and 0, `before` None where nothing was said. `created_at` (epoch ms) is the date that the
    profile has beside the value; of one customer, later calls have later ones. `channel`, `key_id`, `origin` and
    `request_id` tell where it came from, empty where there is no such thing.
    """

    project_id: str
    id: str
    customer_id: str
    consent_id: str
    before: int | None
    value: int
    created_at: int
    channel: str
    key_id: str
    origin: str
    request_id: str


CONSENTS = Table(Consent, "consents", rank=350, indexes={"version": ("project_id", "version")})
CONSENT_GROUPS = Table(ConsentGroup, "consent_groups", rank=352, indexes={"version": ("project_id", "version")})
CONSENT_CHANGES = Table(
    ConsentChange,
    "consent_changes",
    rank=354,
    indexes={"customer": ("project_id", "customer_id", "created_at", "id")},
)

PARTS = (Part(CONSENTS), Part(CONSENT_GROUPS))
"""What of this domain every process holds in its rulebooks."""


class ConsentsGiven(msgspec.Struct, frozen=True):
    """A customer allows what they did not allow before. `consents` are ids, `UNSUBSCRIBED` where it was taken back."""

    project_id: str
    customer_id: str
    consents: tuple[str, ...]


class ConsentsRevoked(msgspec.Struct, frozen=True):
    """A customer allows no longer what they had allowed. `consents` are ids, `UNSUBSCRIBED` where it was chosen."""

    project_id: str
    customer_id: str
    consents: tuple[str, ...]
