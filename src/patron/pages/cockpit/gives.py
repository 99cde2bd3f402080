"""What a discount gives, in plain words (spec I 1.2)."""

import msgspec

from patron.domains.vouchers.wire.discount import (
    ADD_MANY,
    Discount,
    DiscountedItem,
    DiscountedUnit,
    is_given,
)
from patron.pages.cockpit.languages import Words

_ON_ITEMS = "APPLY_TO_ITEMS"
_REPLACE = "REPLACE_ITEMS"


def gives(words: Words, stored: str, currency: str) -> str:
    """The sentence for a discount as it is stored; amounts in the project's currency, where one is known."""
    discount = msgspec.json.decode(stored, type=Discount)
    if discount.type == "UNIT":
        return _units(words, discount)
    on = "items" if str(discount.effect).startswith(_ON_ITEMS) else "order"
    match discount.type:
        case "PERCENT":
            assert isinstance(discount.percent_off, int | float)
            told = words.text(f"vouchers.off_{on}", value=words.percent(discount.percent_off))
        case "AMOUNT":
            assert isinstance(discount.amount_off, int)
            told = words.text(f"vouchers.off_{on}", value=words.money(discount.amount_off, currency))
        case "FIXED":
            assert isinstance(discount.fixed_amount, int)
            told = words.text(f"vouchers.fixed_{on}", value=words.money(discount.fixed_amount, currency))
    if isinstance(discount.amount_limit, int):
        return words.text("vouchers.at_most", what=told, limit=words.money(discount.amount_limit, currency))
    return told


def _units(words: Words, discount: Discount) -> str:
    """What is added for free, as far as it has names."""
    units: list[Discount | DiscountedUnit] = [discount]
    if discount.effect == ADD_MANY:
        assert isinstance(discount.units, list)
        units = list(discount.units)
    names = [_named(words, unit) for unit in units]
    if not all(names):
        return words.text("vouchers.something_free")
    key = "vouchers.instead" if discount.effect == _REPLACE else "vouchers.free"
    return words.text(key, what=", ".join(names))


def _named(words: Words, unit: Discount | DiscountedUnit) -> str:
    """So many of something; empty where it has no name."""
    items = [item for item in (unit.sku, unit.product) if isinstance(item, DiscountedItem)]
    if not items:
        return ""
    n = unit.unit_off if is_given(unit.unit_off) else 1
    return items[0].name if n == 1 else f"{words.number(n)} × {items[0].name}"  # type: ignore[arg-type]
