"""Slabs: bands of latitude, each with what reaches into it, so that a point looks at few of many things."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

MOST_LISTED = 2
"""So many times as often as there are things they are listed in slabs at most."""


def slabs_of(
    things: Sequence[T], reach: Callable[[T], tuple[int, int]], south: int, north: int
) -> tuple[tuple[T, ...], ...]:
    """The slabs from one latitude to another, of things by how far they reach: as many as leave few things in each.

    Where things are listed too often, since they reach over many, there are fewer.
    """
    height = north - south + 1
    spans = [reach(each) for each in things]
    count = len(things)
    while True:
        placed = [((first - south) * count // height, (last - south) * count // height) for first, last in spans]
        if count == 1 or sum(last - first + 1 for first, last in placed) <= MOST_LISTED * len(things):
            break
        count //= 2
    slabs: list[list[T]] = [[] for _ in range(count)]
    for each, (first, last) in zip(things, placed, strict=True):
        for slab in slabs[first : last + 1]:
            slab.append(each)
    return tuple(map(tuple, slabs))


def slab_at(latitude: int, south: int, north: int, count: int) -> int:
    """Which of so many slabs a latitude lies in."""
    return (latitude - south) * count // (north - south + 1)
