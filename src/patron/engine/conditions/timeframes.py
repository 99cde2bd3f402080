"""The three ways in which a validation rule spells out times: recurring, absolute, daily hours (spec C 4.3)."""

import re
from typing import Any

from patron.engine.conditions.criteria import Between, Criterion, Duration, Hours, Recurring
from patron.engine.conditions.operands import Unfit, clock_of, point_of
from patron.kernel.iso import DAY_MS

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?",
    re.ASCII,
)
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
    """`18:00;20:01;2,3`: local times from one up to the other, on these days of the week. Raises `Unfit`."""
    expected = "two times and days of the week, as 18:00;20:01;2,3"
    start, end, days = _parts(given, expected, 3)
    first, last = clock_of(start), clock_of(end)
    if first is None or last is None or first == DAY_MS or not _WEEKDAYS.fullmatch(days):
        raise Unfit(expected, 0)
    return Hours(first, last, frozenset(map(int, days.split(","))))


def _parts(given: list[Any], expected: str, n: int) -> list[str]:
    if len(given) != 1 or not isinstance(given[0], str):
        raise Unfit(f"one text: {expected}")
    parts = given[0].split(";", n)
    if len(parts) != n:
        raise Unfit(expected, 0)
    return parts


def _duration(text: str) -> Duration:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Unfit("durations in ISO 8601, as P1D or PT1H", 0)
    years, months, weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return Duration(years * 12 + months, weeks * 7 + days, ((hours * 60 + minutes) * 60 + seconds) * 1000)
