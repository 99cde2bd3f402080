"""Bundles: whether they are in an order, how often, and of which units (spec C 4.7, I 3.5).

A unit serves one part of one bundle. As many bundles as possible are put together, whichever part each unit serves for
that. Of what could make them, the units are taken that cost least, which does not depend on the order of the lines.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from patron.engine.bundle_rules import Bundle, Part
from patron.engine.case import Item
from patron.engine.decision import Bundled, BundleLack, BundleLine, Change, Refusal, Trace
from patron.engine.flows import Flow

_RANKS = {"sku": 0, "product": 1, "products_collection": 2}


class Needs(NamedTuple):
    """What a redeemable needs of an order: why it has not got it, and the bundle that is told.

    That is the first one that is missing, or else the first, which then multiplies the discount.
    """

    bundle: Bundled | None = None
    refusals: tuple[Refusal, ...] = ()


NO_NEEDS = Needs()


def needs_of(bundles: Sequence[Bundle], items: Sequence[Item]) -> Needs:
    """What becomes of a redeemable's bundles in an order with these lines: all of them must be there."""
    if not bundles:
        return NO_NEEDS
    found = [(bundle, bundled(bundle, items)) for bundle in bundles]
    refusals = tuple([refusal for each in found for refusal in refusals_for(*each)])
    return Needs(next((told for _, told in found if not told.quantity), found[0][1]), refusals)


def bundled(bundle: Bundle, items: Sequence[Item]) -> Bundled:
    """How many of a bundle are in an order with these lines, and of what."""
    places = sorted(range(len(items)), key=lambda place: _cheapest_first(items[place], place))
    room = [items[place].quantity for place in places]
    served = _served(bundle.parts, len(items))
    serves = [served[place] for place in places]
    wanted = [part.quantity for part in bundle.parts]
    times = _times(wanted, room, serves, bundle.limit)
    filled = [each * times for each in wanted] if times else _filled(bundle.parts, room, serves)
    taken = Flow(filled, serves).pour(room)
    lines = [_line(bundle, items[place], place, units) for place, units in zip(places, taken, strict=True) if units]
    lacks = () if times else _lacks(bundle.parts, filled)
    return Bundled(times, bundle.limit, tuple(sorted(lines, key=lambda line: line.line)), lacks)


def _cheapest_first(item: Item, place: int) -> tuple[Any, ...]:
    """By the price of a unit, unknown ones last; of equal prices by what they are of, and then by all that differs."""
    price = _price_of(item)
    names = (item.product_id or "", item.sku_id or "")
    differs = (item.amount or 0, item.discount_amount, item.discount_quantity)
    return price is None, price or 0, names, item.quantity, differs, place


def _price_of(item: Item) -> int | Fraction | None:
    if item.price is not None:
        return item.price
    return None if item.amount is None or not item.quantity else Fraction(item.amount, item.quantity)


def _served(parts: Sequence[Part], lines: int) -> list[int]:
    """For each line a mask of the parts that it may serve."""
    masks = [0] * lines
    for n, part in enumerate(parts):
        for line in part.lines:
            if line < lines:
                masks[line] |= 1 << n
    return masks


def _mask(bits: Iterable[object]) -> int:
    return sum(1 << n for n, bit in enumerate(bits) if bit)


def _times(wanted: list[int], room: list[int], serves: list[int], limit: int) -> int:
    """The greatest number of bundles that can be put together at once: if so many can, then fewer can."""
    there = [sum(units for units, mask in zip(room, serves, strict=True) if mask >> n & 1) for n in range(len(wanted))]
    low, high = 0, min([limit, *(has // needs for has, needs in zip(there, wanted, strict=True))])
    while low < high:
        middle = (low + high + 1) // 2
        needs = [each * middle for each in wanted]
        if sum(Flow(needs, serves).pour(room)) == sum(needs):
            low = middle
        else:
            high = middle - 1
    return low


def _filled(parts: Sequence[Part], room: list[int], serves: list[int]) -> list[int]:
    """How much of each part of one bundle there is: as much as possible in all, SKUs before products before collections
    (spec I 3.2), and of a kind the earlier part."""
    ranked = sorted(range(len(parts)), key=lambda n: (_RANKS[parts[n].object], n))
    of_parts = [_mask(mask >> n & 1 for mask in serves) for n in ranked]
    poured = Flow(room, of_parts).pour([parts[n].quantity for n in ranked])
    filled = dict(zip(ranked, poured, strict=True))
    return [filled[n] for n in range(len(parts))]


def _line(bundle: Bundle, item: Item, place: int, units: int) -> BundleLine:
    """What a line is of; one without an id of its own is told by that of the part which names it."""
    if item.sku_id is not None:
        return BundleLine(item.sku_id, "sku", place, units)
    name = item.product_id or next(part.id for part in bundle.parts if place in part.lines)
    return BundleLine(name, "product", place, units)


def _lacks(parts: Sequence[Part], filled: Sequence[int]) -> tuple[BundleLack, ...]:
    lacking = [(n, part, part.quantity - has) for n, (part, has) in enumerate(zip(parts, filled, strict=True))]
    return tuple([BundleLack(n, part.id, part.object, lacks) for n, part, lacks in lacking if lacks])


def refusals_for(bundle: Bundle, found: Bundled) -> tuple[Refusal, ...]:
    """Why there is no bundle: one refusal for each part that lacks units, and where it is the only one, how many more
    would be enough."""
    alone = len(found.lacks) == 1
    return tuple([_refusal(bundle, lack, alone=alone) for lack in found.lacks])


def _refusal(bundle: Bundle, lack: BundleLack, *, alone: bool) -> Refusal:
    part = bundle.parts[lack.part]
    expected, actual, path = part.quantity, part.quantity - lack.quantity, f"bundle_rules.{part.number}"
    details = f"{bundle.rule_id}: {path}: expected {expected} of {lack.object} {lack.id} for a bundle, found {actual}"
    change = Change(lack.id, lack.quantity) if alone else None
    trace = Trace(f"{bundle.rule_id}/{path}", expected, actual, change)
    message = "order does not match validation rules"
    return Refusal("order_rules_violated", message, details, trace, part.error or bundle.error, of_bundle=True)
