"""What a gift card pays: its credits on the order, or spread over lines (spec I 3.5, 7.10)."""

from patron.engine.decision import Applied
from patron.engine.discounts.limits import Limits
from patron.engine.discounts.proportions import spread
from patron.engine.step import Step


def spend(step: Step) -> Applied:
    """As many credits as are asked for, the card holds, and the order or its selected lines take."""
    gift = step.redeemable.gift
    assert gift is not None
    asked = gift.balance if gift.credits is None else min(gift.credits, gift.balance)
    if gift.effect == "APPLY_TO_ITEMS":
        return Applied(gift.effect, credits=spread(step, asked, Limits(None)))
    return Applied(gift.effect, credits=step.cart.discount(asked))
