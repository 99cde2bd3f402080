"""The golden cases: a filter, what is known of somebody, and whether that passes or why it is refused.

A report of a wrong answer becomes a line of these files first.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.explanations import explain
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Fault
from patron.engine.conditions.operators import FOR_MANY, FOR_ONE
from patron.engine.conditions.parsing import Grammar, parse
from patron.engine.conditions.predicates import Matcher
from patron.kernel.clock import from_iso
from patron.kernel.zones import zone_of

CASES = {
    f"{path.stem}: {each['name']}": each
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    if not path.name.startswith(("money-", "rules-"))
    for each in json.loads(path.read_text())
}
TYPES = {
    **dict.fromkeys(("name", "email", "source_id", "voucher_id", "campaign_id", "address.country"), Type.TEXT),
    **dict.fromkeys(("price", "loyalty_points.campaigns.Tiers 2.points"), Type.NUMBER),
    **dict.fromkeys(("events.payment_placed.count",), Type.NUMBER),
    **dict.fromkeys(("created_at", "redeemed_at"), Type.MOMENT),
    "birthdate": Type.BIRTHDAY,
    "due": Type.DATE,
    "vip": Type.BOOLEAN,
    "status": Type.STATE,
    "product": Type.REFERENCE,
}
PATHS = {"loyalty_points.campaigns.Tiers 2.points": ("loyalty_campaigns", "Tiers 2", "points")}


def field_of(name: str) -> Field | None:
    if name in TYPES:
        return Field(name, PATHS.get(name, tuple(name.split("."))), TYPES[name])
    path = tuple(name.split("."))
    return Field(name, path, Type.ANY) if path[0] == "metadata" and len(path) > 1 and all(path) else None


def facts_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Facts, with moments as the engine takes them."""
    return {name: from_iso(value) if TYPES.get(name) is Type.MOMENT else value for name, value in given.items()}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case, expected = CASES[name]["case"], CASES[name]["expected"]
    grammar = Grammar(field_of, "name, metadata.<key>", FOR_ONE if case.get("operators") == "one" else FOR_MANY)
    found = parse(case["filter"], grammar)
    if isinstance(expected, str):
        assert isinstance(found, Fault)
        assert expected in str(found)
        return
    assert not isinstance(found, Fault), found
    calendar = Calendar(zone_of(case.get("timezone", "UTC")), case.get("week_start", "monday"))
    now, facts = from_iso(case.get("now", "2026-05-13T10:00Z")), facts_of(case["facts"])
    assert Matcher(found, calendar).at(now)(facts) is expected
    assert explain(found, calendar, now, facts).passes is expected


def test_every_operator_has_a_case() -> None:
    text = json.dumps(list(CASES.values()))
    assert [name for name in FOR_ONE if f'"{name}"' not in text] == []
