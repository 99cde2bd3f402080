"""What a filter says of itself: which facts it looks at, and whether it may come to another end tomorrow."""

from typing import Any

import pytest

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Fault, Filter, is_timed, reads
from patron.engine.conditions.parsing import Grammar, parse, parse_conditions
from patron.engine.conditions.predicates import Matcher
from patron.kernel.clock import from_iso
from patron.kernel.zones import zone_of
from tests.engine.test_cases import field_of

GRAMMAR = Grammar(field_of, "name")


def parsed(given: Any) -> Filter:
    found = parse(given, GRAMMAR)
    assert not isinstance(found, Fault), found
    return found


def test_a_filter_says_which_facts_it_looks_at() -> None:
    of = parsed(
        {
            "$or": [{"name": {"conditions": {"$is": "a"}}}, {"$not": {"metadata.o.k": {"conditions": {"$is": 1}}}}],
            "address.country": {"conditions": {"$has_value": True}},
        }
    )
    assert reads(of) == {("name",), ("metadata", "o", "k"), ("address", "country")}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"$after": ["2026-01-01"]}, False),
        ({"$is_month": [5]}, False),
        ({"$has_value": True}, False),
        ({"$today": True}, True),
        ({"$more_than": [3]}, True),
        ({"$more_than": ["2026-01-01"]}, False),
        ({"$is_years_ago": [3]}, True),
        ({"$this_month_md": True}, True),
        ({"$is_days_in_future_md": [3]}, True),
    ],
)
def test_a_filter_is_timed_if_today_has_a_part_in_it(conditions: dict[str, Any], expected: bool) -> None:
    assert is_timed(parsed({"created_at": {"conditions": conditions}})) is expected


def test_a_timed_predicate_changes_at_the_projects_midnight() -> None:
    matcher = Matcher(parsed({"due": {"conditions": {"$today": True}}}), Calendar(zone_of("Europe/Warsaw")))
    facts = {"due": "2026-05-14"}
    assert not matcher.at(from_iso("2026-05-13T21:59:59.999Z"))(facts)
    assert matcher.at(from_iso("2026-05-13T22:00Z"))(facts)
    assert matcher.at(from_iso("2026-05-13T22:00Z")) is matcher.at(from_iso("2026-05-14T21:59Z"))
    assert not matcher.at(from_iso("2026-05-14T22:00Z"))(facts)


def test_filters_that_say_the_same_are_equal() -> None:
    given = {"name": {"conditions": {"$in": ["a", "b"]}}}
    assert parsed(given) == parsed(given)
    assert hash(parsed(given)) == hash(parsed(given))
    assert parsed(given) != parsed({"name": {"conditions": {"$in": ["a", "c"]}}})


def test_conditions_on_one_field_are_parsed_by_themselves_as_rules_have_them() -> None:
    price = Field("order.amount", ("order", "amount"), Type.NUMBER)
    found = parse_conditions({"$more_than": [1], "$less_than": [5]}, price, GRAMMAR, "rules.1.conditions")
    assert isinstance(found, tuple)
    assert [each.field for each in found] == [price, price]
    fault = parse_conditions({"$more_than": ["x"]}, price, GRAMMAR, "rules.1.conditions")
    assert str(fault) == "rules.1.conditions.$more_than: expected one number within ±2^53"
