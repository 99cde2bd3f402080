"""When a redeemable is valid within its dates: timeframes, days of the week, hours, in the project's zone (spec I 1.1).

Each function answers None where the moment is inside, and else the next moment that is, or `NEVER`.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from patron.engine.case import Hours, Timeframe, Zone

NEVER = 2**62
DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_LONGEST_JUMP = 2 * DAY_MS
"""No clock was ever put forward by more: Samoa left out a day."""
_WEEK = 7
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = 4
"""1970-01-01 was a Thursday; Sunday is 0."""

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
    duration = Duration(years * 12 + months, weeks * _WEEK + days, ms)
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


def outside_timeframe(now: int, start: int, timeframe: Timeframe, zone: Zone) -> int | None:
    """Not within `duration` of the begin of an interval, which are counted from the start."""
    interval, duration = duration_of(timeframe.interval), duration_of(timeframe.duration)
    if interval is None or duration is None:
        return NEVER
    n = _last(lambda times: later(start, interval, times, zone) <= now)
    if n is None:
        return start
    begin = later(start, interval, n, zone)
    if now < later(begin, duration, 1, zone):
        return None
    return later(start, interval, n + 1, zone)


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


def outside_days(now: int, days: frozenset[int], zone: Zone) -> int | None:
    """Not on one of the days of the week."""
    today = zone.local_ms(now) // DAY_MS
    if _weekday(today) in days:
        return None
    ahead = [day for day in range(today + 1, today + _WEEK) if _weekday(day) in days]
    return _first_at(ahead[0] * DAY_MS, zone) if ahead else NEVER


def outside_hours(now: int, hours: tuple[Hours, ...], zone: Zone) -> int | None:
    """Not in one of the windows: from the first minute on, until before the last."""
    if _is_inside(now, hours, zone):
        return None
    today = zone.local_ms(now) // DAY_MS
    days = range(today, today + 2 * _WEEK + 1)
    later_ones = sorted(opening for day in days for opening in _openings(day, hours, zone) if opening > now)
    return next((opening for opening in later_ones if _is_inside(opening, hours, zone)), NEVER)


def _openings(day: int, hours: tuple[Hours, ...], zone: Zone) -> list[int]:
    """Moments of a day at which a window may open: where it starts, and where the clock is put forward or back."""
    begin, end = zone.moment_of(day * DAY_MS), zone.moment_of((day + 1) * DAY_MS)
    offsets = {_offset(begin, zone), _offset(end, zone)}
    on_day = [each for each in hours if _is_on(each, day)]
    starts = [day * DAY_MS + each.start * _MINUTE_MS - offset for each in on_day for offset in offsets]
    return starts if len(offsets) == 1 else [*starts, _change(begin, end, zone)]


def _change(begin: int, end: int, zone: Zone) -> int:
    """When between two moments the clock is put forward or back."""
    before = _offset(begin, zone)
    while end - begin > 1:
        middle = (begin + end) // 2
        begin, end = (middle, end) if _offset(middle, zone) == before else (begin, middle)
    return end


def _offset(moment: int, zone: Zone) -> int:
    return zone.local_ms(moment) - moment


def _first_at(local: int, zone: Zone) -> int:
    """The first moment at which the clock shows this time, or a later one where it jumps over it.

    Where it goes from 2:00 to 3:00, a window from 2:30 on is open at 3:00.
    """
    after = zone.moment_of(local)
    if zone.local_ms(after) == local:
        return after
    before = after - _LONGEST_JUMP
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if zone.local_ms(middle) >= local else (middle, after)
    return after


def _is_inside(moment: int, hours: tuple[Hours, ...], zone: Zone) -> bool:
    day, clock = divmod(zone.local_ms(moment), DAY_MS)
    return any(_is_on(each, day) and each.start * _MINUTE_MS <= clock < each.end * _MINUTE_MS for each in hours)


def _is_on(hours: Hours, day: int) -> bool:
    return hours.days is None or _weekday(day) in hours.days


def _weekday(day: int) -> int:
    return (day + _EPOCH_WEEKDAY) % _WEEK
