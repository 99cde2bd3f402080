"""Explanations: for each condition what was expected, what is there, and whether that passes."""

from dataclasses import dataclass
from typing import Any

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Facts, Type
from patron.engine.conditions.filters import Condition, Filter, Junction, Negation, Some
from patron.engine.conditions.predicates import compiled, reader
from patron.kernel.clock import to_iso

MOST_ENTRIES = 100
"""Of a list of facts, so many of the last are told."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a condition passes or not. `actual` is None where nothing is known; a moment is told in ISO 8601.

    Of a list of facts it is the list of their values.
    """

    property: str
    operator: str
    expected: tuple[Any, ...]
    actual: Any
    passes: bool


@dataclass(frozen=True, slots=True)
class Explanations:
    """Why a group passes or not; `junction` is `not` where its one part must not pass, and `one` where one entry of a
    list must pass all parts: each part tells whether some entry does.
    """

    junction: Junction | str
    passes: bool
    parts: tuple["Explanation | Explanations", ...]


def explain(of: Filter, calendar: Calendar, now: int, facts: Facts) -> Explanation | Explanations:
    """Why something passes a filter or not at a moment (epoch ms): every condition is looked at, also settled ones."""
    return _explained(of, calendar, calendar.zone.day_of(now), facts)


def _explained(of: Filter, calendar: Calendar, today: int, facts: Facts) -> Explanation | Explanations:
    passes = compiled(of, calendar, today)(facts)
    if isinstance(of, Condition):
        return Explanation(of.field.name, of.operator, of.expected, _actual(of, facts), passes)
    if isinstance(of, Negation):
        return Explanations("not", passes, (_explained(of.part, calendar, today, facts),))
    if isinstance(of, Some):
        return _explained_entries(of, calendar, today, facts)
    return Explanations(of.junction, passes, tuple(_explained(part, calendar, today, facts) for part in of.parts))


def _explained_entries(of: Some, calendar: Calendar, today: int, facts: Facts) -> Explanation | Explanations:
    passes = compiled(of, calendar, today)(facts)
    if len(of.parts) > 1:
        each = (_explained_entries(Some((part,)), calendar, today, facts) for part in of.parts)
        return Explanations("one", passes, tuple(each))
    [part] = of.parts
    entries = facts.get(of.group, ())[-MOST_ENTRIES:]
    actual = [_told(part, entry.get(part.field.path[1])) for entry in entries]
    return Explanation(part.field.name, part.operator, part.expected, actual or None, passes)


def _actual(of: Condition, facts: Facts) -> Any:
    return _told(of, reader(of.field.path)(facts))


def _told(of: Condition, value: Any) -> Any:
    return to_iso(value) if of.field.type is Type.MOMENT and isinstance(value, int) else value
