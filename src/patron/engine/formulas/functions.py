"""Functions and comparisons of formulas (spec I 1.2). They raise `Unusable` for values of the wrong kind."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from patron.engine.formulas.operands import Facts
from patron.engine.formulas.values import (
    Day,
    Moment,
    Unusable,
    Value,
    civil,
    day_of_text,
    moment_of_text,
    number,
    power,
    scale,
    text,
)

MOST_ARGUMENTS = 50


class Function(NamedTuple):
    """How many arguments a function takes, and what it makes of them."""

    least: int
    most: int
    call: Callable[[Facts, Sequence[Value]], Value]


def _rounding(whole: Callable[[Fraction], int]) -> Function:
    def call(_facts: Facts, given: Sequence[Value]) -> Value:
        by = scale(number(given[1])) if len(given) > 1 else Fraction(1)
        return Fraction(whole(number(given[0]) * by)) / by

    return Function(1, 2, call)


def _of_day(read: Callable[[date], int]) -> Function:
    return Function(1, 1, lambda facts, given: Fraction(read(civil(facts.local_day(given[0])))))


def _between(count: Callable[[Day, Day], int], *, since: bool) -> Function:
    def call(facts: Facts, given: Sequence[Value]) -> Value:
        day, today = facts.local_day(given[0]), facts.today()
        return Fraction(count(day, today) if since else count(today, day))

    return Function(1, 1, call)


def _days(first: Day, last: Day) -> int:
    return last.day - first.day


def _months(first: Day, last: Day) -> int:
    """How many whole months lie between; as many, negative, where the last is before the first."""
    if last < first:
        return -_months(last, first)
    begin, end = civil(first), civil(last)
    return (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)


def _years(first: Day, last: Day) -> int:
    months = _months(first, last)
    return -(-months // 12) if months < 0 else months // 12


FUNCTIONS: Mapping[str, Function] = {
    "MIN": Function(1, MOST_ARGUMENTS, lambda _facts, given: min(map(number, given))),
    "MAX": Function(1, MOST_ARGUMENTS, lambda _facts, given: max(map(number, given))),
    "POW": Function(2, 2, lambda _facts, given: power(number(given[0]), number(given[1]))),
    "ROUND": _rounding(lambda value: math.floor(value + Fraction(1, 2))),
    "FLOOR": _rounding(math.floor),
    "CEIL": _rounding(math.ceil),
    "DATE": Function(1, 1, lambda _facts, given: day_of_text(text(given[0]))),
    "DATE_TIME": Function(1, 1, lambda _facts, given: moment_of_text(text(given[0]))),
    "DAY_OF_MONTH": _of_day(lambda day: day.day),
    "MONTH": _of_day(lambda day: day.month),
    "YEAR": _of_day(lambda day: day.year),
    "DAYS_SINCE": _between(_days, since=True),
    "MONTHS_SINCE": _between(_months, since=True),
    "YEARS_SINCE": _between(_years, since=True),
    "DAYS_UNTIL": _between(_days, since=False),
    "MONTHS_UNTIL": _between(_months, since=False),
}


def equal(left: Value, right: Value) -> bool:
    """Whether two values are one; values of two kinds never are."""
    return type(left) is type(right) and left == right


def _contains(_facts: Facts, left: Value, right: Value) -> bool:
    return right in left if isinstance(left, tuple) else text(right) in text(left)


def _in_array(_facts: Facts, left: Value, right: Value) -> bool:
    """Whether one of the texts between commas is the left one, which may be a number."""
    listed = [each.strip() for each in text(right).split(",")]
    if isinstance(left, Fraction):
        return left in [_number_of(each) for each in listed]
    return text(left) in listed


def _number_of(given: str) -> Fraction | None:
    """The number that a short decimal text tells; None for any other."""
    whole, _, part = given.removeprefix("-").partition(".")
    plain = (whole + part).isascii() and (whole + part).isdigit() and len(given) <= MOST_ARGUMENTS
    return Fraction(given) if plain and whole and not given.endswith(".") else None


def _order(facts: Facts, left: Value, right: Value) -> int:
    """Below, at or above 0 as the left is before, with or after the right. Moments are told apart, else days are."""
    if isinstance(left, Fraction):
        other = number(right)
        return (left > other) - (left < other)
    if isinstance(left, Moment) and isinstance(right, Moment):
        return (left > right) - (left < right)
    if not isinstance(left, Day | Moment | str) or not isinstance(right, Day | Moment | str):
        raise Unusable
    first, second = facts.local_day(left), facts.local_day(right)
    return (first > second) - (first < second)


def _same_day(facts: Facts, left: Value, right: Value) -> bool:
    return facts.local_day(left) == facts.local_day(right)


COMPARISONS: Mapping[str, Callable[[Facts, Value, Value], bool]] = {
    ">": lambda facts, left, right: _order(facts, left, right) > 0,
    "<": lambda facts, left, right: _order(facts, left, right) < 0,
    "=": lambda _facts, left, right: equal(left, right),
    "is": lambda _facts, left, right: equal(left, right),
    "isNot": lambda _facts, left, right: not equal(left, right),
    "contains": _contains,
    "startsWith": lambda _facts, left, right: text(left).startswith(text(right)),
    "endsWith": lambda _facts, left, right: text(left).endswith(text(right)),
    "IN_ARRAY": _in_array,
    "NOT_IN_ARRAY": lambda facts, left, right: not _in_array(facts, left, right),
    "DATE_IS": _same_day,
    "DATE_IS_NOT": lambda facts, left, right: not _same_day(facts, left, right),
    "IS_AFTER": lambda facts, left, right: _order(facts, left, right) > 0,
    "IS_BEFORE": lambda facts, left, right: _order(facts, left, right) < 0,
}
