"""Days and moments as texts: exactly those that each database can tell too."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.kernel.clock import from_iso, to_iso
from patron.kernel.iso import day_of, day_text, ms_of


@given(st.dates())
def test_a_day_is_its_text_and_back(day: date) -> None:
    number = day_of(day.isoformat())
    assert number is not None
    assert day_text(number) == day.isoformat()


@given(st.datetimes())
def test_a_moment_is_what_the_clock_reads(moment: datetime) -> None:
    text = to_iso(from_iso(moment.isoformat()))
    assert ms_of(text) == from_iso(text)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}[-W/][0-9]{2}[-0-9]{2,3}", fullmatch=True))
def test_any_other_text_is_neither(text: str) -> None:
    day = day_of(text)
    assert day is None or day_text(day) == text
    assert day is None or ms_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T10:00Z",
        "0000-01-01T10:00Z",
        "2024-01-01T24:00Z",
        "2024-01-01T10:60Z",
        "2024-01-01T10Z",
        "2024-01-01T10:00:00,5Z",
        "2024-01-01T10:00+24:00",
        "2024-01-01T10:00Z ",
        "20240101T1000Z",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert ms_of(text) is None


def test_days_beyond_the_calendar_sort_outside_of_it() -> None:
    assert day_text(-(10**9)) < "0001-01-01" < "9999-12-31" < day_text(10**9)
