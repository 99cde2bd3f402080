"""The only place that asks what time it is; everything else is told."""

import time
from datetime import UTC, datetime
from functools import lru_cache


def now_ms() -> int:
    """The current time as integer milliseconds since the epoch, the unit in which every time is stored."""
    return beside_whole_seconds(time.time_ns() // 1_000_000)


def beside_whole_seconds(ms: int) -> int:
    """The moment, or the millisecond after it where it is a whole second.

    `to_iso` tells whole seconds without milliseconds, as the reference does, and the JavaScript client's `scroll`
    compares times as text, to which `03Z` is later than `03.500Z`: it would begin a page again at a whole second.

    >>> beside_whole_seconds(1617782643000), beside_whole_seconds(1617782643500)
    (1617782643001, 1617782643500)
    """
    return ms if ms % 1000 else ms + 1


@lru_cache(4_096)
def to_iso(ms: int) -> str:
    """Epoch milliseconds as ISO 8601 UTC, with milliseconds only where they are not zero.

    >>> to_iso(1617782643000), to_iso(1617882607466)
    ('2021-04-07T08:04:03Z', '2021-04-08T11:50:07.466Z')
    """
    # An answer tells the moment of its request in several places: the last ones are kept.
    seconds, millis = divmod(ms, 1000)
    text = datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"


def from_iso(text: str) -> int:
    """ISO 8601 text (date, or date and time with or without an offset; none means UTC) as epoch milliseconds.

    Raises ValueError for anything else, impossible dates included.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000
