"""Filters that mean harm: refused with the path to the fault, in little time and memory, or harmless."""

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.explanations import explain
from patron.engine.conditions.filters import Fault, conditions_of
from patron.engine.conditions.operands import LONGEST_TEXT, MOST_VALUES
from patron.engine.conditions.operators import FOR_ONE
from patron.engine.conditions.parsing import MOST_CONDITIONS, MOST_LEVELS, Grammar, parse
from patron.engine.conditions.predicates import Matcher
from patron.kernel.zones import zone_of
from tests.engine.test_cases import field_of

GRAMMAR = Grammar(field_of, "name, metadata.<key>", FOR_ONE)
CALENDAR = Calendar(zone_of("UTC"))
LEAF = {"name": {"conditions": {"$is": ["a"]}}}


def nested(levels: int, wrap: Callable[[Any], Any]) -> Any:
    given = LEAF
    for _ in range(levels):
        given = wrap(given)
    return given


def wide(n: int) -> dict[str, Any]:
    return {f"metadata.k{each}": {"conditions": {"$is": ["a"]}} for each in range(n)}


HOSTILE: dict[str, tuple[Any, str]] = {
    "deep negations": (nested(5_000, lambda inner: {"$not": inner}), f"at most {MOST_LEVELS} levels"),
    "deep groups": (nested(5_000, lambda inner: {"$or": [inner]}), f"at most {MOST_LEVELS} levels"),
    "ten thousand fields": (wide(10_000), f"at most {MOST_CONDITIONS} conditions in all"),
    "ten thousand groups": ({"$or": [LEAF] * 10_000}, f"at most {MOST_CONDITIONS} conditions in all"),
    "as many, spread": ({"$and": [wide(100), {"$or": [wide(100), LEAF]}]}, f"at most {MOST_CONDITIONS} conditions"),
    "ten thousand operators": (
        {"name": {"conditions": {f"$x{n}": 1 for n in range(10_000)}}},
        f"filter.name.conditions: expected at most {MOST_CONDITIONS}",
    ),
    "ten thousand values": ({"name": {"conditions": {"$in": ["a"] * 10_000}}}, f"at most {MOST_VALUES} values"),
    "a long text": ({"name": {"conditions": {"$is": ["a" * 10**6]}}}, f"a text of at most {LONGEST_TEXT}"),
    "a long part": ({"name": {"conditions": {"$contains": ["a" * 10**6]}}}, f"a text of 1 to {LONGEST_TEXT}"),
    "a long name of a field": ({"a" * 10**6: {"conditions": {"$is": [1]}}}, f"filter.{'a' * 100}…: expected a field"),
    "a long name of an operator": ({"name": {"conditions": {"$" * 10**6: [1]}}}, "…: expected an operator"),
    "a long number": ({"price": {"conditions": {"$is": ["9" * 10**6]}}}, "expected a number"),
    "a number of too many days": ({"created_at": {"conditions": {"$is_days_ago": [2**53]}}}, "one whole number"),
    "many dates": ({"created_at": {"conditions": {"$in": ["2026-01-01"] * 101}}}, "expected at most 100 dates"),
    "a long interval": (
        {"redeemed_at": {"conditions": {"$timeframe": [f"2026-01-01;P{'9' * 10**5}D;PT1H"]}}},
        "expected durations",
    ),
    "many parts of a timeframe": ({"redeemed_at": {"conditions": {"$timeframe": [";" * 10**6]}}}, "$timeframe[0]"),
    "a name that is no text": ({1: {"conditions": {"$is": [1]}}}, "filter.?: expected a field"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_harm_is_refused_by_its_path_at_once(name: str) -> None:
    given, expected = HOSTILE[name]
    tracemalloc.start()
    begin = time.process_time()
    found = parse(given, GRAMMAR)
    seconds = time.process_time() - begin
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Fault)
    assert expected in str(found)
    assert len(str(found)) < 2_000
    assert seconds < 1
    assert most < 8_000_000


def test_the_largest_filters_are_taken_and_answer() -> None:
    values = [f"{n:0{LONGEST_TEXT}}" for n in range(MOST_VALUES)]
    for largest in (
        wide(MOST_CONDITIONS),
        nested(MOST_LEVELS - 1, lambda inner: {"$not": inner}),
        {"name": {"conditions": {"$contains": values}}},
        {"metadata.k": {"conditions": {"$includes": values}}},
    ):
        found = parse(largest, GRAMMAR)
        assert not isinstance(found, Fault)
        facts = {"name": "a" * 65_536, "metadata": {"k": values}}
        begin = time.process_time()
        Matcher(found, CALENDAR).at(0)(facts)
        assert time.process_time() - begin < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from((*FOR_ONE, "and")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("junction", "$or", "$and", "$not", "name", "metadata.k", "created_at", "conditions", *FOR_ONE)
            )
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
FIELDS = ("name", "price", "vip", "created_at", "birthdate", "due", "status", "product", "metadata.k", "metadata.o.k")
NEAR = st.dictionaries(
    st.sampled_from(FIELDS),
    st.fixed_dictionaries(
        {"conditions": st.dictionaries(st.sampled_from(list(FOR_ONE)), JSON, min_size=1, max_size=2)}
    ),
    min_size=1,
    max_size=2,
)
"""Nearly filters: right in all but the operands."""


@given(
    JSON | NEAR, st.dictionaries(st.sampled_from(("name", "price", "vip", "birthdate", "due")), JSON, max_size=4), JSON
)
def test_whatever_is_sent_is_a_filter_or_a_fault_and_whatever_is_known_has_an_answer(
    given_filter: Any, facts: dict[str, Any], metadata: Any
) -> None:
    found = parse(given_filter, GRAMMAR)
    if isinstance(found, Fault):
        assert found.path.startswith("filter")
        return
    known = {**facts, "metadata": {"k": metadata, "o": metadata}}
    passes = Matcher(found, CALENDAR).at(1_700_000_000_000)(known)
    assert explain(found, CALENDAR, 1_700_000_000_000, known).passes is passes
    hash(tuple(conditions_of(found)))
