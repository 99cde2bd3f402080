"""When a redeemable is valid within its dates: timeframes, days of the week, hours, in the project's zone (spec I 1.1).

Each function answers None where the moment is inside, and else the next moment that is, or `NEVER`.
"""

from patron.engine.case import Hours, Timeframe, Zone
from patron.engine.durations import NEVER, begun, duration_of, later
from patron.kernel.iso import DAY_MS

_MINUTE_MS = 60_000
_LONGEST_JUMP = 2 * DAY_MS
"""No clock was ever put forward by more: Samoa left out a day."""
_WEEK = 7
_EPOCH_WEEKDAY = 4
"""1970-01-01 was a Thursday; Sunday is 0."""


def outside_timeframe(now: int, start: int, timeframe: Timeframe, zone: Zone) -> int | None:
    """Not within `duration` of the begin of an interval, which are counted from the start."""
    interval, duration = duration_of(timeframe.interval), duration_of(timeframe.duration)
    if interval is None or duration is None:
        return NEVER
    n = begun(now, start, interval, zone)
    if n is None:
        return start
    begin = later(start, interval, n, zone)
    if now < later(begin, duration, 1, zone):
        return None
    return later(start, interval, n + 1, zone)


def outside_days(now: int, days: frozenset[int], zone: Zone) -> int | None:
    """Not on one of the days of the week."""
    today = zone.local_ms(now) // DAY_MS
    if _weekday(today) in days:
        return None
    ahead = [day for day in range(today + 1, today + _WEEK) if _weekday(day) in days]
    return _first_at(ahead[0] * DAY_MS, zone) if ahead else NEVER


def outside_hours(now: int, hours: tuple[Hours, ...], zone: Zone) -> int | None:
    """Not in one of the windows: from the first minute on, until before the last."""
    if is_within(now, hours, zone):
        return None
    today = zone.local_ms(now) // DAY_MS
    days = range(today, today + 2 * _WEEK + 1)
    later_ones = sorted(opening for day in days for opening in _openings(day, hours, zone) if opening > now)
    return next((opening for opening in later_ones if is_within(opening, hours, zone)), NEVER)


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


def is_within(moment: int, hours: tuple[Hours, ...], zone: Zone) -> bool:
    """Whether a moment is in one of the windows."""
    day, clock = divmod(zone.local_ms(moment), DAY_MS)
    return any(_is_on(each, day) and each.start * _MINUTE_MS <= clock < each.end * _MINUTE_MS for each in hours)


def _is_on(hours: Hours, day: int) -> bool:
    return hours.days is None or _weekday(day) in hours.days


def _weekday(day: int) -> int:
    return (day + _EPOCH_WEEKDAY) % _WEEK
