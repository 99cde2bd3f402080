"""Why somebody passes a filter or not: every condition, with what was expected and what is there."""

from typing import Any

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.explanations import Explanation, Explanations, explain
from patron.engine.conditions.filters import Fault, Filter
from patron.engine.conditions.parsing import Grammar, parse
from patron.kernel.clock import from_iso
from patron.kernel.zones import zone_of
from tests.engine.test_cases import field_of

CALENDAR = Calendar(zone_of("Europe/Warsaw"))
NOW = from_iso("2026-05-13T10:00Z")


def parsed(given: Any) -> Filter:
    found = parse(given, Grammar(field_of, "name"))
    assert not isinstance(found, Fault), found
    return found


def test_each_condition_is_told_with_what_was_expected_and_what_is_there() -> None:
    of = parsed(
        {
            "junction": "or",
            "name": {"conditions": {"$in": ["Ada", "Bob"]}},
            "price": {"conditions": {"$more_than": ["5"], "$less_than": 9}},
            "$not": {"created_at": {"conditions": {"$today": True}}},
            "metadata.o.k": {"conditions": {"$is_unknown": ""}},
        }
    )
    facts = {"name": "Ada", "price": 7, "created_at": NOW, "metadata": {"o": {"k": [1]}}}
    assert explain(of, CALENDAR, NOW, facts) == Explanations(
        "or",
        passes=True,
        parts=(
            Explanation("name", "$in", ("Ada", "Bob"), "Ada", passes=True),
            Explanations(
                "and",
                passes=True,
                parts=(
                    Explanation("price", "$more_than", ("5",), 7, passes=True),
                    Explanation("price", "$less_than", (9,), 7, passes=True),
                ),
            ),
            Explanations(
                "not",
                passes=False,
                parts=(Explanation("created_at", "$today", (True,), "2026-05-13T10:00:00Z", passes=True),),
            ),
            Explanation("metadata.o.k", "$is_unknown", ("",), [1], passes=False),
        ),
    )


def test_what_is_unknown_is_told_as_nothing() -> None:
    of = parsed({"name": {"conditions": {"$is_not": ["Ada"]}}})
    assert explain(of, CALENDAR, NOW, {}) == Explanation("name", "$is_not", ("Ada",), None, passes=True)
