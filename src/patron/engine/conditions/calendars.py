"""A project's calendar: its time zone, the day its weeks begin with, and what today is the middle of."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from patron.engine.conditions.criteria import Unit
from patron.kernel.iso import EPOCH_DAY
from patron.kernel.zones import FIRST_DAY, LAST_DAY, Zone

WeekStart = Literal["monday", "saturday", "sunday"]
_FIRST_WEEKDAY: dict[WeekStart, int] = {"monday": 1, "saturday": 6, "sunday": 0}
_EPOCH_WEEKDAY = 4
"""1970-01-01 was a Thursday; Sunday is 0."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days are counted from 1970-01-01 and begin at midnight in the zone."""

    zone: Zone
    week_start: WeekStart = "monday"

    def period(self, unit: Unit, shift: int, today: int) -> tuple[int, int]:
        """The first day of the week, month … that is `shift` further than today's, and the day after its last."""
        if unit == "day":
            return today + shift, today + shift + 1
        if unit == "week":
            first = today - (weekday(today) - _FIRST_WEEKDAY[self.week_start]) % 7 + 7 * shift
            return first, first + 7
        months = 12 if unit == "year" else 1
        moment = civil(today)
        month = moment.year * 12 + (0 if unit == "year" else moment.month - 1) + months * shift
        return first_of_month(month), first_of_month(month + months)


def civil(day: int) -> date:
    """A day as a date; the first or the last that there is, for one beyond."""
    return date.fromordinal(min(max(day, FIRST_DAY), LAST_DAY) + EPOCH_DAY)


def weekday(day: int) -> int:
    """The day of the week; 0 is Sunday."""
    return (day + _EPOCH_WEEKDAY) % 7


def first_of_month(month: int) -> int:
    """The first day of a month, which is counted from the year 0."""
    year, index = divmod(month, 12)
    if year < 1:
        return FIRST_DAY
    if year > date.max.year:
        return LAST_DAY + 1
    return date(year, index + 1, 1).toordinal() - EPOCH_DAY


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
