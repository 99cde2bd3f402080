"""Money: rounding half up, and parts that sum to the whole."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from patron.kernel.money import half_up, split, split_within

weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=8)
totals = st.integers(0, 10**12)


@given(numerator=st.integers(-(10**15), 10**15), denominator=st.integers(1, 10**6))
def test_rounding_moves_by_half_at_most_and_upwards_in_the_middle(numerator: int, denominator: int) -> None:
    moved = half_up(numerator, denominator) - Fraction(numerator, denominator)
    assert -Fraction(1, 2) < moved <= Fraction(1, 2)


@given(total=totals, weights=weights)
def test_the_parts_sum_to_the_whole(total: int, weights: list[int]) -> None:
    assert sum(split(total, weights)) == (total if any(weights) else 0)


@given(total=totals, weights=weights)
def test_a_part_is_less_than_one_away_from_its_exact_share(total: int, weights: list[int]) -> None:
    whole = sum(weights) or 1
    for part, weight in zip(split(total, weights), weights, strict=True):
        assert abs(part - Fraction(total * weight, whole)) < 1


@given(total=totals, weighted=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**9)), min_size=1, max_size=8))
def test_capped_parts_sum_to_the_whole_or_to_all_caps(total: int, weighted: list[tuple[int, int]]) -> None:
    weights, caps = [weight for weight, _ in weighted], [cap for _, cap in weighted]
    parts = split_within(total, weights, caps)
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    assert sum(parts) == min(total, sum(cap for weight, cap in weighted if weight))


def test_weights_of_nothing_have_nothing_to_split() -> None:
    assert split(100, [0, 0]) == split_within(100, [0, 0], [50, 50]) == [0, 0]
    assert split(100, []) == split_within(100, [], []) == []
