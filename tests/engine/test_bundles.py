"""Bundles that mean harm, and what is said where one is missing."""

import time
from typing import Any

from patron.engine.bundle_rules import Bundle, Part
from patron.engine.bundles import bundled, refusals_for
from patron.engine.case import Item
from patron.engine.decision import BundleLack

PARTS, LINES = 50, 500


def lines(n: int, **fields: Any) -> list[Item]:
    return [Item(product_id=f"p{each}", price=each, **fields) for each in range(n)]


def test_the_largest_bundle_in_the_largest_order_takes_little_time() -> None:
    items = [Item(product_id=f"p{n}", quantity=1 + n * 31 % 50, price=1 + n * 577 % 999) for n in range(LINES)]
    for share in (1, 10, 50, 100):
        served = [
            tuple(line for line in range(LINES) if (line * 7919 + n * 104_729) % 97 < share) for n in range(PARTS)
        ]
        parts = tuple(Part(f"x{n}", "product", each, 1 + n % 3) for n, each in enumerate(served))
        begin = time.process_time()
        bundled(Bundle(parts=parts, limit=100), items)
        assert time.process_time() - begin < 1


def test_a_chain_of_parts_that_all_hand_on_is_solved() -> None:
    """Part n takes line n or n + 1, and the last one line 0 alone: each before it has to give way."""
    parts = (*(Part(f"x{n}", "product", (n, n + 1), 1) for n in range(PARTS - 1)), Part("last", "product", (0,), 1))
    assert bundled(Bundle(parts=parts), lines(PARTS)).quantity == 1
    found = bundled(Bundle(parts=parts), lines(PARTS - 1))
    assert (found.quantity, found.lacks) == (0, (BundleLack(PARTS - 1, "last", "product", 1),))


def test_so_many_units_as_there_can_be_are_no_more_work() -> None:
    parts = (Part("a", "product", (0, 1), 1_000_000), Part("b", "product", (1,), 1_000_000))
    found = bundled(Bundle(parts=parts, limit=100), lines(2, quantity=10**9))
    assert (found.quantity, [line.quantity for line in found.lines]) == (100, [10**8, 10**8])


def test_each_part_that_lacks_units_is_a_reason() -> None:
    bundle = Bundle(
        parts=(Part("prod_a", "product", (0,), 3, "1"), Part("pc_b", "products_collection", (), 2, "7")),
        rule_id="val_1",
        error="Take three.",
    )
    found = bundled(bundle, lines(1))
    assert found.lacks == (BundleLack(0, "prod_a", "product", 2), BundleLack(1, "pc_b", "products_collection", 2))
    first, second = refusals_for(bundle, found)
    assert (first.code, first.error) == ("order_rules_violated", "Take three.")
    assert first.details == "val_1: bundle_rules.1: expected 3 of product prod_a for a bundle, found 1"
    assert second.trace is not None
    assert (second.trace.check, second.trace.change) == ("val_1/bundle_rules.7", None)
