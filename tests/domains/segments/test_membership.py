"""Whether somebody is in a segment, as whoever decides within a unit asks it: a pure function of the rulebook."""

from typing import Any

import msgspec
import pytest

from patron.db.rulebook import Rulebook
from patron.domains.customers.model import Customer, CustomerTotals
from patron.domains.events.model import EventCount
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, MetadataSchema
from patron.domains.segments import Standing, is_member
from patron.domains.segments.model import ACTIVE, NEVER_COMPARED, PASSIVE, SEGMENTS, STATIC, Segment
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.history import History
from patron.domains.segments.policy.membership import segments_of, unknown_person

P = "proj"
NOON = 1_709_208_000_000
"""2024-02-29T12:00Z."""
DAY_MS = 86_400_000


def segment(segment_id: str, kind: str, given: dict[str, Any] | None, created_at: int = 1) -> Segment:
    text = None if given is None else msgspec.json.encode(given).decode()
    return Segment(P, segment_id, segment_id, kind, text, NEVER_COMPARED, created_at, None, None, 1)


def rulebook(*segments: Segment, schema: dict[str, Any] | None = None) -> Rulebook:
    tables: dict[Any, Any] = {SEGMENTS: {SEGMENTS.key_of(each): each for each in segments}}
    if schema is not None:
        definitions = msgspec.json.encode(schema).decode()
        row = MetadataSchema(P, "ms_1", "customer", definitions, None, 1, None, None, 1)
        tables[METADATA_SCHEMAS] = {METADATA_SCHEMAS.key_of(row): row}
    return Rulebook(P, 1, tables)


def customer(**fields: Any) -> Customer:
    """A customer whose metadata is given as an object."""
    metadata = fields.pop("metadata", None)
    plain = {**dict.fromkeys(Customer.__struct_fields__), "project_id": P, "id": "cust_1", "source_id": "", "nulls": ""}
    plain |= {"system_metadata": "{}", "created_at": NOON, "updated_at": 0}
    plain["metadata"] = None if metadata is None else msgspec.json.encode(metadata).decode()
    return Customer(**{**plain, **fields})


def standing(of: Customer, *, listed: tuple[str, ...] = (), events: dict[str, int] | None = None) -> Standing:
    counts = {name: EventCount(P, of.id, name, n, NOON) for name, n in (events or {}).items()}
    groups = {"metadata", "events", "summary"}
    return Standing(facts_of(of, CustomerTotals(P, of.id), History(counts), groups), frozenset(listed))


VIP = {"metadata.vip": {"conditions": {"$is": [True]}}}


@pytest.mark.parametrize("kind", [PASSIVE, ACTIVE])
def test_a_filter_is_asked_of_the_facts_whether_or_not_members_are_kept(kind: str) -> None:
    book = rulebook(segment("seg_1", kind, VIP))
    assert is_member(book, "seg_1", standing(customer(metadata={"vip": True})), NOON)
    assert not is_member(book, "seg_1", standing(customer(metadata={"vip": False})), NOON)
    assert not is_member(book, "seg_1", standing(customer(), listed=("seg_1",)), NOON)


def test_a_static_segment_is_asked_whom_it_lists() -> None:
    book = rulebook(segment("seg_1", STATIC, None))
    assert is_member(book, "seg_1", standing(customer(), listed=("seg_0", "seg_1")), NOON)
    assert not is_member(book, "seg_1", standing(customer()), NOON)


def test_nobody_is_in_a_segment_that_is_not_there() -> None:
    assert not is_member(rulebook(), "seg_1", standing(customer(), listed=("seg_1",)), NOON)


def test_time_goes_on() -> None:
    book = rulebook(segment("seg_1", PASSIVE, {"created_at": {"conditions": {"$today": True}}}))
    now = standing(customer())
    assert [is_member(book, "seg_1", now, NOON + n * DAY_MS) for n in (0, 1)] == [True, False]


def test_events_are_counted_by_name_and_one_that_never_happened_has_happened_no_times() -> None:
    book = rulebook(segment("seg_1", PASSIVE, {"events.bought.count": {"conditions": {"$less_than": ["2"]}}}))
    assert is_member(book, "seg_1", standing(customer()), NOON)
    assert not is_member(book, "seg_1", standing(customer(), events={"bought": 2}), NOON)


def test_a_customer_is_told_its_segments_newest_first() -> None:
    book = rulebook(segment("seg_1", PASSIVE, VIP, 1), segment("seg_2", STATIC, None, 2), segment("seg_3", ACTIVE, VIP))
    mine = standing(customer(metadata={"vip": True}), listed=("seg_2",))
    assert [each.id for each in segments_of(book, mine, NOON)] == ["seg_2", "seg_3", "seg_1"]


def test_of_somebody_unknown_nothing_is_known_and_nothing_was_done() -> None:
    groups = {"metadata", "summary"}
    facts = unknown_person(P, groups)
    asked = (
        ({"id": {"conditions": {"$is_unknown": True}}}, True),
        ({"created_at": {"conditions": {"$is_unknown": True}}}, True),
        ({"metadata.vip": {"conditions": {"$is_not": [True]}}}, True),
        ({"summary.orders.total_count": {"conditions": {"$is": [0]}}}, True),
        ({"name": {"conditions": {"$has_value": True}}}, False),
        ({"id": {"conditions": {"$has_value": True}}}, False),
    )
    for given, expected in asked:
        book = rulebook(segment("seg_1", PASSIVE, given))
        assert is_member(book, "seg_1", Standing(facts, frozenset()), NOON) is expected, given


def test_a_filter_keeps_its_meaning_as_far_as_the_schema_lets_it() -> None:
    """A text in a filter is a number where a schema says so; once it no longer does, it is a text again."""
    number = {"n": {"type": "number", "array": False, "optional": True}}
    text = {"n": {"type": "string", "array": False, "optional": True}}
    more = segment("seg_1", PASSIVE, {"metadata.n": {"conditions": {"$more_than": [4]}}})
    sent_as_text = segment("seg_1", PASSIVE, {"metadata.n": {"conditions": {"$is": ["3"]}}})
    five, three = (standing(customer(metadata={"n": n})) for n in (5, 3))
    for schema, segments, expected in (
        (number, more, (True, False)),
        (text, more, (True, False)),
        (None, more, (True, False)),
        (number, sent_as_text, (False, True)),
        (text, sent_as_text, (False, False)),
        (None, sent_as_text, (False, False)),
    ):
        book = rulebook(segments, schema=schema)
        assert tuple(is_member(book, "seg_1", each, NOON) for each in (five, three)) == expected, schema


def test_nobody_passes_a_filter_over_something_that_is_there_no_more() -> None:
    book = rulebook(segment("seg_1", PASSIVE, {"shoe_size": {"conditions": {"$is_unknown": True}}}))
    assert not is_member(book, "seg_1", standing(customer()), NOON)


def test_a_filter_is_compiled_once_whatever_else_in_the_rulebook_changes() -> None:
    mine = segment("seg_1", PASSIVE, VIP)
    books = [rulebook(mine), rulebook(mine, segment("seg_2", STATIC, None))]
    sieves = [Segments.of(book).sieve(mine) for book in books]
    assert sieves[0] is sieves[1]
