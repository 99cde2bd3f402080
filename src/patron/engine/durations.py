"""Lengths of time, by the clocks of a zone, and what comes again at intervals (spec I 1.1, C 4.3)."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from patron.engine.case import Zone
from patron.kernel.iso import DAY_MS

NEVER = 2**62
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAYS_OF_WEEK = 7

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)


class Duration(NamedTuple):
    """A length of time. Months and days go by the clocks of a zone."""

    months: int
    days: int
    ms: int


@lru_cache(maxsize=256)
def duration_of(text: str) -> Duration | None:
    """A duration in ISO 8601; None for any other text, and for one that lasts no time.

    >>> duration_of("P1Y2M3DT4H"), duration_of("P2W"), duration_of("P0D"), duration_of("a day")
    (Duration(months=14, days=3, ms=14400000), Duration(months=0, days=14, ms=0), None, None)
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = [int(part or 0) for part in found.groups()]
    ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
    duration = Duration(years * 12 + months, weeks * _DAYS_OF_WEEK + days, ms)
    return duration if any(duration) else None


def later(begin: int, by: Duration, times: int, zone: Zone) -> int:
    """The moment that is so many times a duration later; `NEVER` beyond the calendar. A month's last day for later.

    No time later is the moment itself, also where the clock shows its time twice that day.
    """
    if times == 0 or not (by.months or by.days):
        return begin + by.ms * times
    day, clock = divmod(zone.local_ms(begin), DAY_MS)
    try:
        civil = date.fromordinal(day + _EPOCH_DAY)
        month = civil.year * 12 + civil.month - 1 + by.months * times
        first = date(month // 12, month % 12 + 1, 1)
        following = date((month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal()
        moved = min(first.toordinal() + civil.day - 1, following - 1) + by.days * times
        date.fromordinal(moved)
    except (ValueError, OverflowError):
        return NEVER
    return zone.moment_of((moved - _EPOCH_DAY) * DAY_MS + clock) + by.ms * times


def begun(now: int, start: int, interval: Duration, zone: Zone) -> int | None:
    """How many intervals after the start the last one has begun by now; None before the start."""
    return _last(lambda times: later(start, interval, times, zone) <= now)


def _last(holds: Callable[[int], bool]) -> int | None:
    """The last number from 0 on of which something holds that once does so no more."""
    if not holds(0):
        return None
    above = 1
    while holds(above):
        above *= 2
    low = above // 2
    while above - low > 1:
        middle = (low + above) // 2
        low, above = (middle, above) if holds(middle) else (low, middle)
    return low
