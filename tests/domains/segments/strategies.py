"""Random customers and random filters that have much to do with each other: every field, every operator."""

from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from patron.domains.customers.model import Customer, CustomerTotals
from patron.domains.events.model import EventCount
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.metadata_schemas.model import Definition
from patron.domains.segments.policy.fields import ADDRESS, KNOWN, PROFILE, SUMMARY, CustomerFields
from patron.domains.segments.policy.history import Given, History
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Type
from patron.engine.conditions.locations import IN, NOT_IN, with_locations
from patron.engine.conditions.operators import FOR_MANY, legal_for
from patron.engine.conditions.parsing import OF_ALL_ENTRIES, Grammar
from patron.kernel.clock import from_iso, to_iso
from patron.kernel.zones import zone_of
from tests.domains.segments.places import PLACES, POINTS

HOUR = 3_600_000
DAY = 24 * HOUR

NOWS = st.sampled_from(
    [
        from_iso(text)
        for text in (
            "2024-02-28T12:00Z",
            "2024-02-29T22:59:59.999Z",
            "2024-02-29T23:00Z",
            "2025-02-28T12:00Z",
            "2024-03-31T00:30Z",
            "2024-03-31T01:00Z",
            "2024-10-26T22:30Z",
            "2024-10-27T00:30Z",
            "2018-11-04T02:59Z",
            "2011-12-30T10:00Z",
            "2024-12-31T23:30Z",
            "2026-01-01T00:00Z",
        )
    ]
)
"""29 February and the day before it, days on which clocks change (Warsaw, São Paulo), one that never was (Apia)."""

CALENDARS = st.builds(
    Calendar,
    st.sampled_from(
        [
            zone_of(name)
            for name in (
                "UTC",
                "Europe/Warsaw",
                "America/Sao_Paulo",
                "Pacific/Apia",
                "Asia/Kathmandu",
                "America/St_Johns",
            )
        ]
    ),
    st.sampled_from(("monday", "saturday", "sunday")),
)

KEYS = (
    "text",
    "number",
    "yes",
    "day",
    "moment",
    "thing",
    "home",
    "homes",
    "loose",
    "a.b",
    'say "x"',
    "$k",
    "0",
    "[0]",
    "ł",
)
SCHEMAS = {
    "customer": {
        "text": Definition(type="string", array=False, optional=True),
        "number": Definition(type="number", array=False, optional=True),
        "yes": Definition(type="boolean", array=False, optional=True),
        "day": Definition(type="date", array=False, optional=True),
        "moment": Definition(type="datetime", array=True, optional=True),
        "thing": Definition(type="object", array=False, optional=True, object_type="thing"),
        "home": Definition(type="geopoint", array=False, optional=True),
        "homes": Definition(type="geopoint", array=True, optional=True),
        "a.b": Definition(type="string", array=True, optional=True),
    },
    "thing": {"loose": Definition(type="number", array=False, optional=True)},
}
OPERATORS = with_locations(FOR_MANY, PLACES.get)
GRAMMAR = Grammar(CustomerFields(MetadataFields(SCHEMAS, "customer")).find, KNOWN, OPERATORS)

TEXTS = st.sampled_from(
    ("a", "ab", "Ab", "b", "ä", "%", "_b", "'", '"', "1", "true", "x;--", "łódź", "🙂", " a", "{}", "[]")
)
NUMBERS = st.sampled_from((0, 1, 1.0, -1, 0.1, 0.30000000000000004, 0.3, 1e-7, 5.5, 2**53, -(2**53), 41)) | st.floats(
    -1e6, 1e6
)
DAYS = st.sampled_from(
    ("2024-02-29", "2024-02-28", "2000-02-29", "2024-03-01", "2024-03-31", "2024-10-27", "0001-01-01", "9999-12-31")
)
NO_DAYS = st.sampled_from(
    (
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "0000-01-01",
        "20240229",
        "2024-W09-4",
        "2024-2-29",
        "2024-02-29T",
        "now",
    )
)
NO_MOMENTS = st.sampled_from(
    (
        "2024-02-30T00:00Z",
        "2024-02-29T24:00Z",
        "2024-02-29T10:61Z",
        "2024-02-29T10:00:60Z",
        "2024-02-29T10Z",
        "2024-02-29T10:00+24:00",
    )
)


@st.composite
def moments(draw: st.DrawFn) -> str:
    """Moments around those that matter, in every form in which one may be written."""
    ms = draw(NOWS) + draw(st.integers(-400, 400)) * DAY + draw(st.integers(-5, 5)) * HOUR // 2
    text = to_iso(ms)[:19]
    text = text.replace("T", draw(st.sampled_from("Tt ")))
    text = draw(st.sampled_from((text, text[:16], text + ".5", text + ".1239", text + ".999999999")))
    return text + draw(st.sampled_from(("", "Z", "z", "+02:00", "-0330", "+00:00", "-23:59")))


TIMES = DAYS | NO_DAYS | moments() | NO_MOMENTS
SCALARS = st.none() | st.booleans() | TEXTS | NUMBERS | TIMES | POINTS
ARRAYS = st.lists(SCALARS, max_size=4)
VALUES: st.SearchStrategy[Any] = (
    SCALARS | ARRAYS | st.just({}) | st.fixed_dictionaries({"loose": SCALARS}) | st.just([[1], {"a": "a"}])
)
COUNTS = st.integers(0, 4) | st.sampled_from((10_050, 2**40))
MAYBE_TEXTS = st.none() | TEXTS | st.just("")
CAMPAIGNS = ("Tiers 2", "a.points", "x")
EVENTS = ("bought", "a.count")
KINDS = ("customer.order.paid", "customer.custom_event", "customer.segment.left")
"""Some of the server's own events."""


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class Entry(NamedTuple):
    """An entry of a feed, of this type and moment; `moves` where it still stands under the id of who was merged."""

    kind: str
    at: int
    moves: bool


class Gift(NamedTuple):
    """A publication of vouchers with these ids, or one that failed; `moves` as of an entry."""

    at: int
    voucher_ids: list[str]
    succeeded: bool
    moves: bool


class Person(NamedTuple):
    """A customer, with what it has done."""

    customer: Customer
    totals: CustomerTotals
    counts: dict[str, EventCount]
    entries: list[Entry]
    gifts: list[Gift]

    @property
    def history(self) -> History:
        """What filters look at of that."""
        counts = dict(self.counts)
        for kind, at, _ in self.entries:
            was = counts.get(kind, EventCount("p", "c", kind, 0, at))
            counts[kind] = EventCount("p", "c", kind, was.n + 1, max(was.last_at, at))
        given = [Given(gift.at, each) for gift in self.gifts if gift.succeeded for each in gift.voucher_ids]
        return History(counts, given)


@st.composite
def customers(draw: st.DrawFn) -> Person:
    """A customer with totals and what it has done, under the ids `p` and `c`."""
    near = draw(NOWS)
    created = near + draw(st.integers(-400, 400)) * DAY + draw(st.integers(-49, 49)) * HOUR // 2
    address = draw(st.none() | st.fixed_dictionaries(dict.fromkeys(ADDRESS, MAYBE_TEXTS)))
    metadata = draw(st.none() | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
    consent = st.fixed_dictionaries({"date": moments(), "value": st.booleans()})
    customer = Customer(
        project_id="p",
        id="c",
        source_id=draw(st.just("") | TEXTS),
        name=draw(MAYBE_TEXTS),
        description=draw(MAYBE_TEXTS),
        email=draw(MAYBE_TEXTS),
        phone=draw(MAYBE_TEXTS),
        birthday=draw(st.none() | DAYS),
        birthdate=draw(st.none() | DAYS),
        nulls="",
        address=None if address is None else _json(address),
        city=None if address is None else address["city"],
        metadata=None if metadata is None else _json(metadata),
        system_metadata=_json(
            draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "source": TEXTS,
                        "consents": st.dictionaries(st.sampled_from(("unsubscribed", "cnst_1")), consent),
                        "web_widget": st.fixed_dictionaries({"widgets": ARRAYS}),
                    },
                )
            )
        ),
        created_at=created,
        updated_at=draw(st.sampled_from((0, created + DAY, near))),
    )
    campaign = st.fixed_dictionaries(
        {"points": COUNTS, "referred_customers": COUNTS}, optional={"loyalty_tier": st.sampled_from(("ltr_1", "a"))}
    )
    numbers: dict[str, Any] = {
        name: draw(COUNTS)
        for name in CustomerTotals.__struct_fields__[2:]
        if name not in ("last_order_at", "loyalty_campaigns", "referral_campaigns")
    }
    totals = CustomerTotals(
        "p",
        "c",
        **numbers,
        last_order_at=draw(st.none() | st.just(near) | st.just(created)),
        loyalty_campaigns=_json(draw(st.dictionaries(st.sampled_from(CAMPAIGNS), campaign, max_size=2))),
    )
    events = {
        name: EventCount("p", "c", name, draw(st.integers(1, 4)), near)
        for name in draw(st.lists(st.sampled_from(EVENTS), unique=True))
    }
    when = st.sampled_from((near, created, near - HOUR, near - 2 * DAY))
    entry = st.builds(Entry, st.sampled_from(KINDS), when, st.booleans())
    gift = st.builds(Gift, when, st.lists(TEXTS, min_size=1, max_size=2), st.booleans(), st.booleans())
    deeds = draw(st.lists(entry, max_size=4)), draw(st.lists(gift, max_size=3))
    return Person(customer, totals, events, *deeds)


FIELDS = (
    *PROFILE,
    *(f"address.{part}" for part in ADDRESS),
    *(f"summary.{name}" for name in SUMMARY),
    "loyalty.points",
    "loyalty.referred_customers",
    "loyalty_points.campaigns.Tiers 2.points",
    "loyalty_tier.a.points",
    "loyalty_tier.campaigns.x",
    "loyalty.campaigns.x.referred_customers",
    "referrals.total",
    *(f"events.{name}.{of}" for name in (*EVENTS, *KINDS) for of in ("count", "last_occurrence")),
    "publications.created_at",
    "publications.related_object_id",
    "system_metadata.source",
    "system_metadata.consents.unsubscribed",
    "system_metadata.consents.cnst_1.date",
    "system_metadata.web_widget.widgets",
    *(f"metadata.{key}" for key in KEYS),
    "metadata.thing.loose",
    "metadata.loose.loose",
    "metadata.nothing.at.all",
)

_OF_TYPE: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: TEXTS | st.just(""),
    Type.NUMBER: NUMBERS | COUNTS,
    Type.BOOLEAN: st.booleans(),
    Type.ANY: TEXTS | NUMBERS | st.booleans() | DAYS,
    Type.DATE: DAYS | moments(),
    Type.BIRTHDAY: DAYS | moments(),
    Type.MOMENT: DAYS | moments(),
}
_WHOLE = st.integers(0, 3) | st.sampled_from((30, 365))
_BY_OPERATOR: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("$contains", "$not_contain", "$starts_with", "$ends_with"), st.lists(TEXTS, min_size=1, max_size=3)
    ),
    **dict.fromkeys(("$count", "$count_more", "$count_less"), st.tuples(st.integers(0, 3)).map(list)),
    **dict.fromkeys(("$after", "$before", "$after_equal", "$before_equal"), st.tuples(DAYS | moments()).map(list)),
    **dict.fromkeys((IN, NOT_IN), st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=3)),
    "$is_day": st.lists(st.integers(0, 6), min_size=1, max_size=3),
    "$is_day_of_month": st.lists(st.integers(1, 31), min_size=1, max_size=5),
    "$is_month": st.lists(st.integers(1, 12), min_size=1, max_size=3),
    "$is_year": st.lists(st.sampled_from((1, 2000, 2023, 2024, 2025, 9999)), min_size=1, max_size=3),
}


def _operands(operator: str, kind: Type) -> st.SearchStrategy[Any]:
    if operator in _BY_OPERATOR:
        return _BY_OPERATOR[operator]
    if "days" in operator or "years" in operator or operator.endswith(("_ago", "_future")):
        return st.tuples(_WHOLE).map(list)
    if operator.startswith(("$more", "$less", "$greater")):
        if kind in (Type.DATE, Type.BIRTHDAY, Type.MOMENT):
            return st.tuples(_OF_TYPE[kind]).map(list)
        return st.tuples(_OF_TYPE[Type.NUMBER]).map(list)
    equality = ("$is", "$is_not", "$in", "$not_in", "$includes", "$intersects", "$not_intersect", "$not_differ")
    if operator in equality:
        return st.lists(_OF_TYPE[kind], min_size=1, max_size=3)
    return st.sampled_from((True, [True], ""))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """One field with one or two operators."""
    name = draw(st.sampled_from(FIELDS))
    field = GRAMMAR.fields(name)
    assert field is not None, name
    legal = [each for each in legal_for(OPERATORS, field.type) if not field.many or each not in OF_ALL_ENTRIES]
    operators = draw(st.lists(st.sampled_from(legal), min_size=1, max_size=2, unique=True))
    return {name: {"conditions": {each: draw(_operands(each, field.type)) for each in operators}}}


def _joined(parts: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    junction, each = parts
    return {f"${junction}": each}


def _beside(parts: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    junction, each = parts
    return {"junction": junction, **{name: conditions for part in each for name, conditions in part.items()}}


_JUNCTIONS = st.sampled_from(("and", "or"))
FILTERS = st.recursive(
    conditions() | st.tuples(_JUNCTIONS, st.lists(conditions(), min_size=2, max_size=3)).map(_beside),
    lambda inner: (
        st.tuples(_JUNCTIONS, st.lists(inner, min_size=1, max_size=3)).map(_joined)
        | inner.map(lambda part: {"$not": part})
    ),
    max_leaves=5,
)
"""Filters as callers send them."""
