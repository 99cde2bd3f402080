"""Discounts on the order as a whole: an amount, a percentage, a new price."""

from fractions import Fraction

from patron.engine.case import Discount
from patron.engine.decision import Applied
from patron.engine.step import Step
from patron.kernel.money import half_up


def apply_to_order(step: Step) -> Applied:
    """AMOUNT takes its amount off, PERCENT its part of what is to be paid, FIXED what is above the new price.

    Of several bundles, the amount or the percentage is for each; a price is that of the order.
    """
    discount = step.redeemable.discount
    assert discount is not None
    value, amount = _amount(step, discount)
    for limit in (discount.amount_limit, discount.aggregated_amount_limit):
        if limit is not None:
            amount = min(amount, limit)
    step.cart.discount(amount)
    return Applied("APPLY_TO_ORDER", value)


def _amount(step: Step, discount: Discount) -> tuple[int | Fraction, int]:
    cart = step.cart
    if discount.type == "PERCENT":
        percent = step.percent(discount.percent_off_formula, discount.percent_off)
        base = (cart.initial_amount or 0) if step.initial else cart.remaining
        whole = min(percent * step.times, 100)
        return percent, half_up(base * whole.numerator, 100 * whole.denominator)
    if discount.type == "FIXED":
        price = step.minor_units(discount.fixed_amount_formula, discount.fixed_amount)
        return price, max(0, cart.remaining - price)
    amount = step.minor_units(discount.amount_off_formula, discount.amount_off)
    return amount, amount * step.times
