"""An upgrade: units of selected lines are replaced by units of another product (spec I 3.5)."""

from patron.engine.decision import Applied, Replacement
from patron.engine.discounts.units import line_of, price_of
from patron.engine.selecting import Pick
from patron.engine.step import Step


def replace_items(step: Step) -> Applied:
    """Each picked unit gives way to so many of the product; what those cost more is the discount.

    Where they cost less, the order becomes cheaper: never dearer.
    """
    discount = step.redeemable.discount
    assert discount is not None
    assert discount.unit_type is not None
    units = step.count(discount.unit_off_formula, discount.unit_off)
    picks = [pick for pick in step.picks() if not pick.line.is_of(discount.unit_type)] if units else []
    replacements = tuple([_replace(step, pick, discount.unit_type, units) for pick in picks])
    return Applied("REPLACE_ITEMS", units, replacements=replacements)


def _replace(step: Step, pick: Pick, unit_type: str, units: int) -> Replacement:
    cart, target = step.cart, line_of(step, unit_type)
    removed, paid = cart.remove_units(pick.line, pick.units)
    added = pick.units * units
    cost = cart.add_units(target, added, price_of(step, target, unit_type))
    cart.settle()
    discount = cart.discount_line(target, max(0, cost - paid), added)
    return Replacement(
        cart.lines.index(pick.line),
        -pick.units,
        -removed,
        cart.lines.index(target),
        added,
        cost,
        discount,
    )
