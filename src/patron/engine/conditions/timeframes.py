"""The three ways in which a validation rule spells out times: recurring, absolute, daily hours (spec C 4.3)."""

import re
from typing import Any

from patron.engine.case import Hours
from patron.engine.conditions.criteria import Between, Criterion, DailyHours, Recurring
from patron.engine.conditions.operands import Unfit, clock_of, point_of
from patron.engine.durations import Duration, duration_of

MIDNIGHT = 24 * 60
_WEEKDAYS = re.compile(r"[0-6](,[0-6]){0,6}")


def recurring(given: list[Any]) -> Criterion:
    """`start;interval;length`: from the start on, each interval, for so long. Raises `Unfit`."""
    start, interval, length = _parts(given, "a start, an interval and a length, as 2026-01-01;P1D;PT1H", 3)
    every = _duration(interval)
    if sum(map(bool, (every.months, every.days, every.ms))) != 1:
        raise Unfit("an interval either of years and months, of weeks and days, or of less, as P1D", 0)
    return Recurring(point_of(start, 0), every, _duration(length))


def absolute(given: list[Any]) -> Criterion:
    """`from;to`: dates, or dates and times, both included. Raises `Unfit`."""
    first, last = _parts(given, "two dates, or dates and times, as 2026-01-01;2026-01-31", 2)
    return Between(point_of(first, 0), point_of(last, 0))


def daily_hours(given: list[Any]) -> Criterion:
    """`18:00;20:01;2,3`: local times from one up to the other, on these days of the week. Raises `Unfit`.

    An end that is not later than the start is the next day's.
    """
    expected = "two times and days of the week, as 18:00;20:01;2,3"
    start, end, days = _parts(given, expected, 3)
    first, last = clock_of(start), clock_of(end)
    if first is None or last is None or first == MIDNIGHT or not _WEEKDAYS.fullmatch(days):
        raise Unfit(expected, 0)
    begin_on = frozenset(map(int, days.split(",")))
    if first < last:
        return DailyHours((Hours(start=first, end=last, days=begin_on),))
    day_after = frozenset((day + 1) % 7 for day in begin_on)
    return DailyHours((Hours(start=first, end=MIDNIGHT, days=begin_on), Hours(start=0, end=last, days=day_after)))


def _parts(given: list[Any], expected: str, n: int) -> list[str]:
    if len(given) != 1 or not isinstance(given[0], str):
        raise Unfit(f"one text: {expected}")
    parts = given[0].split(";", n)
    if len(parts) != n:
        raise Unfit(expected, 0)
    return parts


def _duration(text: str) -> Duration:
    duration = duration_of(text)
    if duration is None:
        raise Unfit("durations in ISO 8601 that are not zero, as P1D or PT1H", 0)
    return duration
