"""Time zones as tables: which offset from UTC holds from which moment on, and so which day a moment belongs to.

One table answers here and in both databases, so that no two of them can think differently of when a day begins.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from patron.kernel.iso import DAY_MS, EPOCH_DAY

FIRST_YEAR = 1900
LAST_YEAR = 2200
"""Before and after these years, a zone's first and last known offsets hold."""

_STEP = timedelta(days=7)
_ALWAYS = -(2**62)

FIRST_DAY = date.min.toordinal() - EPOCH_DAY
LAST_DAY = date.max.toordinal() - EPOCH_DAY
"""The first and the last day that can be told as YYYY-MM-DD, as days since 1970-01-01."""


class Zone:
    """A time zone: from each of the `starts` (epoch ms, in order) on, the offset (ms) in its place is added to UTC."""

    __slots__ = ("name", "offsets", "starts")

    def __init__(self, name: str, starts: tuple[int, ...], offsets: tuple[int, ...]) -> None:
        self.name = name
        self.starts = starts
        self.offsets = offsets

    def local_ms(self, ms: int) -> int:
        """What clocks there show at a moment, in ms since they showed 1970-01-01T00:00."""
        return ms + self.offsets[bisect_right(self.starts, ms) - 1]

    def day_of(self, ms: int) -> int:
        """The day there of a moment, in days since 1970-01-01; the first or last that can be told, for one beyond."""
        day = (ms + self.offsets[bisect_right(self.starts, ms) - 1]) // DAY_MS
        return min(max(day, FIRST_DAY), LAST_DAY)

    def moment_of(self, local_ms: int) -> int:
        """The first moment (epoch ms) at which clocks there show this, or something later where they skip it."""
        place = max(bisect_right(self.starts, local_ms - DAY_MS) - 1, 0)
        while True:
            moment = max(self.starts[place], local_ms - self.offsets[place])
            place += 1
            if place == len(self.starts) or moment < self.starts[place]:
                return moment

    def start_of(self, day: int) -> int:
        """The first moment (epoch ms) of a day (days since 1970-01-01) there."""
        return self.moment_of(day * DAY_MS)


@cache
def zone_of(name: str) -> Zone:
    """The zone with this IANA name, read from the time zone database once. Raises what `ZoneInfo` does."""
    info = ZoneInfo(name)

    def offset(moment: datetime) -> int:
        delta = moment.astimezone(info).utcoffset()
        assert delta is not None
        return (delta.days * 86_400 + delta.seconds) * 1000

    moment = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    starts, offsets = [_ALWAYS], [offset(moment)]
    while moment < end:
        following = moment + _STEP
        if offset(following) != offsets[-1]:
            change = _change(moment, following, offset)
            starts.append(int(change.timestamp()) * 1000)
            offsets.append(offset(change))
        moment = following
    return Zone(name, tuple(starts), tuple(offsets))


def _change(before: datetime, after: datetime, offset: Callable[[datetime], int]) -> datetime:
    """The second from which on the offset is that of `after`."""
    known = offset(after)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if offset(middle) == known:
            after = middle
        else:
            before = middle
    return after
