"""A zone's table against the time zone database itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.kernel.clock import from_iso
from patron.kernel.iso import DAY_MS, day_of
from patron.kernel.zones import zone_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = (
    "UTC",
    "Europe/Warsaw",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


@given(st.sampled_from(NAMES), st.integers(from_iso("1900-01-02"), from_iso("2199-12-30")))
def test_clocks_show_what_the_database_says(name: str, ms: int) -> None:
    moment = EPOCH + timedelta(milliseconds=ms)
    offset = moment.astimezone(ZoneInfo(name)).utcoffset()
    assert offset is not None
    assert zone_of(name).local_ms(ms) - ms == offset / timedelta(milliseconds=1)


@given(st.sampled_from(NAMES), st.integers(-20_000, 80_000))
def test_a_day_begins_with_its_first_moment(name: str, day: int) -> None:
    zone = zone_of(name)
    start = zone.start_of(day)
    assert zone.day_of(start - 1) < day
    assert zone.day_of(start) == day or (name, day) == ("Pacific/Apia", day_of("2011-12-30"))


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Warsaw", "2026-03-29", 23),
        ("Europe/Warsaw", "2026-10-25", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_days_on_which_clocks_change_are_shorter_or_longer(name: str, day: str, hours: int) -> None:
    number = day_of(day)
    assert number is not None
    zone = zone_of(name)
    assert zone.start_of(number + 1) - zone.start_of(number) == hours * DAY_MS // 24


def test_moments_beyond_the_calendar_have_its_last_days() -> None:
    zone = zone_of("Pacific/Apia")
    assert zone.day_of(from_iso("9999-12-31T23:00Z")) == day_of("9999-12-31")
    assert zone.day_of(-(10**15)) == day_of("0001-01-01")
