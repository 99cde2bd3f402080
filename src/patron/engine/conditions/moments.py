"""Tests of one time, which is a day or a moment: in a span, in a year's days, at an hour."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patron.engine.conditions.calendars import Calendar, weekday
from patron.engine.conditions.criteria import DailyHours, DatePart, Recurring, Spanned, Yearly
from patron.engine.conditions.spans import month_days_of, spans_of
from patron.engine.durations import begun, later
from patron.engine.validity import is_within
from patron.kernel.iso import day_of, day_text, ms_of

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


def hours(criterion: DailyHours, calendar: Calendar) -> TimeTest:
    """Whether a moment is within daily hours; a day is not, as it has no hour."""
    return TimeTest(lambda _day: False, lambda ms: is_within(ms, criterion.windows, calendar.zone))


def recurring(criterion: Recurring, calendar: Calendar) -> TimeTest:
    """Whether a moment is within an occurrence; a day is not, as it has no hour.

    Occurrences keep to the clocks of the project's zone where they come by days or months.
    """
    zone, interval = calendar.zone, criterion.interval
    first = zone.start_of(criterion.start.day) if criterion.start.ms is None else criterion.start.ms

    def test(ms: int) -> bool:
        n = begun(ms, first, interval, zone)
        return n is not None and ms < later(later(first, interval, n, zone), criterion.length, 1, zone)

    return TimeTest(lambda _day: False, test)
