"""Which effect a discount has, and what carries it out."""

from collections.abc import Callable, Mapping

from patron.engine.case import Redeemable
from patron.engine.decision import Applied
from patron.engine.discounts.on_items import apply_to_items
from patron.engine.discounts.on_order import apply_to_order
from patron.engine.discounts.proportions import apply_proportionally
from patron.engine.discounts.replacing import replace_items
from patron.engine.discounts.units import add_many_items, add_missing_items, add_new_items, add_same_items
from patron.engine.step import Step

ON_ORDER = "APPLY_TO_ORDER"

_EFFECTS: Mapping[str, Callable[[Step], Applied]] = {
    ON_ORDER: apply_to_order,
    "APPLY_TO_ITEMS": apply_to_items,
    "APPLY_TO_ITEMS_BY_QUANTITY": apply_to_items,
    "APPLY_TO_ITEMS_PROPORTIONALLY": apply_proportionally,
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY": apply_proportionally,
    "ADD_MISSING_ITEMS": add_missing_items,
    "ADD_NEW_ITEMS": add_new_items,
    "ADD_SAME_ITEMS": add_same_items,
    "ADD_MANY_ITEMS": add_many_items,
    "REPLACE_ITEMS": replace_items,
}


def effect_of(redeemable: Redeemable) -> str | None:
    """Its discount's or gift's effect, or else the one that is usual; None for what has neither (spec I 1.2).

    A discount of money without one applies to items where lines are selected, else to the order; units are added as
    far as they are missing.
    """
    discount, gift = redeemable.discount, redeemable.gift
    if discount is None:
        return None if gift is None else gift.effect
    if discount.effect is not None:
        return discount.effect
    if discount.type == "UNIT":
        return "ADD_MANY_ITEMS" if discount.units else "ADD_MISSING_ITEMS"
    return ON_ORDER if redeemable.selection is None else "APPLY_TO_ITEMS"


def apply_discount(step: Step) -> Applied:
    """Apply the redeemable's discount to the cart."""
    effect = effect_of(step.redeemable)
    assert effect is not None
    return _EFFECTS[effect](step)
