"""Tests of one time, which is a day or a moment: in a span, in a year's days, at an hour."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patron.engine.conditions.calendars import Calendar, civil, first_of_month, weekday
from patron.engine.conditions.criteria import DatePart, Duration, Hours, Recurring, Spanned, Yearly
from patron.engine.conditions.spans import month_days_of, spans_of
from patron.kernel.iso import DAY_MS, day_of, day_text, ms_of
from patron.kernel.zones import FIRST_DAY, LAST_DAY

_DAY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class TimeTest:
    """A test of a time: of a day by its text `YYYY-MM-DD`, of a moment by its epoch ms."""

    day: Callable[[str], bool]
    ms: Callable[[int], bool]

    def of_moments(self) -> Callable[[Any], bool]:
        """The test of values that are epoch ms."""
        test = self.ms
        return lambda value: type(value) is int and test(value)

    def of_texts(self) -> Callable[[Any], bool]:
        """The test of values that are days or moments as texts; any other value fails."""
        test_day, test_ms = self.day, self.ms

        def test(value: Any) -> bool:
            if type(value) is not str:
                return False
            if len(value) == _DAY_LENGTH:
                return test_day(value) and day_of(value) is not None
            ms = ms_of(value)
            return ms is not None and test_ms(ms)

        return test


def within(criterion: Spanned, calendar: Calendar, today: int) -> TimeTest:
    """Whether a time lies in a span."""
    spans = spans_of(criterion, calendar, today)
    if len(spans) > 1:
        by_day = [(span.first_day, span.end_day) for span in spans]
        by_ms = [(span.first_ms, span.end_ms) for span in spans]
        return TimeTest(
            lambda day: any(first <= day < end for first, end in by_day),
            lambda ms: any(first <= ms < end for first, end in by_ms),
        )
    [span] = spans
    first_day, end_day, first_ms, end_ms = span.first_day, span.end_day, span.first_ms, span.end_ms
    return TimeTest(lambda day: first_day <= day < end_day, lambda ms: first_ms <= ms < end_ms)


def _by_day(calendar: Calendar, test_day: Callable[[str], bool]) -> TimeTest:
    """A test of the day of a time: of a moment, the one in the project's zone."""
    zone = calendar.zone
    return TimeTest(test_day, lambda ms: test_day(day_text(zone.day_of(ms))))


def yearly(criterion: Yearly, calendar: Calendar, today: int) -> TimeTest:
    """Whether a time is on one of a year's days."""
    month_days = month_days_of(criterion, calendar, today)
    return _by_day(calendar, lambda day: day[5:] in month_days)


def date_part(criterion: DatePart, calendar: Calendar) -> TimeTest:
    """Whether the day of a time has one of these numbers."""
    numbers = criterion.numbers
    if criterion.part == "weekday":
        zone = calendar.zone
        return TimeTest(
            lambda text: (day := day_of(text)) is not None and weekday(day) in numbers,
            lambda ms: weekday(zone.day_of(ms)) in numbers,
        )
    start, end = {"year": (0, 4), "month": (5, 7), "day": (8, 10)}[criterion.part]
    texts = frozenset(f"{number:0{end - start}}" for number in numbers)
    return _by_day(calendar, lambda day: day[start:end] in texts)


def hours(criterion: Hours, calendar: Calendar) -> TimeTest:
    """Whether a moment is within daily hours; a day is not, as it has no hour."""
    start, length = criterion.start, (criterion.end - criterion.start) % DAY_MS or DAY_MS
    zone, weekdays = calendar.zone, criterion.weekdays

    def test(ms: int) -> bool:
        day, since = divmod(zone.local_ms(ms) - start, DAY_MS)
        return since < length and weekday(day) in weekdays

    return TimeTest(lambda _day: False, test)


def recurring(criterion: Recurring, calendar: Calendar) -> TimeTest:
    """Whether a moment is within an occurrence; a day is not, as it has no hour.

    Occurrences keep to the clocks of the project's zone where they come by days or months.
    """
    zone, every = calendar.zone, criterion.interval
    first = zone.start_of(criterion.start.day) if criterion.start.ms is None else criterion.start.ms
    first_day, clock = divmod(zone.local_ms(first), DAY_MS)
    first_month, day_of_month = _month_of(first_day), civil(first_day).day

    def occurrence(n: int) -> int:
        if every.ms:
            return first + n * every.ms
        day = first_day + n * every.days
        if every.months:
            day = _in_month(first_month + n * every.months, day_of_month)
        return zone.moment_of(day * DAY_MS + clock)

    def number(ms: int) -> int:
        """Of the last occurrence that may have begun."""
        if every.ms:
            return (ms - first) // every.ms
        day = zone.day_of(ms)
        return (_month_of(day) - first_month) // every.months if every.months else (day - first_day) // every.days

    def test(ms: int) -> bool:
        n = number(ms)
        begins = [occurrence(each) for each in (n, n - 1) if each >= 0]
        return any(begin <= ms < _later(begin, criterion.length, calendar) for begin in begins)

    return TimeTest(lambda _day: False, test)


def _later(begin: int, length: Duration, calendar: Calendar) -> int:
    """The moment that is so much later than another; days and months by the clocks of the project's zone."""
    if not (length.days or length.months):
        return begin + length.ms
    day, clock = divmod(calendar.zone.local_ms(begin), DAY_MS)
    if length.months:
        day = _in_month(_month_of(day) + length.months, civil(day).day)
    return calendar.zone.moment_of((day + length.days) * DAY_MS + clock) + length.ms


def _month_of(day: int) -> int:
    date = civil(day)
    return date.year * 12 + date.month - 1


def _in_month(month: int, day_of_month: int) -> int:
    """The day of a month with this number; the month's last, where it has no such day."""
    day = first_of_month(month) + day_of_month - 1
    return min(max(day, FIRST_DAY), first_of_month(month + 1) - 1, LAST_DAY)
