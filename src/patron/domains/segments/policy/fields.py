"""The fields of a customer (spec C 3.4), those of metadata by the project's schema."""

from collections.abc import Mapping

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, Definition, definitions_of
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.parsing import Grammar

MOST_STEPS = 8
"""Names in the path of a field inside of metadata: no deeper is there anything."""

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
        "events.<event of yours>.count",
        "events.<event of yours>.last_occurrence",
    )
)
"""The fields, as a refusal tells them."""

_TYPES = {
    "string": Type.TEXT,
    "image_url": Type.TEXT,
    "number": Type.NUMBER,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
    "datetime": Type.DATE,
    "geopoint": Type.POINT,
    "object": Type.OBJECT,
}

Definitions = Mapping[str, Definition]


def customer_grammar(rulebook: Rulebook) -> Grammar:
    """What filters of customers may say under this rulebook."""
    return rulebook.derived(_grammar)


def _grammar(rulebook: Rulebook) -> Grammar:
    schemas = {each.related_object: definitions_of(each) for each in rulebook.rows(METADATA_SCHEMAS).values()}
    return Grammar(CustomerFields(schemas).find, KNOWN)


class CustomerFields:
    """The fields of customers whose metadata is as these schemas (definitions by resource or custom object) say."""

    def __init__(self, schemas: Mapping[str, Definitions]) -> None:
        self._schemas = schemas

    def find(self, name: str) -> Field | None:
        """The field with this name, None where there is none."""
        if name in PROFILE:
            return Field(name, (name,), PROFILE[name])
        group, dot, rest = name.partition(".")
        look = self._GROUPS.get(group)
        found = look(self, rest) if look is not None and dot and rest else None
        return None if found is None else Field(name, *found)

    def _address(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        return (("address", rest), Type.TEXT) if rest in ADDRESS else None

    def _summary(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        return (("summary", rest), SUMMARY[rest]) if rest in SUMMARY else None

    def _loyalty(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        if rest in LOYALTY:
            return ("loyalty", rest), Type.NUMBER
        campaign, of = _split(rest.removeprefix("campaigns."), IN_CAMPAIGN)
        if not rest.startswith("campaigns.") or not campaign:
            return None
        return ("loyalty_campaigns", campaign, of), IN_CAMPAIGN[of]

    def _loyalty_points(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        return self._loyalty(rest) if rest.endswith(".points") else None

    def _loyalty_tier(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        return ("loyalty_campaigns", rest.removeprefix("campaigns."), "loyalty_tier"), Type.TEXT

    def _referrals(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        return (("referrals", rest), Type.NUMBER) if rest == "total" else None

    def _events(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        event, of = _split(rest, OF_EVENT)
        if not event or event.startswith("customer."):
            return None
        return ("events", event, of), OF_EVENT[of]

    def _system_metadata(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        if rest == "source":
            return ("system_metadata", rest), Type.TEXT
        if rest.startswith("consents."):
            consent, of = _split(rest.removeprefix("consents."), OF_CONSENT)
            consent, of = (consent, of) if consent else (rest.removeprefix("consents."), "value")
            return ("system_metadata", "consents", consent, of), OF_CONSENT[of]
        return _nested("system_metadata", rest)

    def _metadata(self, rest: str) -> tuple[tuple[str, ...], Type] | None:
        path: tuple[str, ...] = ("metadata",)
        definitions: Definitions | None = self._schemas.get("customer")
        while definitions:
            key = next((key for key in _beginnings(rest) if key in definitions), None)
            if key is None:
                break
            path, rest = (*path, key), rest[len(key) + 1 :]
            if not rest:
                return path, _TYPES[definitions[key].type]
            definitions = self._schemas.get(definitions[key].object_type or "")
        return _nested(*path, rest)

    _GROUPS = {  # noqa: RUF012 - never changed
        "address": _address,
        "summary": _summary,
        "loyalty": _loyalty,
        "loyalty_points": _loyalty_points,
        "loyalty_tier": _loyalty_tier,
        "referrals": _referrals,
        "events": _events,
        "system_metadata": _system_metadata,
        "metadata": _metadata,
    }


def _split(text: str, endings: Mapping[str, Type]) -> tuple[str, str]:
    """A name, and which of the endings follows it; both empty where none does. Names may have dots."""
    name, dot, ending = text.rpartition(".")
    return (name, ending) if dot and ending in endings else ("", "")


def _beginnings(text: str) -> list[str]:
    """Each beginning that ends at a dot, longest first, and before them the whole text."""
    steps = text.split(".")
    return [".".join(steps[:n]) for n in range(min(len(steps), MOST_STEPS), 0, -1)] if len(steps) <= MOST_STEPS else []


def _nested(*path: str) -> tuple[tuple[str, ...], Type] | None:
    *before, rest = path
    steps = (*before, *rest.split("."))
    return (steps, Type.ANY) if len(steps) <= MOST_STEPS + 1 and all(steps) else None
