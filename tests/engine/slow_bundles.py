"""Bundles a second time: no units are moved about, each question is put to all groups of parts.

Some units can be handed out to parts so that all get what they want exactly if no group of parts wants more than there
is for it; and units can all be placed exactly if no group of parts is too small for those that fit nowhere else.
"""

from itertools import combinations
from typing import Any

Json = dict[str, Any]
RANKS = ("sku", "product", "products_collection")


def bundles_of(case: Json, redeemable: Json) -> list[Json]:
    """For each of a redeemable's bundles how many there are, units by line, what lacks by part."""
    return [found(bundle, case["order"]["items"]) for bundle in redeemable.get("bundles", [])]


def found(bundle: Json, items: list[Json]) -> Json:
    parts = bundle["parts"]
    wanted = [part["quantity"] for part in parts]
    times = 0
    while times < bundle.get("limit", 1) and enough(parts, [each * (times + 1) for each in wanted], items):
        times += 1
    filled = [each * times for each in wanted] if times else most(parts, items)
    lacks = {} if times else {n: wanted[n] - filled[n] for n in range(len(parts)) if filled[n] < wanted[n]}
    return {
        "quantity": times,
        "units": cheapest(parts, filled, items),
        "lacks": lacks,
        "everywhere": bundle.get("everywhere", False),
    }


def groups(parts: list[Json]) -> list[tuple[int, ...]]:
    return [group for size in range(1, len(parts) + 1) for group in combinations(range(len(parts)), size)]


def enough(parts: list[Json], wanted: list[int], items: list[Json]) -> bool:
    """Whether all parts can have what they want at once."""
    for group in groups(parts):
        lines = {line for n in group for line in parts[n]["lines"] if line < len(items)}
        if sum(items[line]["quantity"] for line in lines) < sum(wanted[n] for n in group):
            return False
    return True


def most(parts: list[Json], items: list[Json]) -> list[int]:
    """Part by part as much as there is for it beside what those before it have: SKUs, products, collections."""
    filled = [0] * len(parts)
    for n in sorted(range(len(parts)), key=lambda n: RANKS.index(parts[n]["object"])):
        while filled[n] < parts[n]["quantity"]:
            filled[n] += 1
            if not enough(parts, filled, items):
                filled[n] -= 1
                break
    return filled


def cheapest(parts: list[Json], filled: list[int], items: list[Json]) -> dict[int, int]:
    """Units by line: of all units, the cheapest first, each that can be placed beside those taken before it."""
    order = sorted(
        range(len(items)), key=lambda n: (items[n]["price"], items[n]["product_id"], items[n]["quantity"], n)
    )
    taken = dict.fromkeys(range(len(items)), 0)
    for line in order:
        for _ in range(items[line]["quantity"]):
            taken[line] += 1
            if not placed(parts, filled, taken):
                taken[line] -= 1
    return {line: units for line, units in sorted(taken.items()) if units}


def placed(parts: list[Json], filled: list[int], taken: dict[int, int]) -> bool:
    """Whether all that is taken finds a place."""
    for line, units in taken.items():
        if units and not any(line in part["lines"] for part in parts):
            return False
    for group in groups(parts):
        fits = {line for line in taken if {n for n, part in enumerate(parts) if line in part["lines"]} <= set(group)}
        if sum(taken[line] for line in fits) > sum(filled[n] for n in group):
            return False
    return True
