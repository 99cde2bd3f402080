"""Operators: for each spelling, the types of field that it belongs to and the criterion that it makes of its operands.

Spec C 3.5 has those of filters over many, C 4.3 those of validation rules; `docs/conditions.md` says what each means.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from patron.engine.conditions.criteria import (
    Among,
    AnniversaryAway,
    AnniversaryPeriod,
    Away,
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
    Unit,
    Values,
    YearsAgo,
)
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.operands import (
    A_YEAR,
    MOST_DAYS,
    MOST_VALUES,
    MOST_YEARS,
    number_of,
    points_of,
    references_of,
    spelled,
    switch_of,
    texts_of,
    values_of,
    whole_of,
    wholes_of,
)
from patron.engine.conditions.timeframes import absolute, daily_hours, recurring

Make = Callable[[list[Any], Field], Criterion]
"""Makes the criterion of operands; raises `Unfit`."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`makers` by the type of the field. `negated`: passes where the criterion is not met."""

    makers: Mapping[Type, Make]
    negated: bool = False


Operators = Mapping[str, Operator]
"""By their spelling."""

_ALL = tuple(Type)
_SCALARS = (Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.ANY)
_TEXTS = (Type.TEXT, Type.ANY)
_NUMBERS = (Type.NUMBER, Type.ANY)
_DATES = (Type.DATE, Type.BIRTHDAY, Type.MOMENT)
_TIMES = (*_DATES, Type.ANY)
_ARRAYS = (*_SCALARS, Type.DATE, Type.BIRTHDAY, Type.OBJECT)


def _of(types: Iterable[Type], make: Make, *, negated: bool = False) -> Operator:
    return Operator(dict.fromkeys(types, make), negated)


def _both(scalars: Make, *, negated: bool = False) -> Operator:
    """Equality, which each type has in its own way."""
    makers: dict[Type, Make] = dict.fromkeys(_SCALARS, scalars)
    makers |= dict.fromkeys(_DATES, lambda given, _field: Placed("=", points_of(given, one=False)))
    makers[Type.REFERENCE] = lambda given, _field: Among(references_of(given))
    makers[Type.STATE] = lambda given, _field: Among(Values(texts=frozenset(texts_of(given))))
    return Operator(makers, negated)


def _is(given: list[Any], field: Field) -> Criterion:
    return Is(values_of(given, field))


def _among(given: list[Any], field: Field) -> Criterion:
    return Among(values_of(given, field))


def _includes(given: list[Any], field: Field) -> Criterion:
    return Includes(values_of(given, field))


def _part(place: Literal["within", "start", "end"], *, negated: bool = False) -> Operator:
    return _of(_TEXTS, lambda given, _field: Part(place, texts_of(given)), negated=negated)


def _ordered(sign: Sign, days: Make | None = None) -> Operator:
    """An order, of numbers or of times: `days` is what a number means to a time, None where it means nothing."""

    def times(given: list[Any], field: Field) -> Criterion:
        if days is not None and not _is_point(given):
            return days(given, field)
        return Placed(sign, points_of(given, one=True))

    makers: dict[Type, Make] = dict.fromkeys(_NUMBERS, lambda given, _field: Compared(sign, number_of(given)))
    return Operator(makers | dict.fromkeys(_DATES, times))


def _is_point(given: list[Any]) -> bool:
    return len(given) == 1 and isinstance(given[0], str) and "-" in given[0][1:]


def _placed(sign: Sign) -> Operator:
    return _of(_TIMES, lambda given, _field: Placed(sign, points_of(given, one=True)))


def _counted(sign: Sign) -> Operator:
    return _of(_ARRAYS, lambda given, _field: Counted(sign, whole_of(given, MOST_VALUES)))


def _away(first: Callable[[int], int | None], last: Callable[[int], int | None]) -> Make:
    def make(given: list[Any], _field: Field) -> Criterion:
        days = whole_of(given, MOST_DAYS)
        return Away(first(days), last(days))

    return make


def _anniversary(first: Callable[[int], int], last: Callable[[int], int], *, outside: bool = False) -> Operator:
    def make(given: list[Any], _field: Field) -> Criterion:
        days = whole_of(given, A_YEAR)
        return AnniversaryAway(first(days), last(days), outside)

    return _of(_TIMES, make)


def _switched(criterion: Criterion, types: Iterable[Type], *, negated: bool = False) -> Operator:
    """An operator that takes no operand."""

    def make(given: list[Any], _field: Field) -> Criterion:
        switch_of(given)
        return criterion

    return _of(types, make, negated=negated)


def _date_part(part: Literal["weekday", "day", "month", "year"], least: int, most: int) -> Operator:
    return _of(_TIMES, lambda given, _field: DatePart(part, wholes_of(given, least, most)))


def _periods() -> dict[str, Operator]:
    """Each period twice: as it is, and as the anniversary's, which a birthday always means (but for years)."""
    shifts = {"last": -1, "this": 0, "next": 1}
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}
    units: tuple[Unit, ...] = ("week", "month")
    returning: list[tuple[str, Criterion, Criterion]] = [
        *((name, Period("day", n), AnniversaryAway(n, n)) for name, n in days.items()),
        *(
            (f"{name}_{unit}", Period(unit, n), AnniversaryPeriod(unit, n))
            for unit in units
            for name, n in shifts.items()
        ),
    ]
    operators = {f"${name}_year": _switched(Period("year", n), _TIMES) for name, n in shifts.items()}
    for name, once, yearly in returning:
        each_year = _switched(yearly, _TIMES)
        operators[f"${name}_md"] = each_year
        of_birthday = {Type.BIRTHDAY: each_year.makers[Type.BIRTHDAY]}
        operators[f"${name}"] = Operator({**_switched(once, _TIMES).makers, **of_birthday})
    return operators


_STATES = (
    "active",
    "failed",
    "in_progress",
    "expired",
    "before_start",
    "enabled",
    "disabled",
    "redeemed",
    "redeemable",
)


def _spelled(operator: Operator) -> Operator:
    """Equality, where operands are texts although a number or a boolean is meant."""

    def make(given: list[Any], field: Field) -> Criterion:
        values = values_of(given, field)
        meant = spelled(values)
        return operator.makers[Type.ANY](given, field) if meant == values else Among(meant)

    return Operator({**operator.makers, Type.ANY: make}, operator.negated)


_older = _away(lambda _: None, lambda n: -n - 1)
_newer = _away(lambda n: 1 - n, lambda _: 0)
_at_least = _ordered(">=")
_at_most = _ordered("<=")

FOR_MANY: Operators = {
    "$has_value": _switched(Present(), _ALL),
    "$is_unknown": _switched(Present(), _ALL, negated=True),
    "$is": _both(_is),
    "$is_not": _both(_is, negated=True),
    "$in": _both(_among),
    "$not_in": _both(_among, negated=True),
    "$contains": _part("within"),
    "$not_contain": _part("within", negated=True),
    "$starts_with": _part("start"),
    "$ends_with": _part("end"),
    "$more_than": _ordered(">", _older),
    "$less_than": _ordered("<", _newer),
    "$more_than_equal": _at_least,
    "$more_than_or_equal": _at_least,
    "$greater_than_or_equal": _at_least,
    "$less_than_equal": _at_most,
    "$less_than_or_equal": _at_most,
    "$includes": _of(_SCALARS, _includes),
    "$intersects": _of(_SCALARS, _among),
    "$not_intersect": _of(_SCALARS, _among, negated=True),
    "$not_differ": _of(_SCALARS, _is),
    "$count": _counted("="),
    "$count_more": _counted(">"),
    "$count_less": _counted("<"),
    "$after": _placed(">"),
    "$before": _placed("<"),
    "$after_equal": _placed(">="),
    "$before_equal": _placed("<="),
    "$more_than_ago": _of(_TIMES, _older),
    "$less_than_ago": _of(_TIMES, _newer),
    "$is_days_ago": _of(_TIMES, _away(lambda n: -n, lambda n: -n)),
    "$more_than_future": _of(_TIMES, _away(lambda n: n + 1, lambda _: None)),
    "$less_than_future": _of(_TIMES, _away(lambda _: 0, lambda n: n - 1)),
    "$is_days_in_future": _of(_TIMES, _away(lambda n: n, lambda n: n)),
    "$is_years_ago": _of(_TIMES, lambda given, _field: YearsAgo(whole_of(given, MOST_YEARS))),
    **_periods(),
    "$is_days_ago_md": _anniversary(lambda n: -n, lambda n: -n),
    "$is_less_days_ago_md": _anniversary(lambda n: -n, lambda _: 0),
    "$is_more_days_ago_md": _anniversary(lambda n: -n, lambda _: 0, outside=True),
    "$is_days_in_future_md": _anniversary(lambda n: n, lambda n: n),
    "$is_less_days_in_future_md": _anniversary(lambda _: 0, lambda n: n),
    "$is_more_days_in_future_md": _anniversary(lambda _: 0, lambda n: n, outside=True),
    "$is_day": _date_part("weekday", 0, 6),
    "$is_day_of_month": _date_part("day", 1, 31),
    "$is_month": _date_part("month", 1, 12),
    "$is_year": _date_part("year", 1, 9999),
    **{f"${name}": _switched(Among(Values(texts=frozenset({name}))), (Type.STATE,)) for name in _STATES},
}
"""What may be asked of many at once, by a database."""

FOR_QUERIES: Operators = {
    **FOR_MANY,
    **{name: _spelled(FOR_MANY[name]) for name in ("$is", "$is_not", "$in", "$not_in")},
    "before_start": FOR_MANY["$before_start"],
}
"""What a query string may ask of a list. Where metadata may be of any type, a text also stands for what it spells."""

FOR_ONE: Operators = {
    **FOR_MANY,
    "$dow": _date_part("weekday", 0, 6),
    "$from": _of((Type.REFERENCE,), lambda given, _field: Among(references_of(given))),
    "$timeframe": _of(_TIMES, lambda given, _field: recurring(given)),
    "$timeframe_absolute": _of(_TIMES, lambda given, _field: absolute(given)),
    "$timeframe_daily_hours": _of(_TIMES, lambda given, _field: daily_hours(given)),
}
"""What may be asked of one case: by validation rules."""


def legal_for(operators: Operators, kind: Type) -> list[str]:
    """The operators that a field of this type takes."""
    return [name for name, operator in operators.items() if kind in operator.makers]
