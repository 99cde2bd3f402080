"""Which lines a redeemable discounts, and how many units of each (spec I 1.3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from patron.engine.cart import Cart, Line
from patron.engine.case import Applicable, Redeemable, Selection
from patron.engine.decision import Bundled

EVERY_LINE = Applicable(lines=())


class Pick(NamedTuple):
    """Units of a line that are to be discounted, and the entry that picked them."""

    line: Line
    units: int
    entry: Applicable


def selection_of(redeemable: Redeemable, bundle: Bundled | None) -> Selection | None:
    """What a redeemable applies to: where its rules include nothing by name, the units of its bundle, if it needs one.

    The redeemable's own selection is given as it is.
    """
    own = redeemable.selection
    if bundle is None or redeemable.bundles[0].everywhere or (own is not None and own.included is not None):
        return own
    units = tuple([Applicable(lines=(each.line,), quantity_limit=each.quantity) for each in bundle.lines])
    return Selection(units, frozenset() if own is None else own.excluded)


def for_bundles(selection: Selection | None, times: int) -> Selection | None:
    """A selection whose limits on units are those of so many bundles."""
    if selection is None or selection.included is None:
        return selection
    return replace(selection, included=tuple([_multiplied(entry, times) for entry in selection.included]))


def _multiplied(entry: Applicable, times: int) -> Applicable:
    each, together = entry.quantity_limit, entry.aggregated_quantity_limit
    return replace(
        entry,
        quantity_limit=None if each is None else each * times,
        aggregated_quantity_limit=None if together is None else together * times,
    )


def picks_of(selection: Selection | None, cart: Cart, *, once: bool) -> list[Pick]:
    """The units to discount, in the order in which limits are used up. `once` leaves out lines with a discount."""
    lines = [line for line in cart.lines if line.payable > 0 and not (once and line.discount_amount)]
    if selection is None:
        return [Pick(line, line.payable, EVERY_LINE) for line in lines]
    if selection.included is None:
        return [Pick(line, line.payable, EVERY_LINE) for line in lines if line.place not in selection.excluded]
    by_place = {line.place: line for line in lines if line.place is not None and line.place not in selection.excluded}
    picks: list[Pick] = []
    for entry in selection.included:
        claimed = [by_place.pop(place) for place in sorted(set(entry.lines)) if place in by_place]
        picks += _limited(entry, _resources(entry, _in_order(entry, claimed)))
    return picks


def _in_order(entry: Applicable, lines: list[Line]) -> list[Line]:
    if entry.effect == "APPLY_TO_EVERY":
        return lines
    return by_price(lines, dearest="MOST_EXPENSIVE" in entry.effect)


def by_price(lines: Iterable[Line], *, dearest: bool) -> list[Line]:
    """The cheapest or the dearest first; of equal prices the smaller subtotal, then the earlier; unknown ones last."""

    def rank(line: Line) -> tuple[bool, int | Fraction, int]:
        price = _price_of(line)
        return price is None, (-price if dearest else price) if price is not None else 0, line.subtotal

    return sorted(lines, key=rank)


def _price_of(line: Line) -> int | Fraction | None:
    if line.price is not None:
        return line.price
    return None if line.amount is None or not line.quantity else Fraction(line.amount, line.quantity)


def _resources(entry: Applicable, lines: Sequence[Line]) -> Iterator[tuple[Line, int]]:
    """Every n-th line, or every n-th unit, after those that are skipped; one alone for APPLY_TO_ one."""
    alone = entry.effect in ("APPLY_TO_CHEAPEST", "APPLY_TO_MOST_EXPENSIVE")
    if entry.target == "ITEM":
        taken = lines[entry.skip_initially :: entry.repeat]
        yield from ((line, line.payable) for line in (taken[:1] if alone else taken))
        return
    begin = 0
    for line in lines:
        end = begin + line.payable
        before, through = (_taken_before(position, entry) for position in (begin, end))
        if alone:
            before, through = min(before, 1), min(through, 1)
        if through > before:
            yield line, through - before
        begin = end


def _taken_before(position: int, entry: Applicable) -> int:
    """How many units before a position are taken, of those at skip, skip + repeat, skip + 2 × repeat …"""
    return max(0, -((entry.skip_initially - position) // entry.repeat))


def _limited(entry: Applicable, resources: Iterable[tuple[Line, int]]) -> Iterator[Pick]:
    left = entry.aggregated_quantity_limit
    for line, units in resources:
        if entry.quantity_limit is not None:
            units = min(units, entry.quantity_limit)
        if left is not None:
            units = min(units, left)
            left -= units
        if units:
            yield Pick(line, units, entry)
