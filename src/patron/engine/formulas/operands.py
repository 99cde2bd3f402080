"""What formulas read of a case: the operands by name (spec I 1.2). Money is in major units here, as exact numbers."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from patron.engine.cart import Cart, Line
from patron.engine.case import Case, Kind, Metadata, Redeemable
from patron.engine.formulas.values import Day, Moment, Unusable, Value, day_of_text, moment_of_text
from patron.engine.selecting import by_price

DAY_MS = 86_400_000
_DAY_LENGTH = len("YYYY-MM-DD")
_MINOR_UNITS = 100
LARGEST_DECIMAL_EXPONENT = 100


class Facts:
    """All that the formulas of one redeemable may read, as it was before it; `line` is the one being discounted."""

    __slots__ = ("_known", "cart", "case", "line", "redeemable")

    def __init__(self, case: Case, redeemable: Redeemable, cart: Cart) -> None:
        self.case = case
        self.redeemable = redeemable
        self.cart = cart
        self.line: Line | None = None
        self._known: dict[str, Any] = {}

    def once(self, name: str, find: Callable[["Facts"], Any]) -> Any:
        """What takes a look at all lines is found once for a redeemable."""
        if name not in self._known:
            self._known[name] = find(self)
        return self._known[name]

    def today(self) -> Day:
        return self.local_day(Moment(self.case.now))

    def local_day(self, value: Value) -> Day:
        """The day of a date, in the project's zone. Raises `Unusable`."""
        if isinstance(value, Day):
            return value
        if isinstance(value, Moment):
            return Day(self.case.zone.local_ms(value.ms) // DAY_MS)
        if isinstance(value, str):
            return day_of_text(value) if len(value) == _DAY_LENGTH else self.local_day(moment_of_text(value))
        raise Unusable


def value_of(given: Any) -> Value:
    """A value of metadata as one of formulas. Raises `Unusable` for what is missing, and for floats."""
    if isinstance(given, list | tuple):
        return tuple([each for each in map(value_of, given) if isinstance(each, bool | Fraction | str)])
    if isinstance(given, bool | str):
        return given
    if isinstance(given, int | Fraction) or (isinstance(given, Decimal) and _is_plain(given)):
        return Fraction(given)
    raise Unusable


def _is_plain(given: Decimal) -> bool:
    exponent = given.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) <= LARGEST_DECIMAL_EXPONENT


def major_units(amount: int | None) -> Fraction:
    """Raises `Unusable` for an unknown amount."""
    if amount is None:
        raise Unusable
    return Fraction(amount, _MINOR_UNITS)


def _moment(ms: int | None) -> Moment:
    if ms is None:
        raise Unusable
    return Moment(ms)


def _count(of: int | None) -> Fraction:
    if of is None:
        raise Unusable
    return Fraction(of)


def _all_units(facts: Facts) -> Fraction:
    return Fraction(sum(line.quantity for line in facts.cart.lines))


def _of_kind(facts: Facts, kind: Kind) -> Redeemable:
    if facts.redeemable.kind != kind:
        raise Unusable
    return facts.redeemable


def _birthdate(facts: Facts) -> Value:
    customer = facts.case.customer
    if customer is None or customer.birthdate is None:
        raise Unusable
    return day_of_text(customer.birthdate)


def _own_line(facts: Facts) -> Line:
    if facts.line is None:
        raise Unusable
    return facts.line


def _extreme_line(facts: Facts, *, dearest: bool) -> Line:
    priced = [line for line in facts.cart.lines if line.amount is not None and line.quantity]
    if not priced:
        raise Unusable
    return by_price(priced, dearest=dearest)[0]


_LINES: Mapping[str, Callable[[Facts], Line]] = {
    "": _own_line,
    "CHEAPEST_": lambda facts: facts.once("cheapest", lambda facts: _extreme_line(facts, dearest=False)),
    "MOST_EXPENSIVE_": lambda facts: facts.once("dearest", lambda facts: _extreme_line(facts, dearest=True)),
}
_OF_LINE: Mapping[str, Callable[[Line], Value]] = {
    "ORDER_ITEM_PRICE": lambda line: major_units(line.price),
    "ORDER_ITEM_AMOUNT": lambda line: major_units(line.amount),
    "ORDER_ITEM_SUBTOTAL": lambda line: major_units(None if line.amount is None else line.subtotal),
    "ORDER_ITEM_UNITS_QUANTITY": lambda line: Fraction(line.quantity),
}
_METADATA_OF_LINE: Mapping[str, Callable[[Line], Metadata]] = {
    "ORDER_ITEM_METADATA": lambda line: line.item.metadata,
    "ORDER_ITEM_PRODUCT_METADATA": lambda line: line.item.product_metadata,
}


def _of_line(find: Callable[[Facts], Line], read: Callable[[Line], Value]) -> Callable[[Facts], Value]:
    return lambda facts: read(find(facts))


def _metadata_of_line(find: Callable[[Facts], Line], read: Callable[[Line], Metadata]) -> Callable[[Facts], Metadata]:
    return lambda facts: read(find(facts))


OPERANDS: Mapping[str, Callable[[Facts], Value]] = {
    "ORDER_AMOUNT": lambda facts: major_units(facts.cart.amount),
    "ORDER_ITEMS_QUANTITY": lambda facts: Fraction(len(facts.cart.lines)),
    "ORDER_UNITS_QUANTITY": lambda facts: facts.once("units", _all_units),
    "VOUCHER_REDEMPTION_QUANTITY": lambda facts: _count(_of_kind(facts, "voucher").quantity),
    "VOUCHER_REDEEMED_QUANTITY": lambda facts: _count(_of_kind(facts, "voucher").used),
    "VOUCHER_PUBLISH_COUNT": lambda facts: _count(_of_kind(facts, "voucher").publish_count),
    "VOUCHER_START_DATE": lambda facts: _moment(_of_kind(facts, "voucher").start_at),
    "VOUCHER_EXPIRATION_DATE": lambda facts: _moment(_of_kind(facts, "voucher").expires_at),
    "PROMOTION_TIER_START_DATE": lambda facts: _moment(_of_kind(facts, "promotion_tier").start_at),
    "PROMOTION_TIER_EXPIRATION_DATE": lambda facts: _moment(_of_kind(facts, "promotion_tier").expires_at),
    "CUSTOMER_BIRTHDATE": _birthdate,
    "TODAY": Facts.today,
    "NOW": lambda facts: Moment(facts.case.now),
    **{prefix + name: _of_line(find, read) for prefix, find in _LINES.items() for name, read in _OF_LINE.items()},
}
METADATA: Mapping[str, Callable[[Facts], Metadata]] = {
    "ORDER_METADATA": lambda facts: {} if facts.case.order is None else facts.case.order.metadata,
    "CUSTOMER_METADATA": lambda facts: {} if facts.case.customer is None else facts.case.customer.metadata,
    "REDEMPTION_METADATA": lambda facts: facts.case.metadata,
    "REDEEMABLE_METADATA": lambda facts: facts.redeemable.metadata,
    "PUBLICATION_METADATA": lambda facts: facts.redeemable.publication_metadata,
    **{
        prefix + name: _metadata_of_line(find, read)
        for prefix, find in _LINES.items()
        for name, read in _METADATA_OF_LINE.items()
    },
}
