"""When a redeemable is valid: the next opening that a refusal tells is one, and there is none before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.engine.case import Hours, Timeframe
from patron.engine.durations import NEVER, duration_of
from patron.engine.validity import outside_days, outside_hours, outside_timeframe
from patron.kernel.clock import from_iso, to_iso
from tests.engine.reading import NamedZone

HOUR = 3_600_000
NAMES = ("UTC", "Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
ZONES = {name: NamedZone(name) for name in NAMES}
zones = st.sampled_from(NAMES).map(ZONES.__getitem__)
clock_changes = st.sampled_from(["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-03-08T07:00:00Z"]).map(from_iso)
moments = st.one_of(
    st.integers(from_iso("2020-01-01"), from_iso("2030-01-01")),
    st.tuples(clock_changes, st.integers(-30 * HOUR, 30 * HOUR)).map(sum),
)
Window = tuple[int, int, frozenset[int] | None]
minutes = st.integers(0, 1440)
days = st.frozensets(st.integers(0, 6), min_size=1)
windows = st.tuples(minutes, minutes, st.none() | days).filter(lambda window: window[0] < window[1])


def assert_opening(now: int, opening: int | None, is_inside: dict[int, bool], *, at_opening: bool) -> None:
    if opening is None:
        return
    assert opening > now
    assert not any(is_inside.values())
    assert at_opening or opening == NEVER


def between(now: int, opening: int | None) -> list[int]:
    """Some moments before an opening."""
    if opening is None or opening == NEVER:
        return []
    return [now + (opening - now) * part // 97 for part in range(1, 97)] + [opening - 1]


@given(now=moments, given_windows=st.lists(windows, min_size=1, max_size=3), zone=zones)
def test_the_next_hours_are_the_next(now: int, given_windows: list[Window], zone: NamedZone) -> None:
    hours = tuple([Hours(start=start, end=end, days=on) for start, end, on in given_windows])
    opening = outside_hours(now, hours, zone)
    inside = {at: outside_hours(at, hours, zone) is None for at in between(now, opening) if at > now}
    at_opening = opening not in (None, NEVER) and outside_hours(opening or 0, hours, zone) is None
    assert_opening(now, opening, inside, at_opening=at_opening)


@given(now=moments, on=days, zone=zones)
def test_the_next_day_is_the_next(now: int, on: frozenset[int], zone: NamedZone) -> None:
    opening = outside_days(now, on, zone)
    inside = {at: outside_days(at, on, zone) is None for at in between(now, opening) if at > now}
    at_opening = opening not in (None, NEVER) and outside_days(opening or 0, on, zone) is None
    assert_opening(now, opening, inside, at_opening=at_opening)


@given(
    now=moments,
    start=moments,
    interval=st.sampled_from(["P1D", "P3D", "P1M", "P1Y", "PT5H", "P1DT1H", "P1W"]),
    duration=st.sampled_from(["PT1H", "P1D", "PT30M", "P1M"]),
    zone=zones,
)
def test_the_next_timeframe_is_the_next(now: int, start: int, interval: str, duration: str, zone: NamedZone) -> None:
    frame = Timeframe(interval, duration)
    opening = outside_timeframe(now, start, frame, zone)
    inside = {at: outside_timeframe(at, start, frame, zone) is None for at in between(now, opening) if at > now}
    at_opening = opening not in (None, NEVER) and outside_timeframe(opening or 0, start, frame, zone) is None
    assert_opening(now, opening, inside, at_opening=at_opening)


@pytest.mark.parametrize(
    ("start", "interval", "now", "opening"),
    [
        ("2026-01-31T00:00:00Z", "P1M", "2026-02-20T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("2026-01-31T00:00:00Z", "P1M", "2026-03-20T00:00:00Z", "2026-03-31T00:00:00Z"),
        ("2024-02-29T00:00:00Z", "P1Y", "2026-03-20T00:00:00Z", "2027-02-28T00:00:00Z"),
        ("2026-01-01T09:00:00Z", "P1W", "2026-01-05T00:00:00Z", "2026-01-08T09:00:00Z"),
    ],
)
def test_a_timeframe_by_the_calendar(start: str, interval: str, now: str, opening: str) -> None:
    found = outside_timeframe(from_iso(now), from_iso(start), Timeframe(interval, "P1D"), ZONES["UTC"])
    assert found is not None
    assert to_iso(found) == opening


def test_beyond_the_calendar_there_is_no_further_opening() -> None:
    start, now = from_iso("2026-01-01"), from_iso("2026-03-01")
    assert outside_timeframe(now, start, Timeframe("P999999999Y", "P1D"), ZONES["UTC"]) == NEVER
    assert outside_timeframe(now, start, Timeframe("P999999999D", "P1D"), ZONES["UTC"]) == NEVER


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P1H", "P0D", "PT0S", "P-1D", "P1.5D", "P1D "])
def test_what_is_no_length_of_time_is_never_open(text: str) -> None:
    assert duration_of(text) is None
    assert outside_timeframe(5, 0, Timeframe(text, "P1D"), ZONES["UTC"]) == NEVER
    assert outside_timeframe(5, 0, Timeframe("P1D", text), ZONES["UTC"]) == NEVER


def test_no_day_of_the_week_is_never_open() -> None:
    assert outside_days(0, frozenset(), ZONES["UTC"]) == NEVER
