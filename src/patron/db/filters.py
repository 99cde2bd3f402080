"""Filters as SQL: the same conditions that a predicate asks of one thing, asked of all rows at once.

A domain says where each field is. Whatever came from outside is a bound parameter. A condition may come out as NULL,
which is as good as false; where it is negated, it is made false first.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from patron.db.dialect import INTEGER, TEXT, JsonText, each_text, has_part, is_among
from patron.db.json_values import Entry, is_among_numbers, json_has_value, json_is_array, json_number, json_size, place
from patron.db.moments import ZONE_PARAMS, local_day, moment_ms, valid_day, weekday, zone_values
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
    DatePart,
    Includes,
    Is,
    Part,
    Period,
    Placed,
    Present,
    Sign,
    Spanned,
    Values,
    Yearly,
    YearsAgo,
)
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Condition, Filter, Group, Negation
from patron.engine.conditions.spans import month_days_of, spans_of

Clause = sa.ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class InJson:
    """A value inside of a JSON column, by the names of the members that lead to it."""

    column: Clause
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InColumn:
    """A value of its own, which is unknown where it is NULL, or where `known` is there and does not hold."""

    value: Clause
    known: Clause | None = None


Sources = Callable[[Field], InColumn | InJson]
"""Where the value of a field is."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """A filter for a database: `where` is for the rows that its fields are in.

    Most parameters are bound in it; `values` gives those that depend on the calendar and on the day.
    """

    where: Clause
    times: tuple[tuple[str, Spanned | Yearly], ...]

    def values(self, calendar: Calendar, now: int) -> dict[str, Any]:
        """The other parameters, at a moment (epoch ms)."""
        today = calendar.zone.day_of(now)
        values: dict[str, Any] = dict(_zone_values(calendar))
        for name, criterion in self.times:
            if isinstance(criterion, AnniversaryAway | AnniversaryPeriod):
                values[name] = json.dumps(sorted(month_days_of(criterion, calendar, today)))
                continue
            for n, span in enumerate(spans_of(criterion, calendar, today)):
                values |= {
                    f"{name}_{n}_first_day": span.first_day,
                    f"{name}_{n}_end_day": span.end_day,
                    f"{name}_{n}_first_ms": span.first_ms,
                    f"{name}_{n}_end_ms": span.end_ms,
                }
        return values


@lru_cache(maxsize=100)
def _zone_values(calendar: Calendar) -> dict[str, str]:
    return zone_values(calendar.zone)


def filtered(of: Filter, sources: Sources) -> Filtered:
    """The SQL of a filter. Whoever asks the same more often keeps it, and the statements that are made of it."""
    writer = _Writer(sources)
    where = writer.filter(of)
    return Filtered(where, tuple(writer.times))


class _Writer:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.times: list[tuple[str, Spanned | Yearly]] = []

    def filter(self, of: Filter) -> Clause:
        if isinstance(of, Condition):
            return self._condition(of)
        if isinstance(of, Negation):
            return _not(self.filter(of.part))
        assert isinstance(of, Group)
        parts = [self.filter(part) for part in of.parts]
        return sa.and_(*parts) if of.junction == "and" else sa.or_(*parts)

    def _condition(self, of: Condition) -> Clause:
        source = self._sources(of.field)
        if isinstance(source, InJson):
            clause = self._in_json(of.criterion, source)
        else:
            clause = self._in_column(of.criterion, source, of.field.type)
        return _not(clause) if of.negated else clause

    # Values in JSON

    def _in_json(self, criterion: Criterion, source: InJson) -> Clause:
        at = place(source.column, source.path)
        if isinstance(criterion, Present):
            return json_has_value(*at)
        if isinstance(criterion, Counted):
            return _signed(json_size(*at), criterion.sign, sa.literal(criterion.n, INTEGER))
        if isinstance(criterion, Includes):
            return _held(source, criterion.values) == _size(criterion.values)
        if isinstance(criterion, Is):
            return sa.case(
                (json_is_array(*at), _exactly(source, criterion.values)),
                else_=_some_entry(source, lambda entry: _is_value(criterion.values, entry)),
            )
        return _some_entry(source, lambda entry: self._of_entry(criterion, entry))

    def _of_entry(self, criterion: Criterion, entry: Entry) -> Clause:
        if isinstance(criterion, Among):
            return _is_value(criterion.values, entry)
        if isinstance(criterion, Part):
            return _part(criterion, entry.text)
        if isinstance(criterion, Compared):
            return _signed(entry.number, criterion.sign, json_number(sa.literal(json.dumps(criterion.limit), TEXT)))
        day, ms = valid_day(entry.text), moment_ms(entry.text)
        if isinstance(criterion, AnniversaryAway | AnniversaryPeriod | DatePart):
            return self._on_day(criterion, sa.func.coalesce(day, local_day(ms, *ZONE_PARAMS)))
        name, spans = self._spans(criterion)
        return sa.or_(*(sa.or_(_days(name, n, day), _moments(name, n, ms)) for n in spans))

    # Values in columns of their own

    def _in_column(self, criterion: Criterion, source: InColumn, kind: Type) -> Clause:
        value = source.value
        if isinstance(criterion, Counted):
            size = sa.case((_known(source), 1), else_=0)
            return _signed(size, criterion.sign, sa.literal(criterion.n, INTEGER))
        if isinstance(criterion, Present):
            return _known(source)
        test = self._of_column(criterion, value, kind)
        return test if source.known is None else sa.and_(source.known, test)

    def _of_column(self, criterion: Criterion, value: Clause, kind: Type) -> Clause:
        if isinstance(criterion, Is | Among):
            return _is_one(criterion.values, value, kind)
        if isinstance(criterion, Includes):
            return _is_one(criterion.values, value, kind) if _size(criterion.values) == 1 else sa.false()
        if isinstance(criterion, Part):
            return _part(criterion, value)
        if isinstance(criterion, Compared):
            return _signed(value, criterion.sign, json_number(sa.literal(json.dumps(criterion.limit), TEXT)))
        if isinstance(criterion, AnniversaryAway | AnniversaryPeriod | DatePart):
            return self._on_day(criterion, local_day(value, *ZONE_PARAMS) if kind is Type.MOMENT else value)
        name, spans = self._spans(criterion)
        within = _moments if kind is Type.MOMENT else _days
        return sa.or_(*(within(name, n, value) for n in spans))

    # Times

    def _on_day(self, criterion: Yearly | DatePart, day: Clause) -> Clause:
        if isinstance(criterion, DatePart):
            return _date_part(criterion, day)
        name = f"time_{len(self.times)}"
        self.times.append((name, criterion))
        return is_among(sa.func.substr(day, 6, 5), sa.bindparam(name, type_=JsonText()))

    def _spans(self, criterion: Criterion) -> tuple[str, range]:
        assert isinstance(criterion, Placed | Between | Away | YearsAgo | Period)
        name = f"time_{len(self.times)}"
        self.times.append((name, criterion))
        return name, range(len(criterion.points) if isinstance(criterion, Placed) else 1)


def _not(clause: Clause) -> Clause:
    return sa.not_(sa.func.coalesce(clause, sa.false()))


def _known(source: InColumn) -> Clause:
    return source.value.is_not(None) if source.known is None else source.known


def _some_entry(source: InJson, test: Any) -> Clause:
    entry = Entry(source.column, source.path)
    return sa.exists(sa.select(sa.literal_column("1")).select_from(entry.rows).where(test(entry)))


def _is_value(values: Values, entry: Entry) -> Clause:
    tests: list[Clause] = []
    if values.texts:
        tests.append(is_among(entry.text, _array(sorted(values.texts))))
    if values.numbers:
        tests.append(is_among_numbers(entry.number, _array(sorted(values.numbers))))
    if values.booleans:
        tests.append(is_among_numbers(entry.boolean, _array([int(each) for each in sorted(values.booleans)])))
    return sa.or_(*tests)


def _is_one(values: Values, column: Clause, kind: Type) -> Clause:
    if kind is Type.NUMBER:
        return is_among_numbers(column, _array(sorted(values.numbers)))
    if len(values.texts) == 1:
        return column == sa.literal(next(iter(values.texts)), TEXT)
    return is_among(column, _array(sorted(values.texts)))


def _held(source: InJson, values: Values) -> Clause:
    """How many of the values are entries."""
    entry = Entry(source.column, source.path)
    kinds = ((values.texts, entry.text), (values.numbers, entry.number), (values.booleans, entry.boolean))
    counts: list[Clause] = [sa.func.count(sa.distinct(each)) for wanted, each in kinds if wanted]
    count = sum(counts[1:], counts[0])
    return sa.select(count).select_from(entry.rows).where(_is_value(values, entry)).scalar_subquery()


def _exactly(source: InJson, values: Values) -> Clause:
    others = _some_entry(source, lambda entry: _not(_is_value(values, entry)))
    return sa.and_(_held(source, values) == _size(values), sa.not_(others))


def _size(values: Values) -> int:
    return len(values.texts) + len(values.numbers) + len(values.booleans)


def _array(values: Sequence[Any]) -> Clause:
    return sa.literal(json.dumps(values, ensure_ascii=False), JsonText())


def _part(criterion: Part, text: Clause) -> Clause:
    part = each_text(_array(criterion.texts)).table_valued("value").alias()
    length = sa.func.length(part.c.value)
    tests: dict[str, Clause] = {
        "within": has_part(text, part.c.value),
        "start": sa.func.substr(text, 1, length) == part.c.value,
        "end": sa.func.substr(text, sa.func.length(text) - length + 1) == part.c.value,
    }
    return sa.exists(sa.select(sa.literal_column("1")).select_from(part).where(tests[criterion.place]))


def _signed(value: Clause, sign: Sign, limit: Clause) -> Clause:
    return {
        "=": lambda: value == limit,
        "<": lambda: value < limit,
        "<=": lambda: value <= limit,
        ">": lambda: value > limit,
        ">=": lambda: value >= limit,
    }[sign]()


def _days(name: str, n: int, day: Clause) -> Clause:
    first, end = (sa.bindparam(f"{name}_{n}_{side}_day", type_=TEXT) for side in ("first", "end"))
    return sa.and_(day >= first, day < end)


def _moments(name: str, n: int, ms: Clause) -> Clause:
    first, end = (sa.bindparam(f"{name}_{n}_{side}_ms", type_=INTEGER) for side in ("first", "end"))
    return sa.and_(ms >= first, ms < end)


def _date_part(criterion: DatePart, day: Clause) -> Clause:
    numbers = sorted(criterion.numbers)
    if criterion.part == "weekday":
        return is_among_numbers(weekday(day), _array(numbers))
    start, length = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}[criterion.part]
    return is_among(sa.func.substr(day, start, length), _array([f"{number:0{length}}" for number in numbers]))
