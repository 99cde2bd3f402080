"""Money: whole minor units, rounding half up, and splits whose parts sum to the whole. No float anywhere."""

from collections.abc import Sequence


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction with a positive denominator; the greater one in the middle.

    >>> half_up(31005, 10), half_up(-5, 10), half_up(4, 10)
    (3101, 0, 0)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of a total in the proportion of non-negative weights, by largest remainder: they sum to the total.

    Of equal remainders the one with the larger weight is rounded up, then the earlier. Without any weight there is
    nothing to split by, and all parts are 0.

    >>> split(1000, [20, 45, 60]), split(100, [1, 1, 1]), split(5, [0, 0])
    ([160, 360, 480], [34, 33, 33], [0, 0])
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    first = sorted(range(len(weights)), key=lambda n: (-remainders[n], -weights[n], n))
    for n in first[: total - sum(parts)]:
        parts[n] += 1
    return parts


def split_within(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """As `split`, but no part passes its cap: what one cannot take, the others share.

    The parts sum to the total, or to all caps of those with a weight where that is less.

    >>> split_within(1000, [1, 1, 2], [100, 900, 900]), split_within(1000, [1, 1], [100, 200])
    ([100, 300, 600], [100, 200])
    """
    parts = [0] * len(weights)
    open_ = [n for n, weight in enumerate(weights) if weight]
    left = min(total, sum(caps[n] for n in open_))
    while open_:
        shares = dict(zip(open_, split(left, [weights[n] for n in open_]), strict=True))
        full = [n for n in open_ if shares[n] > caps[n]]
        for n in full or open_:
            parts[n] = min(shares[n], caps[n])
            left -= parts[n]
        open_ = [n for n in open_ if full and n not in full]
    return parts
