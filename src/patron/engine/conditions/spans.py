"""Criteria of time as spans, once it is known which day today is: the same for predicates and for databases."""

from dataclasses import dataclass
from functools import cache

from patron.engine.conditions.calendars import Calendar, civil, is_leap
from patron.engine.conditions.criteria import (
    AnniversaryAway,
    Away,
    Between,
    Period,
    Placed,
    Point,
    Sign,
    Spanned,
    Yearly,
)
from patron.kernel.iso import EPOCH_DAY, day_text
from patron.kernel.zones import FIRST_DAY, LAST_DAY

_ALWAYS = 2**62


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first_day` up to but without `end_day` (texts, `YYYY-MM-DD`); moments likewise (epoch ms)."""

    first_day: str
    end_day: str
    first_ms: int
    end_ms: int


def spans_of(criterion: Spanned, calendar: Calendar, today: int) -> tuple[Span, ...]:
    """The spans in which a time must lie, one of them."""
    if isinstance(criterion, Placed):
        return tuple(_placed(criterion.sign, point, calendar) for point in criterion.points)
    if isinstance(criterion, Between):
        first = _placed(">=", criterion.first, calendar)
        last = _placed("<=", criterion.last, calendar)
        return (Span(first.first_day, last.end_day, first.first_ms, last.end_ms),)
    return (days(*_days_of(criterion, calendar, today), calendar),)


def days(first: int, end: int, calendar: Calendar) -> Span:
    """The span of the days from the first up to but without the end."""
    return Span(day_text(first), day_text(end), _start(first, calendar), _start(end, calendar))


def _start(day: int, calendar: Calendar) -> int:
    if FIRST_DAY <= day <= LAST_DAY:
        return calendar.zone.start_of(day)
    return -_ALWAYS if day < 0 else _ALWAYS


def _placed(sign: Sign, point: Point, calendar: Calendar) -> Span:
    first, end = _sides(sign, point.day, point.day + 1)
    by_day = days(first, end, calendar)
    if point.ms is None:
        return by_day
    first_ms, end_ms = _sides(sign, point.ms, point.ms + 1)
    return Span(by_day.first_day, by_day.end_day, first_ms, end_ms)


def _sides(sign: Sign, at: int, after: int) -> tuple[int, int]:
    """From where to where lies what is on this side of something that lasts from `at` up to `after`."""
    return {
        "=": (at, after),
        "<": (-_ALWAYS, at),
        "<=": (-_ALWAYS, after),
        ">": (after, _ALWAYS),
        ">=": (at, _ALWAYS),
    }[sign]


def _days_of(criterion: Spanned, calendar: Calendar, today: int) -> tuple[int, int]:
    if isinstance(criterion, Period):
        return calendar.period(criterion.unit, criterion.shift, today)
    if isinstance(criterion, Away):
        first = -_ALWAYS if criterion.first is None else today + criterion.first
        end = _ALWAYS if criterion.last is None else today + criterion.last + 1
        return first, end
    assert not isinstance(criterion, Placed | Between)
    return _years_ago(criterion.years, today)


def _years_ago(years: int, today: int) -> tuple[int, int]:
    date = civil(today)
    year = date.year - years
    if year < 1:
        return FIRST_DAY, FIRST_DAY
    if (date.month, date.day) == (2, 29) and not is_leap(year):
        return FIRST_DAY, FIRST_DAY
    first = date.replace(year=year).toordinal() - EPOCH_DAY
    stands_for_the_29th = (date.month, date.day) == (2, 28) and not is_leap(date.year) and is_leap(year)
    return first, first + 1 + stands_for_the_29th


def month_days_of(criterion: Yearly, calendar: Calendar, today: int) -> frozenset[str]:
    """The days of a year, as `MM-DD`, whose anniversary is where the criterion asks."""
    if isinstance(criterion, AnniversaryAway):
        found = _month_days(today + criterion.first, today + criterion.last + 1)
        return _every_month_day() - found if criterion.outside else found
    return _month_days(*calendar.period(criterion.unit, criterion.shift, today))


def _month_days(first: int, end: int) -> frozenset[str]:
    found = set()
    for day in range(first, min(end, first + 366)):
        date = civil(day)
        text = date.isoformat()[5:]
        found.add(text)
        if text == "02-28" and not is_leap(date.year):
            found.add("02-29")
    return frozenset(found)


@cache
def _every_month_day() -> frozenset[str]:
    leap_year = civil(0).replace(year=2000).toordinal() - EPOCH_DAY
    return _month_days(leap_year, leap_year + 366)
