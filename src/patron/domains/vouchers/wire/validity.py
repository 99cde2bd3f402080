"""When a voucher is valid: dates, timeframes, days of the week and hours (spec I 1.1)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.engine.durations import duration_of
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_payload

Date = Annotated[
    str,
    Meta(
        max_length=64,
        description="A date, or a date and time, in ISO 8601; UTC where it names no offset.",
        extra_json_schema={"format": "date-time"},
    ),
]
Day = Literal[0, 1, 2, 3, 4, 5, 6]
"""0 is Sunday."""
Time = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:mm")]

EARLIEST = from_iso("0001-01-02")
LATEST = from_iso("9999-12-30")
MOST_WINDOWS = 50
MIDNIGHT = "00:00"
END_OF_DAY = "24:00"


class ValidityTimeframe(msgspec.Struct, frozen=True, kw_only=True):
    """Valid for `duration` at the begin of every `interval`, counted from the start date; ISO 8601 durations."""

    interval: Annotated[str, Meta(max_length=32)]
    duration: Annotated[str, Meta(max_length=32)]

    def __post_init__(self) -> None:
        for field in ("interval", "duration"):
            if duration_of(getattr(self, field)) is None:
                raise invalid_payload(f"validity_timeframe.{field}: expected an ISO 8601 duration, such as P2D or PT1H")


class ValidityWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a day: from the day's begin or to its end where a bound is left out; every day where none is named."""

    start_time: Time | UnsetType = UNSET
    days_of_week: Annotated[list[Day], Meta(min_length=1, max_length=7)] | UnsetType = UNSET
    expiration_time: Time | UnsetType = UNSET

    @property
    def bounds(self) -> tuple[str, str]:
        """The window's times as text that sorts like them."""
        return (
            MIDNIGHT if self.start_time is UNSET else self.start_time,
            END_OF_DAY if self.expiration_time is UNSET else self.expiration_time,
        )


class ValidityHours(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of the day in which a voucher is valid; windows of one day may not overlap."""

    daily: Annotated[list[ValidityWindow], Meta(min_length=1, max_length=MOST_WINDOWS)]

    def __post_init__(self) -> None:
        of_day: dict[int, list[tuple[str, str]]] = {}
        for n, window in enumerate(self.daily):
            start, end = window.bounds
            if start >= end:
                raise invalid_payload(f"validity_hours.daily[{n}].expiration_time: expected later than start_time")
            for day in range(7) if window.days_of_week is UNSET else set(window.days_of_week):
                if any(start < other_end and other_start < end for other_start, other_end in of_day.get(day, ())):
                    raise invalid_payload(f"validity_hours.daily[{n}]: expected no overlap with another of its days")
                of_day.setdefault(day, []).append((start, end))


class Validity(msgspec.Struct, frozen=True, kw_only=True):
    """What limits a voucher beside its dates, as it is stored."""

    timeframe: ValidityTimeframe | UnsetType = UNSET
    day_of_week: list[Day] | UnsetType = UNSET
    hours: ValidityHours | UnsetType = UNSET


def moment(field: str, text: str) -> int:
    """The date as epoch ms. Problem 400 names the field."""
    try:
        ms = from_iso(text)
    except (ValueError, OverflowError):
        ms = LATEST + 1
    if not EARLIEST <= ms <= LATEST:
        raise invalid_payload(f"{field}: expected a date, or a date and time, in ISO 8601")
    return ms
