"""An upgrade: units of selected lines are replaced by units of another product (spec I 3.5)."""

from patron.engine.cart import Cart, Line
from patron.engine.decision import Applied, Replacement
from patron.engine.discounts.units import line_of, price_of
from patron.engine.selecting import Pick
from patron.engine.step import Step


def replace_items(step: Step) -> Applied:
    """Each picked unit gives way to so many of the product; what those cost more is the discount.

    Where they cost less, the order becomes cheaper: never dearer. Each bundle replaces as many units more.
    """
    discount = step.redeemable.discount
    assert discount is not None
    assert discount.unit_type is not None
    units = step.count(discount.unit_off_formula, discount.unit_off)
    picks = [pick for pick in step.picks_of_bundles() if not pick.line.is_of(discount.unit_type)]
    if not picks or not units:
        return Applied("REPLACE_ITEMS", units)
    target = line_of(step, discount.unit_type)
    price = price_of(step, target, discount.unit_type)
    places = {id(line): place for place, line in enumerate(step.cart.lines)}
    replacements = [
        Replacement(places[id(pick.line)], -pick.units, -removed, places[id(target)], added, cost, discount)
        for pick in picks
        for removed, added, cost, discount in [_replace(step.cart, pick, target, pick.units * units, price)]
    ]
    return Applied("REPLACE_ITEMS", units, replacements=tuple(replacements))


def _replace(cart: Cart, pick: Pick, target: Line, added: int, price: int | None) -> tuple[int, int, int, int]:
    """What the removed units amounted to, how many were added, what those cost, and the discount on them."""
    removed, paid = cart.remove_units(pick.line, pick.units)
    cost = cart.add_units(target, added, price)
    cart.settle()
    discount = cart.discount_line(target, max(0, cost - paid), added)
    return removed, added, cost, discount
