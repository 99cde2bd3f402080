"""Times that the server makes can be compared as the texts that they are told as."""

from hypothesis import given
from hypothesis import strategies as st

from patron.kernel.clock import beside_whole_seconds, to_iso

MOMENTS = st.integers(1_600_000_000_000, 1_600_000_010_000).map(beside_whole_seconds)


@given(MOMENTS, MOMENTS)
def test_texts_of_moments_sort_as_the_moments_do(one: int, other: int) -> None:
    assert (to_iso(one) < to_iso(other)) == (one < other)


@given(st.integers(0, 4_000_000_000_000))
def test_a_moment_is_moved_by_a_millisecond_at_most(ms: int) -> None:
    assert beside_whole_seconds(ms) - ms in (0, 1)
    assert beside_whole_seconds(ms) % 1000 != 0
