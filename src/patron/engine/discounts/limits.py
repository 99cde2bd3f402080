"""The limits on amounts that lines share while one discount is applied: of several, the lowest wins (spec I 1.3)."""

from patron.engine.case import Discount
from patron.engine.selecting import Pick

_UNLIMITED = 2**62


class Limits:
    """How much of a discount may still be granted: on each line, over an entry's lines, over all lines."""

    __slots__ = ("_left", "_left_of", "_on_line")

    def __init__(self, discount: Discount | None) -> None:
        self._on_line = _known(None if discount is None else discount.amount_limit)
        self._left = _known(None if discount is None else discount.aggregated_amount_limit)
        self._left_of: dict[int, int] = {}

    def of_line(self, pick: Pick) -> int:
        """What a line may be discounted by, whatever the others are."""
        return min(pick.line.worth(pick.units), self._on_line, _known(pick.entry.amount_limit))

    def granted(self, pick: Pick, amount: int) -> int:
        """As much of an amount as may be granted to a line; it is used up."""
        left = self._left_of.get(id(pick.entry), _known(pick.entry.aggregated_amount_limit))
        amount = min(amount, self.of_line(pick), left, self._left)
        self._left -= amount
        self._left_of[id(pick.entry)] = left - amount
        return amount


def _known(limit: int | None) -> int:
    return _UNLIMITED if limit is None else limit
