"""What filters of customers may say: fields (spec C 3.4), those of metadata by the project's schema, and locations."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from patron.db.rulebook import Rulebook
from patron.domains.events.model import RECORDED
from patron.domains.locations import Locations
from patron.domains.metadata_schemas import MetadataFields, loose_field
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, MetadataSchema, definitions_of
from patron.domains.segments.policy.history import PUBLICATIONS
from patron.engine.conditions.criteria import Located
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Fault, Filter, conditions_of
from patron.engine.conditions.locations import Locate, with_locations
from patron.engine.conditions.operators import FOR_MANY
from patron.engine.conditions.parsing import Grammar, parse
from patron.kernel.problems import invalid_payload

HELD_FIELDS = 1_000
"""Of so many projects, the fields are kept."""
MOST_LOCATIONS = 100
"""That one filter names, each as often as it is named."""

PROFILE = {
    **dict.fromkeys(("id", "source_id", "name", "description", "email", "phone"), Type.TEXT),
    **dict.fromkeys(("birthdate", "birthday"), Type.BIRTHDAY),
    **dict.fromkeys(("created_at", "updated_at"), Type.MOMENT),
}
ADDRESS = ("city", "state", "country", "postal_code", "line_1", "line_2")
SUMMARY = {
    **dict.fromkeys(
        (
            "orders.total_amount",
            "orders.total_count",
            "orders.average_amount",
            "orders.last_order_amount",
            "redemptions.total_redeemed",
            "redemptions.total_failed",
            "redemptions.total_succeeded",
            "redemptions.total_rolled_back",
            "redemptions.total_rollback_failed",
            "redemptions.total_rollback_succeeded",
            "redemptions.gift.redeemed_amount",
            "redemptions.gift.amount_to_go",
            "redemptions.loyalty_card.redeemed_points",
            "redemptions.loyalty_card.points_to_go",
        ),
        Type.NUMBER,
    ),
    "orders.last_order_date": Type.MOMENT,
}
LOYALTY = ("points", "referred_customers")
IN_CAMPAIGN = {"points": Type.NUMBER, "referred_customers": Type.NUMBER, "loyalty_tier": Type.TEXT}
OF_EVENT = {"count": Type.NUMBER, "last_occurrence": Type.MOMENT}
OF_PUBLICATION = {"created_at": Type.MOMENT, "related_object_id": Type.TEXT}
OF_SERVER = "customer."
"""How the names of the server's own events begin."""
OF_CONSENT = {"value": Type.BOOLEAN, "date": Type.DATE}

KNOWN = ", ".join(
    (
        *PROFILE,
        "address.<part>",
        "metadata.<key>",
        "system_metadata.<key>",
        "summary.orders.<total>",
        "summary.redemptions.<total>",
        "loyalty.points",
        "loyalty.referred_customers",
        "loyalty_points.campaigns.<campaign>.points",
        "loyalty_tier.<campaign>",
        "referrals.total",
        "events.<event>.count",
        "events.<event>.last_occurrence",
        *(f"publications.{name}" for name in OF_PUBLICATION),
    )
)
KNOWN += f", where an event is one of your own, or {', '.join(RECORDED)}"
"""The fields, as a refusal tells them."""


Schemas = tuple[MetadataSchema, ...]


def understood(given: Any, rulebook: Rulebook) -> Filter:
    """The filter of customers that a value from outside spells out. Problem 400 by the path to what is wrong in it."""
    found = parse(given, grammar_of(schemas_of(rulebook), Locations.of(rulebook).areas))
    if isinstance(found, Fault):
        raise invalid_payload(str(found))
    named = sum(len(each.expected) for each in conditions_of(found) if isinstance(each.criterion, Located))
    if named > MOST_LOCATIONS:
        raise invalid_payload(f"filter: expected at most {MOST_LOCATIONS} locations in all")
    return found


def schemas_of(rulebook: Rulebook) -> Schemas:
    """What a project's schemas are: on these alone it depends what a filter means."""
    return tuple(rulebook.rows(METADATA_SCHEMAS).values())


def grammar_of(schemas: Schemas, locate: Locate, points: Iterable[Type] = (Type.POINT,)) -> Grammar:
    """What filters of customers may say where these are a project's schemas and locations.

    `points` are the types of fields that may be asked for locations.
    """
    return Grammar(_fields_of(schemas).find, KNOWN, with_locations(FOR_MANY, locate, points))


@lru_cache(maxsize=HELD_FIELDS)
def _fields_of(schemas: Schemas) -> "CustomerFields":
    definitions = {each.related_object: definitions_of(each) for each in schemas}
    return CustomerFields(MetadataFields(definitions, "customer"))


class CustomerFields:
    """The fields of customers with this metadata."""

    def __init__(self, metadata: MetadataFields) -> None:
        self._metadata = metadata

    def find(self, name: str) -> Field | None:
        """The field with this name, None where there is none."""
        if name in PROFILE:
            return Field(name, (name,), PROFILE[name])
        group, dot, rest = name.partition(".")
        if not dot or not rest:
            return None
        if group == "metadata":
            return self._metadata.find(name)
        if group == "system_metadata":
            return _system_metadata(name, rest)
        if group == PUBLICATIONS:
            return Field(name, (group, rest), OF_PUBLICATION[rest], many=True) if rest in OF_PUBLICATION else None
        found = _IN_GROUPS[group](rest) if group in _IN_GROUPS else None
        return None if found is None else Field(name, *found)


Found = tuple[tuple[str, ...], Type]
"""Where a field is, and its type."""


def _address(rest: str) -> Found | None:
    return (("address", rest), Type.TEXT) if rest in ADDRESS else None


def _summary(rest: str) -> Found | None:
    return (("summary", rest), SUMMARY[rest]) if rest in SUMMARY else None


def _loyalty(rest: str) -> Found | None:
    if rest in LOYALTY:
        return ("loyalty", rest), Type.NUMBER
    campaign, of = _split(rest.removeprefix("campaigns."), IN_CAMPAIGN)
    if not rest.startswith("campaigns.") or not campaign:
        return None
    return ("loyalty_campaigns", campaign, of), IN_CAMPAIGN[of]


def _loyalty_points(rest: str) -> Found | None:
    return _loyalty(rest) if rest.endswith(".points") else None


def _loyalty_tier(rest: str) -> Found | None:
    campaign = rest.removeprefix("campaigns.")
    return (("loyalty_campaigns", campaign, "loyalty_tier"), Type.TEXT) if campaign else None


def _referrals(rest: str) -> Found | None:
    return (("referrals", rest), Type.NUMBER) if rest == "total" else None


def _events(rest: str) -> Found | None:
    event, of = _split(rest, OF_EVENT)
    if not event or (event.startswith(OF_SERVER) and event not in RECORDED):
        return None
    return ("events", event, of), OF_EVENT[of]


_IN_GROUPS: dict[str, Callable[[str], Found | None]] = {
    "address": _address,
    "summary": _summary,
    "loyalty": _loyalty,
    "loyalty_points": _loyalty_points,
    "loyalty_tier": _loyalty_tier,
    "referrals": _referrals,
    "events": _events,
}


def _system_metadata(name: str, rest: str) -> Field | None:
    if rest == "source":
        return Field(name, ("system_metadata", rest), Type.TEXT)
    if not rest.startswith("consents."):
        return loose_field(name, ("system_metadata",), rest)
    consent = rest.removeprefix("consents.")
    consent, of = _split(consent, OF_CONSENT) if _split(consent, OF_CONSENT)[0] else (consent, "value")
    return Field(name, ("system_metadata", "consents", consent, of), OF_CONSENT[of]) if consent else None


def _split(text: str, endings: Mapping[str, Type]) -> tuple[str, str]:
    """A name, and which of the endings follows it; both empty where none does. Names may have dots."""
    name, dot, ending = text.rpartition(".")
    return (name, ending) if dot and ending in endings else ("", "")
