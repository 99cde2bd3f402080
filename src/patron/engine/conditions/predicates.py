"""Predicates: a filter compiled to closures, once, so that a look at one customer is a few calls."""

from collections.abc import Callable
from typing import Any

from patron.engine.areas import Together
from patron.engine.areas.points import geopoint_of
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.criteria import (
    Among,
    AnniversaryAway,
    AnniversaryPeriod,
    Away,
    Between,
    Compared,
    Counted,
    Criterion,
    DailyHours,
    DatePart,
    Includes,
    Is,
    Located,
    Part,
    Period,
    Placed,
    Present,
    Recurring,
    Values,
    YearsAgo,
)
from patron.engine.conditions.fields import Facts, Field, Type
from patron.engine.conditions.filters import Condition, Filter, Group, Negation, Some, is_timed
from patron.engine.conditions.moments import TimeTest, date_part, hours, recurring, within, yearly

Predicate = Callable[[Facts], bool]
Test = Callable[[Any], bool]


class Matcher:
    """A filter in a project's calendar, ready to be asked; kept with the rulebook."""

    __slots__ = ("_calendar", "_day", "_filter", "_predicate", "is_timed")

    def __init__(self, of: Filter, calendar: Calendar) -> None:
        self._filter = of
        self._calendar = calendar
        self.is_timed = is_timed(of)
        self._day: int | None = None
        self._predicate: Predicate | None = None

    def at(self, now: int) -> Predicate:
        """The predicate that holds at a moment (epoch ms), and until the next midnight of the project's zone."""
        if self._predicate is not None and not self.is_timed:
            return self._predicate
        day = self._calendar.zone.day_of(now)
        if self._predicate is None or day != self._day:
            self._predicate, self._day = compiled(self._filter, self._calendar, day), day
        return self._predicate


def compiled(of: Filter, calendar: Calendar, today: int) -> Predicate:
    """The predicate of a filter on a day (days since 1970-01-01)."""
    if isinstance(of, Condition):
        return _condition(of, calendar, today)
    if isinstance(of, Negation):
        part = compiled(of.part, calendar, today)
        return lambda facts: not part(facts)
    if isinstance(of, Some):
        return _some(of, calendar, today)
    return _group(of, [compiled(part, calendar, today) for part in of.parts])


def _group(of: Group, parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        one, other = parts
        if of.junction == "and":
            return lambda facts: one(facts) and other(facts)
        return lambda facts: one(facts) or other(facts)
    settles = of.junction == "or"

    def passes(facts: Facts) -> bool:
        for part in parts:
            if part(facts) is settles:
                return settles
        return not settles

    return passes


def _some(of: Some, calendar: Calendar, today: int) -> Predicate:
    tests = [(part.field.path[1], test_of(part.criterion, part.field, calendar, today)) for part in of.parts]
    group, negated = of.group, of.negated

    def passes(facts: Facts) -> bool:
        entries = facts.get(group, ())
        return any(all(test(entry.get(name)) for name, test in tests) for entry in entries) is not negated

    return passes


def _condition(of: Condition, calendar: Calendar, today: int) -> Predicate:
    test = test_of(of.criterion, of.field, calendar, today)
    group, *names = of.field.path
    if not names:
        return _alone(group, test, negated=of.negated)
    if len(names) == 1:
        return _in_group(group, names[0], test, negated=of.negated)
    read = reader(of.field.path)
    negated = of.negated
    return lambda facts: test(read(facts)) is not negated


def _alone(name: str, test: Test, *, negated: bool) -> Predicate:
    if negated:
        return lambda facts: not test(facts.get(name))
    return lambda facts: test(facts.get(name))


def _in_group(group: str, name: str, test: Test, *, negated: bool) -> Predicate:
    nothing: dict[str, Any] = {}
    if negated:
        return lambda facts: not test(facts.get(group, nothing).get(name))
    return lambda facts: test(facts.get(group, nothing).get(name))


def reader(path: tuple[str, ...]) -> Callable[[Facts], Any]:
    """What a thing's facts have at a path; None where they have nothing."""

    def read(facts: Facts) -> Any:
        value: Any = facts
        for name in path:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    return read


def test_of(criterion: Criterion, field: Field, calendar: Calendar, today: int) -> Test:
    """The test of a criterion, for a field's value: a scalar, an array, or None."""
    plain = _PLAIN.get(type(criterion))
    if plain is not None:
        return plain(criterion)
    timed = _timed(criterion, calendar, today)
    return timed.of_moments() if field.type is Type.MOMENT else _of_any(timed.of_texts())


def _timed(criterion: Criterion, calendar: Calendar, today: int) -> TimeTest:
    if isinstance(criterion, AnniversaryAway | AnniversaryPeriod):
        return yearly(criterion, calendar, today)
    if isinstance(criterion, DatePart):
        return date_part(criterion, calendar)
    if isinstance(criterion, DailyHours):
        return hours(criterion, calendar)
    if isinstance(criterion, Recurring):
        return recurring(criterion, calendar)
    assert isinstance(criterion, Placed | Between | Away | YearsAgo | Period)
    return within(criterion, calendar, today)


def _of_any(test: Test) -> Test:
    """Of an array, one entry that passes is enough."""

    def passes(value: Any) -> bool:
        if type(value) is list:
            for each in value:  # noqa: SIM110 - a generator would double the time
                if test(each):
                    return True
            return False
        return test(value)

    return passes


def _is_present(value: Any) -> bool:
    return value is not None and value != []


def _among(values: Values) -> Test:
    texts, numbers, booleans = values.texts, values.numbers, values.booleans

    def test(value: Any) -> bool:
        if type(value) is str:
            return value in texts
        if type(value) is bool:
            return value in booleans
        return (type(value) is int or type(value) is float) and value in numbers

    return test


def _is(criterion: Is) -> Test:
    among = _among(criterion.values)
    count = _size(criterion.values)

    def test(value: Any) -> bool:
        if type(value) is list:
            return all(among(each) for each in value) and _size(_values(value)) == count
        return among(value)

    return test


def _includes(criterion: Includes) -> Test:
    values = criterion.values

    def test(value: Any) -> bool:
        held = _values(value if type(value) is list else [value])
        return values.texts <= held.texts and values.numbers <= held.numbers and values.booleans <= held.booleans

    return test


def _values(entries: list[Any]) -> Values:
    return Values(
        frozenset(each for each in entries if type(each) is str),
        frozenset(each for each in entries if type(each) is int or type(each) is float),
        frozenset(each for each in entries if type(each) is bool),
    )


def _size(values: Values) -> int:
    return len(values.texts) + len(values.numbers) + len(values.booleans)


def _part(criterion: Part) -> Test:
    texts = criterion.texts
    if criterion.place == "start":
        return lambda value: type(value) is str and value.startswith(texts)
    if criterion.place == "end":
        return lambda value: type(value) is str and value.endswith(texts)
    return lambda value: type(value) is str and any(text in value for text in texts)


def _compared(criterion: Compared) -> Test:
    limit = criterion.limit
    tests: dict[str, Test] = {
        "<": lambda value: (type(value) is int or type(value) is float) and value < limit,
        "<=": lambda value: (type(value) is int or type(value) is float) and value <= limit,
        ">": lambda value: (type(value) is int or type(value) is float) and value > limit,
        ">=": lambda value: (type(value) is int or type(value) is float) and value >= limit,
    }
    return tests[criterion.sign]


def _counted(criterion: Counted) -> Test:
    n = criterion.n
    tests: dict[str, Callable[[int], bool]] = {
        "=": lambda count: count == n,
        "<": lambda count: count < n,
        ">": lambda count: count > n,
    }
    test = tests[criterion.sign]
    return lambda value: test(len(value) if type(value) is list else 0 if value is None else 1)


def _located(criterion: Located) -> Test:
    contains = Together(criterion.areas).contains

    def test(value: Any) -> bool:
        point = geopoint_of(value)
        return point is not None and contains(*point)

    return test


_PLAIN: dict[type, Callable[[Any], Test]] = {
    Present: lambda _criterion: _is_present,
    Is: _is,
    Among: lambda criterion: _of_any(_among(criterion.values)),
    Includes: _includes,
    Part: lambda criterion: _of_any(_part(criterion)),
    Compared: lambda criterion: _of_any(_compared(criterion)),
    Counted: _counted,
    Located: lambda criterion: _of_any(_located(criterion)),
}
"""By the kind of criterion, those that know nothing of times."""
