"""Days and moments as people's data has them: which texts are one, and which day or moment that is.

Stricter than `clock.from_iso`, so that each database can tell the same texts apart (`patron.db.moments`).
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

DAY_MS = 86_400_000
EPOCH_DAY = date(1970, 1, 1).toordinal()

_DAY_LENGTH = 10
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]"
    r"(?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?"
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what has no offset is counted from here
_UTC_EPOCH = _EPOCH.replace(tzinfo=UTC)


def day_of(text: str) -> int | None:
    """The day that a text `YYYY-MM-DD` tells, in days since 1970-01-01; None for any other text.

    >>> day_of("1970-03-01"), day_of("2023-02-29"), day_of("19700301")
    (59, None, None)
    """
    if len(text) != _DAY_LENGTH or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text).toordinal() - EPOCH_DAY
    except ValueError:
        return None


def ms_of(text: str) -> int | None:
    """The moment (epoch ms) that a date and time in ISO 8601 tells; None for any other text.

    Without an offset it is UTC. The `T` may be a space; seconds, and up to nine digits of a fraction, may be there.

    >>> ms_of("1970-01-01T00:00:01.5Z"), ms_of("1970-01-01 01:00+01:00"), ms_of("1970-01-01"), ms_of("soon")
    (1500, 0, None, None)
    """
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    delta = moment - (_EPOCH if moment.tzinfo is None else _UTC_EPOCH)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


@lru_cache(maxsize=4_096)
def day_text(day: int) -> str:
    """A day (days since 1970-01-01) as `YYYY-MM-DD`.

    One before the year 1 or after 9999 is a text that sorts before or after all days.

    >>> day_text(0), day_text(-10**9), day_text(10**9)
    ('1970-01-01', '0000', '9999-99')
    """
    try:
        return date.fromordinal(day + EPOCH_DAY).isoformat()
    except (ValueError, OverflowError):
        return "0000" if day < 0 else "9999-99"
