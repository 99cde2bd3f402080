"""Sharing units out: which of several takers get how much from whom, when not everybody may serve everybody."""

from collections.abc import Sequence


class Flow:
    """Takers with a room each, and givers that may serve some of them: of each giver a mask whose bit n is taker n."""

    __slots__ = ("_given", "_givers_of", "_open", "_room", "_roomy", "_serves")

    def __init__(self, room: Sequence[int], serves: Sequence[int]) -> None:
        self._room = list(room)
        self._roomy = sum(1 << n for n, units in enumerate(self._room) if units)
        self._open = (1 << len(self._room)) - 1
        self._serves = serves
        self._given: list[dict[int, int]] = [{} for _ in serves]
        self._givers_of: list[set[int]] = [set() for _ in room]

    def pour(self, units: Sequence[int]) -> list[int]:
        """How many of its units each giver can give, one after the other; an earlier one never gives less for a later.

        Takers may be moved from giver to giver for that, so that the sum is the greatest possible, and each giver gives
        as much as it can beside those before it.
        """
        poured = []
        for giver, wanted in enumerate(units):
            left = wanted
            while left and (path := self._path(giver)):
                left -= self._move(path, left)
            poured.append(wanted - left)
        return poured

    def _path(self, giver: int) -> list[tuple[int, int]]:
        """The shortest way to a taker with room: each step a giver and a taker that it is to give more, who then takes
        less of the next giver. Empty where there is none: then no later way leads through what was seen either."""
        came: dict[int, tuple[int, int | None]] = {}
        unseen = self._open
        asked, queue = {giver}, list[tuple[int, int | None]]([(giver, None)])
        for here, through in queue:
            reached = self._serves[here] & unseen
            unseen &= ~reached
            if roomy := reached & self._roomy:
                taker = _lowest(roomy)
                came[taker] = (here, through)
                return _way(came, taker)
            for taker in _bits(reached):
                came[taker] = (here, through)
                others = sorted(self._givers_of[taker] - asked)
                asked.update(others)
                queue += [(other, taker) for other in others]
        self._open = unseen
        return []

    def _move(self, path: list[tuple[int, int]], most: int) -> int:
        """Move as many units along a path as each step of it allows, `most` at most; how many that were."""
        backs = [(path[n][0], path[n - 1][1]) for n in range(1, len(path))]
        last = path[-1][1]
        units = min(most, self._room[last], *(self._given[giver][taker] for giver, taker in backs))
        self._room[last] -= units
        if not self._room[last]:
            self._roomy ^= 1 << last
        for giver, taker in backs:
            self._given[giver][taker] -= units
            if not self._given[giver][taker]:
                del self._given[giver][taker]
                self._givers_of[taker].discard(giver)
        for giver, taker in path:
            self._given[giver][taker] = self._given[giver].get(taker, 0) + units
            self._givers_of[taker].add(giver)
        return units


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        bits.append(_lowest(mask))
        mask &= mask - 1
    return bits


def _way(came: dict[int, tuple[int, int | None]], taker: int) -> list[tuple[int, int]]:
    path = []
    step: int | None = taker
    while step is not None:
        giver, through = came[step]
        path.append((giver, step))
        step = through
    return path[::-1]
