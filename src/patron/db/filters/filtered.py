"""A filter's clause: its tree, written in SQL. A condition may come out as NULL, which is as good as false."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from patron.db.areas import located
from patron.db.dialect import INTEGER, TEXT, JsonText, in_each, is_among
from patron.db.filters.clauses import (
    compared,
    has_date_part,
    has_one_part,
    held,
    in_states,
    is_exactly,
    is_known,
    is_one_of,
    is_value,
    opposite,
    quick_alone,
    size_of,
    some_entry,
    within_days,
    within_ids,
    within_moments,
)
from patron.db.filters.sources import Clause, InColumn, InJson, InRows, InStates, Source, Sources
from patron.db.json_values import Entry, json_has_value, json_is_array, json_number, json_size, place, value_at
from patron.db.moments import ZONE_PARAMS, local_day, moment_ms, valid_day, zone_values
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
    Located,
    Part,
    Period,
    Placed,
    Present,
    Spanned,
    Yearly,
    YearsAgo,
)
from patron.engine.conditions.fields import Type
from patron.engine.conditions.filters import Condition, Filter, Group, Negation, Some
from patron.engine.conditions.spans import month_days_of, spans_of
from patron.kernel.ids import earliest_id

_DAY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Filtered:
    """A filter for a database: `where` is for the rows that its fields are in.

    Most parameters are bound in it; `values` gives those that depend on the calendar and on the day.
    """

    where: Clause
    times: tuple[tuple[str, Spanned | Yearly, str], ...]
    """By the names of their parameters, with the prefix of ids that begin with the time ("" for none)."""

    def values(self, calendar: Calendar, now: int) -> dict[str, Any]:
        """The other parameters, at a moment (epoch ms)."""
        today = calendar.zone.day_of(now)
        values: dict[str, Any] = dict(_zone_values(calendar))
        for name, criterion, prefix in self.times:
            if isinstance(criterion, AnniversaryAway | AnniversaryPeriod):
                values[name] = json.dumps(sorted(month_days_of(criterion, calendar, today)))
                continue
            for n, span in enumerate(spans_of(criterion, calendar, today)):
                values |= {
                    f"{name}_{n}_first_day": span.first_day,
                    f"{name}_{n}_end_day": span.end_day,
                    f"{name}_{n}_first_ms": span.first_ms,
                    f"{name}_{n}_end_ms": span.end_ms,
                    f"{name}_{n}_first_id": earliest_id(prefix, span.first_ms),
                    f"{name}_{n}_end_id": earliest_id(prefix, span.end_ms),
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
        self.times: list[tuple[str, Spanned | Yearly, str]] = []

    def filter(self, of: Filter) -> Clause:
        if isinstance(of, Condition):
            source = self._sources(of.field)
            assert not isinstance(source, InRows)
            return self._condition(of, source)
        if isinstance(of, Some):
            return self._some(of)
        if isinstance(of, Negation):
            return opposite(self.filter(of.part))
        assert isinstance(of, Group)
        parts = [self.filter(part) for part in of.parts]
        return sa.and_(*parts) if of.junction == "and" else sa.or_(*parts)

    def _some(self, of: Some) -> Clause:
        rows = [source for part in of.parts if isinstance(source := self._sources(part.field), InRows)]
        clauses = [self._condition(part, each.value) for part, each in zip(of.parts, rows, strict=True)]
        some = rows[0].some(sa.and_(*clauses))
        return opposite(some) if of.negated else some

    def _condition(self, of: Condition, source: Source) -> Clause:
        if isinstance(source, InJson):
            clause = self._in_json(of.criterion, source)
        elif isinstance(source, InStates):
            clause = in_states(of.criterion, source)
        else:
            clause = self._in_column(of.criterion, source, of.field.type)
        return opposite(clause) if of.negated else clause

    # Values in JSON

    def _in_json(self, criterion: Criterion, source: InJson) -> Clause:
        at = place(source.column, source.path)
        if isinstance(criterion, Present):
            return json_has_value(*at)
        if isinstance(criterion, Counted):
            return compared(json_size(*at), criterion.sign, sa.literal(criterion.n, INTEGER))
        if isinstance(criterion, Includes):
            return held(source, criterion.values) == size_of(criterion.values)
        alone = self._alone(criterion, source)
        if isinstance(criterion, Is):
            several = is_exactly(source, criterion.values)
        else:
            several = some_entry(source, lambda entry: self._of_entry(criterion, entry))
        # Most values are no arrays, and are looked at without the rows of a subquery.
        by_type = sa.case((json_is_array(*at), several), else_=alone)
        quick = quick_alone(criterion, at)
        return by_type if quick is None else in_each(by_type, sa.or_(quick, sa.and_(json_is_array(*at), several)))

    def _alone(self, criterion: Criterion, source: InJson) -> Clause:
        entry = value_at(source.column, source.path)
        return is_value(criterion.values, entry) if isinstance(criterion, Is) else self._of_entry(criterion, entry)

    def _of_entry(self, criterion: Criterion, entry: Entry) -> Clause:
        if isinstance(criterion, Among):
            return is_value(criterion.values, entry)
        if isinstance(criterion, Part):
            return has_one_part(criterion, entry.text)
        if isinstance(criterion, Located):
            return located(entry.text, criterion.areas)
        if isinstance(criterion, Compared):
            return compared(entry.number, criterion.sign, json_number(sa.literal(json.dumps(criterion.limit), TEXT)))
        day, ms = valid_day(entry.text), moment_ms(entry.text)
        if isinstance(criterion, AnniversaryAway | AnniversaryPeriod | DatePart):
            return self._on_day(criterion, sa.func.coalesce(day, local_day(ms, *ZONE_PARAMS)))
        name, spans = self._spans(criterion)
        days = sa.or_(*(within_days(name, n, day) for n in spans))
        moments = sa.or_(*(within_moments(name, n, ms) for n in spans))
        # A look at the length spares most texts that are no times the look for one.
        length = sa.func.length(entry.text)
        return sa.case(
            (length == sa.literal(_DAY_LENGTH, INTEGER), days), (length > sa.literal(_DAY_LENGTH, INTEGER), moments)
        )

    # Values in columns of their own

    def _in_column(self, criterion: Criterion, source: InColumn, kind: Type) -> Clause:
        if isinstance(criterion, Counted):
            size = sa.case((is_known(source), 1), else_=0)
            return compared(size, criterion.sign, sa.literal(criterion.n, INTEGER))
        if isinstance(criterion, Present):
            return is_known(source)
        test = self._of_column(criterion, source, kind)
        return test if source.known is None else sa.and_(source.known, test)

    def _of_column(self, criterion: Criterion, source: InColumn, kind: Type) -> Clause:
        value = source.value
        if isinstance(criterion, Is | Among):
            return is_one_of(criterion.values, value, kind)
        if isinstance(criterion, Includes):
            return is_one_of(criterion.values, value, kind) if size_of(criterion.values) == 1 else sa.false()
        if isinstance(criterion, Part):
            return has_one_part(criterion, value)
        if isinstance(criterion, Compared):
            return compared(value, criterion.sign, json_number(sa.literal(json.dumps(criterion.limit), TEXT)))
        if isinstance(criterion, AnniversaryAway | AnniversaryPeriod | DatePart):
            return self._on_day(criterion, local_day(value, *ZONE_PARAMS) if kind is Type.MOMENT else value)
        if source.ids is not None:
            column, prefix = source.ids
            name, spans = self._spans(criterion, prefix)
            return sa.or_(*(within_ids(name, n, column) for n in spans))
        name, spans = self._spans(criterion)
        within = within_moments if kind is Type.MOMENT else within_days
        return sa.or_(*(within(name, n, value) for n in spans))

    # Times

    def _on_day(self, criterion: Yearly | DatePart, day: Clause) -> Clause:
        if isinstance(criterion, DatePart):
            return has_date_part(criterion, day)
        name = f"time_{len(self.times)}"
        self.times.append((name, criterion, ""))
        return is_among(sa.func.substr(day, 6, 5), sa.bindparam(name, type_=JsonText()))

    def _spans(self, criterion: Criterion, prefix: str = "") -> tuple[str, range]:
        assert isinstance(criterion, Placed | Between | Away | YearsAgo | Period)
        name = f"time_{len(self.times)}"
        self.times.append((name, criterion, prefix))
        return name, range(len(criterion.points) if isinstance(criterion, Placed) else 1)
