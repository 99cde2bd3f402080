"""Discounts on lines, each for itself: an amount a line or a unit, a percentage, a new price."""

from fractions import Fraction

from patron.engine.case import Discount
from patron.engine.decision import Applied
from patron.engine.discounts.limits import Limits
from patron.engine.selecting import Pick
from patron.engine.step import Step
from patron.kernel.money import half_up

BY_QUANTITY = "APPLY_TO_ITEMS_BY_QUANTITY"


def apply_to_items(step: Step) -> Applied:
    """Discount each selected line.

    AMOUNT takes its amount off a line once, or with …_BY_QUANTITY off each unit; PERCENT its part of what is to be
    paid for the units; FIXED what their price is above the new one. All lines are computed before any is discounted,
    so that no formula sees half of it. Each bundle takes AMOUNT and PERCENT off once more, and where it is a unit that
    is discounted, there may be as many more units.
    """
    discount = step.redeemable.discount
    assert discount is not None
    amount_of = {"AMOUNT": _amount_off, "PERCENT": _percent_off, "FIXED": _above_price}[discount.type]
    by_unit = discount.type == "FIXED" or discount.effect == BY_QUANTITY
    picks = step.picks_of_bundles() if by_unit else step.picks()
    amounts = [(pick, amount_of(step, discount, pick)) for pick in picks]
    limits = Limits(discount)
    for pick, amount in amounts:
        granted = limits.granted(pick, amount)
        if granted:
            step.cart.discount_line(pick.line, granted, pick.units)
    return Applied(BY_QUANTITY if discount.effect == BY_QUANTITY else "APPLY_TO_ITEMS", _value(discount))


def _amount_off(step: Step, discount: Discount, pick: Pick) -> int:
    amount = step.minor_units(discount.amount_off_formula, discount.amount_off, pick.line)
    return amount * (pick.units if discount.effect == BY_QUANTITY else step.times)


def _percent_off(step: Step, discount: Discount, pick: Pick) -> int:
    line, percent = pick.line, step.percent(discount.percent_off_formula, discount.percent_off, pick.line)
    percent = min(percent * step.times, 100)
    base = (line.initial_amount or 0) if step.initial else line.subtotal
    part = min(pick.units, line.payable)
    return half_up(base * part * percent.numerator, line.payable * 100 * percent.denominator)


def _above_price(step: Step, discount: Discount, pick: Pick) -> int:
    line, entry = pick.line, pick.entry
    price = step.minor_units(discount.fixed_amount_formula, discount.fixed_amount, line)
    if entry.price is not None or entry.price_formula is not None:
        price = step.minor_units(entry.price_formula, price if entry.price is None else entry.price, line)
    return max(0, line.worth(pick.units) - price * pick.units)


def _value(discount: Discount) -> int | Fraction | None:
    """The plain value; None where each line has its own by a formula."""
    if discount.amount_off_formula or discount.percent_off_formula or discount.fixed_amount_formula:
        return None
    return {"AMOUNT": discount.amount_off, "PERCENT": discount.percent_off, "FIXED": discount.fixed_amount}[
        discount.type
    ]
