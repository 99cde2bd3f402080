"""Discounts and gifts: every type and effect, and which fields belong to which (spec I 1.2)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.kernel.incentive_problems import invalid_gift
from patron.kernel.problems import Problem, invalid_payload

LARGEST_AMOUNT = 1_000_000_000_000
MOST_UNITS = 100

Amount = Annotated[int, Meta(ge=0, le=LARGEST_AMOUNT, description="In minor units.")]
Formula = Annotated[str, Meta(min_length=1, max_length=5_000)]
Percent = Annotated[int, Meta(ge=0, le=100)] | Annotated[float, Meta(ge=0, le=100)]
Units = Annotated[int, Meta(ge=0, le=1_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=500)]

Type = Literal["AMOUNT", "PERCENT", "FIXED", "UNIT"]
Effect = Literal[
    "APPLY_TO_ORDER",
    "APPLY_TO_ITEMS",
    "APPLY_TO_ITEMS_BY_QUANTITY",
    "APPLY_TO_ITEMS_PROPORTIONALLY",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    "ADD_MISSING_ITEMS",
    "ADD_NEW_ITEMS",
    "ADD_SAME_ITEMS",
    "REPLACE_ITEMS",
    "ADD_MANY_ITEMS",
]

ON_ORDER_OR_ITEMS = ("APPLY_TO_ORDER", "APPLY_TO_ITEMS")
ADD_MANY = "ADD_MANY_ITEMS"

_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "AMOUNT": (
        *ON_ORDER_OR_ITEMS,
        "APPLY_TO_ITEMS_BY_QUANTITY",
        "APPLY_TO_ITEMS_PROPORTIONALLY",
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    ),
    "PERCENT": ON_ORDER_OR_ITEMS,
    "FIXED": ON_ORDER_OR_ITEMS,
    "UNIT": ("ADD_MISSING_ITEMS", "ADD_NEW_ITEMS", "ADD_SAME_ITEMS", "REPLACE_ITEMS", ADD_MANY),
}
VALUES = {"AMOUNT": "amount_off", "PERCENT": "percent_off", "FIXED": "fixed_amount"}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "AMOUNT": ("amount_off", "amount_off_formula", "aggregated_amount_limit", "effect", "is_dynamic"),
    "PERCENT": (
        "percent_off",
        "percent_off_formula",
        "amount_limit",
        "aggregated_amount_limit",
        "effect",
        "is_dynamic",
    ),
    "FIXED": ("fixed_amount", "fixed_amount_formula", "effect", "is_dynamic"),
    "UNIT": ("unit_off", "unit_off_formula", "effect", "unit_type", "product", "sku", "is_dynamic"),
}
_FIELDS_OF_MANY = ("effect", "units")


class DiscountedItem(msgspec.Struct, frozen=True, kw_only=True):
    """The product or SKU that a unit is of, as its catalogue names it."""

    id: Name
    source_id: Name | None | UnsetType = UNSET
    name: Name


class DiscountedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """One of several kinds of units that a discount adds. A formula needs `unit_off` to fall back on."""

    unit_off: Units | None | UnsetType = UNSET
    unit_off_formula: Formula | None | UnsetType = UNSET
    effect: Literal["ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"]
    unit_type: Name
    product: DiscountedItem | None | UnsetType = UNSET
    sku: DiscountedItem | None | UnsetType = UNSET


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """A discount: its type says which of the other fields it may have. Null is as absent.

    AMOUNT takes `amount_off` minor units off, PERCENT `percent_off` per cent, FIXED sets the price to
    `fixed_amount`, UNIT adds units for free. Formulas are kept as they are sent; the plain field beside one is what
    holds where it cannot be computed.
    """

    type: Type
    amount_off: Amount | None | UnsetType = UNSET
    amount_off_formula: Formula | None | UnsetType = UNSET
    percent_off: Percent | None | UnsetType = UNSET
    percent_off_formula: Formula | None | UnsetType = UNSET
    fixed_amount: Amount | None | UnsetType = UNSET
    fixed_amount_formula: Formula | None | UnsetType = UNSET
    amount_limit: Amount | None | UnsetType = UNSET
    aggregated_amount_limit: Amount | None | UnsetType = UNSET
    unit_off: Units | None | UnsetType = UNSET
    unit_off_formula: Formula | None | UnsetType = UNSET
    effect: Effect | None | UnsetType = UNSET
    unit_type: Name | None | UnsetType = UNSET
    units: Annotated[list[DiscountedUnit], Meta(min_length=1, max_length=MOST_UNITS)] | None | UnsetType = UNSET
    product: DiscountedItem | None | UnsetType = UNSET
    sku: DiscountedItem | None | UnsetType = UNSET
    is_dynamic: bool | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        self._check_effect()
        self._check_fields()
        if self.type == "UNIT":
            self._check_units()
        elif not is_given(getattr(self, VALUES[self.type])):
            raise _wrong(VALUES[self.type], f"expected one, as the type is {self.type}")

    def _check_effect(self) -> None:
        allowed = _EFFECTS[self.type]
        if is_given(self.effect) and self.effect not in allowed:
            raise _wrong("effect", f"expected one of {', '.join(allowed)}, as the type is {self.type}")

    def _check_fields(self) -> None:
        allowed = _FIELDS_OF_MANY if self.effect == ADD_MANY else _FIELDS[self.type]
        which = f"the effect is {ADD_MANY}" if self.effect == ADD_MANY else f"the type is {self.type}"
        for field in self.__struct_fields__[1:]:
            if field not in allowed and is_given(getattr(self, field)):
                raise _wrong(field, f"expected none, as {which}")

    def _check_units(self) -> None:
        if self.effect == ADD_MANY:
            if not is_given(self.units):
                raise _wrong("units", f"expected some, as the effect is {ADD_MANY}")
            assert isinstance(self.units, list)
            for n, unit in enumerate(self.units):
                _check_fallback(f"units[{n}].unit_off", unit)
            return
        if not is_given(self.unit_type):
            raise _wrong("unit_type", "expected one, as the type is UNIT")
        _check_fallback("unit_off", self)

    def told(self) -> bytes:
        """The discount as it is stored and told: what was given of it, as JSON."""
        return msgspec.json.encode(_given(self))


def _check_fallback(field: str, unit: "DiscountedUnit | Discount") -> None:
    if is_given(unit.unit_off_formula) and not is_given(unit.unit_off):
        raise _wrong(field, "expected one beside a formula, for when it cannot be computed")


def is_given(value: Any) -> bool:
    """Whether a field was sent, and not as null."""
    return value is not UNSET and value is not None


def _given(value: Any) -> Any:
    if isinstance(value, list):
        return [_given(each) for each in value]
    if isinstance(value, msgspec.Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name: _given(inner) for name, inner in fields if is_given(inner)}
    return value


def _wrong(field: str, expected: str) -> Problem:
    return invalid_payload(f"discount.{field}: {expected}")


GiftEffect = Literal["APPLY_TO_ORDER", "APPLY_TO_ITEMS"]


class GiftIn(msgspec.Struct, frozen=True, kw_only=True):
    """The credits of a new gift card, in minor units. None of them is used yet: `balance` can only be `amount`."""

    amount: Amount
    balance: Amount | None | UnsetType = UNSET
    subtracted_amount: Amount | None | UnsetType = UNSET
    effect: GiftEffect | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if is_given(self.balance) and self.balance != self.amount:
            raise invalid_gift("gift.balance: expected none, or the amount, as nothing of a new card is used")
        if is_given(self.subtracted_amount) and self.subtracted_amount != 0:
            raise invalid_gift("gift.subtracted_amount: expected none, or 0, as nothing of a new card is used")


class GiftPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What may be changed of a gift card's credits: amounts move by its balance alone, and are ignored here."""

    effect: GiftEffect | None | UnsetType = UNSET
