"""One amount over several lines, in proportion to what is to be paid for them or to their units."""

from patron.engine.decision import Applied
from patron.engine.discounts.limits import Limits
from patron.engine.step import Step
from patron.kernel.money import split_within

BY_QUANTITY = "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY"


def apply_proportionally(step: Step) -> Applied:
    """Split the amount of the discount over the selected lines, by largest remainder: the parts sum to it.

    What a line cannot take, because it costs less or has a limit, the other lines share. Each bundle gives the amount
    once more.
    """
    discount = step.redeemable.discount
    assert discount is not None
    amount = step.minor_units(discount.amount_off_formula, discount.amount_off)
    by_quantity = discount.effect == BY_QUANTITY
    spread(step, amount * step.times, Limits(discount), by_quantity=by_quantity)
    return Applied(BY_QUANTITY if by_quantity else "APPLY_TO_ITEMS_PROPORTIONALLY", amount)


def spread(step: Step, amount: int, limits: Limits, *, by_quantity: bool = False) -> int:
    """Spread so much over the selected lines, as far as they and the order have it; how much that was."""
    picks = step.picks()
    worth = [pick.line.worth(pick.units) for pick in picks]
    weights = [pick.units for pick in picks] if by_quantity else worth
    caps = [limits.of_line(pick) for pick in picks]
    parts = split_within(min(amount, step.cart.remaining), weights, caps)
    granted = [(pick, limits.granted(pick, part)) for pick, part in zip(picks, parts, strict=True)]
    return sum(step.cart.discount_line(pick.line, part, pick.units) for pick, part in granted if part)
