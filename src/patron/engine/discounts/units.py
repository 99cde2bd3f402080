"""Units for free: missing ones, new ones, more of the same, many kinds at once; of each bundle as many (spec I 3.5)."""

from patron.engine.cart import Line
from patron.engine.case import SHIPPING, Unit
from patron.engine.decision import Applied
from patron.engine.step import Step


def add_missing_items(step: Step) -> Applied:
    """So many units of the product are free, those in the cart included; the missing ones are added."""
    discount = step.redeemable.discount
    assert discount is not None
    assert discount.unit_type is not None
    units = step.count(discount.unit_off_formula, discount.unit_off)
    return Applied(
        "ADD_MISSING_ITEMS", units, free_shipping=_fill_up(step, discount.unit_type, step.units_of_bundles(units))
    )


def add_new_items(step: Step) -> Applied:
    """So many units are added, and those alone are free."""
    discount = step.redeemable.discount
    assert discount is not None
    assert discount.unit_type is not None
    units = step.count(discount.unit_off_formula, discount.unit_off)
    return Applied("ADD_NEW_ITEMS", units, free_shipping=_add(step, discount.unit_type, step.units_of_bundles(units)))


def add_same_items(step: Step) -> Applied:
    """So many free units are added to the line that the selection puts first."""
    discount = step.redeemable.discount
    assert discount is not None
    units = step.count(discount.unit_off_formula, discount.unit_off)
    picks = step.picks()
    if picks:
        _give(step, picks[0].line, step.units_of_bundles(units), None)
    return Applied("ADD_SAME_ITEMS", units)


def add_many_items(step: Step) -> Applied:
    """Each kind of units by its own effect, one after the other."""
    discount = step.redeemable.discount
    assert discount is not None
    shipping = [
        (_add if kind.effect == "ADD_NEW_ITEMS" else _fill_up)(
            step, kind.unit_type, step.units_of_bundles(step.count(kind.unit_off_formula, kind.unit_off))
        )
        for kind in discount.units
    ]
    return Applied("ADD_MANY_ITEMS", free_shipping=any(shipping))


def line_of(step: Step, unit_type: str) -> Line:
    """The first line of a product or SKU, or else a new one."""
    for line in step.cart.lines:
        if line.is_of(unit_type):
            return line
    unit = _unit(step, unit_type)
    return step.cart.add_line(unit.product_id, unit.sku_id, unit.price)


def price_of(step: Step, line: Line, unit_type: str | None) -> int | None:
    """What a further unit of a line costs: as the line says, or else the catalogue."""
    if line.price is not None or unit_type is None:
        return line.price
    return _unit(step, unit_type).price


def _unit(step: Step, unit_type: str) -> Unit:
    return step.case.units.get(unit_type) or Unit(unit_type)


def _is_unpriced_shipping(step: Step, unit_type: str) -> bool:
    """Free shipping that no line and no price stands for: there is nothing to add, only something to tell."""
    return (
        unit_type == SHIPPING
        and _unit(step, unit_type).price is None
        and not any(line.is_of(unit_type) for line in step.cart.lines)
    )


def _add(step: Step, unit_type: str, units: int) -> bool:
    """Whether it is about shipping."""
    if units and not _is_unpriced_shipping(step, unit_type):
        _give(step, line_of(step, unit_type), units, unit_type)
    return unit_type == SHIPPING


def _fill_up(step: Step, unit_type: str, units: int) -> bool:
    """Whether it is about shipping."""
    if not units or _is_unpriced_shipping(step, unit_type):
        return unit_type == SHIPPING
    lines = [line for line in step.cart.lines if line.is_of(unit_type)]
    missing = max(0, units - sum(line.quantity for line in lines))
    left = units - missing
    for line in lines:
        free = min(left, line.payable)
        left -= free
        if free and _may_be_freed(step, line):
            step.cart.free_units(line, free, line.worth(free))
    if missing:
        _give(step, line_of(step, unit_type), missing, unit_type)
    return unit_type == SHIPPING


def _may_be_freed(step: Step, line: Line) -> bool:
    """Not where an earlier discount keeps it, nor where nothing of it is left to be paid."""
    if line.amount and not min(line.subtotal, step.cart.remaining):
        return False
    return not (step.once and line.discount_amount)


def _give(step: Step, line: Line, units: int, unit_type: str | None) -> None:
    cost = step.cart.add_units(line, units, price_of(step, line, unit_type))
    step.cart.free_units(line, units, cost)
