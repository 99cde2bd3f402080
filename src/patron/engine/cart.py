"""The order while it is being discounted: lines and totals that each redeemable moves in turn (spec I 3.4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from patron.engine.case import Item, Order
from patron.engine.decision import CalculatedItem, CalculatedOrder
from patron.kernel.money import half_up


@dataclass(slots=True, eq=False)
class Line:
    """A line as it stands. `applied_…` is of the running step, `summed_…` of all steps before it."""

    place: int | None
    item: Item
    price: int | None
    quantity: int
    amount: int | None
    discount_amount: int
    discount_quantity: int
    initial_quantity: int
    initial_amount: int | None
    applied_discount_amount: int = 0
    applied_discount_quantity: int = 0
    applied_quantity: int = 0
    applied_quantity_amount: int = 0
    summed_discount_amount: int = 0
    summed_discount_quantity: int = 0
    summed_quantity: int = 0
    summed_quantity_amount: int = 0
    told: CalculatedItem | None = None

    @property
    def subtotal(self) -> int:
        """What is still to be paid for it."""
        return (self.amount or 0) - self.discount_amount

    @property
    def payable(self) -> int:
        """How many of its units are not free."""
        return self.quantity - self.discount_quantity

    def worth(self, units: int) -> int:
        """What is still to be paid for so many of its units."""
        payable = self.payable
        return self.subtotal if units >= payable else half_up(self.subtotal * units, payable)

    def is_of(self, unit_type: str) -> bool:
        return unit_type in (self.item.sku_id, self.item.product_id)

    def tell(self) -> CalculatedItem:
        if self.told is None:
            self.told = self._told(
                self.applied_discount_amount,
                self.applied_discount_quantity,
                self.applied_quantity,
                self.applied_quantity_amount,
            )
        return self.told

    def tell_summed(self) -> CalculatedItem:
        return self._told(
            self.summed_discount_amount + self.applied_discount_amount,
            self.summed_discount_quantity + self.applied_discount_quantity,
            self.summed_quantity + self.applied_quantity,
            self.summed_quantity_amount + self.applied_quantity_amount,
        )

    def _told(self, discount: int, discounted: int, quantity: int, amount: int) -> CalculatedItem:
        return CalculatedItem(
            self.place,
            self.item.product_id,
            self.item.sku_id,
            self.price,
            self.quantity,
            self.initial_quantity,
            self.discount_quantity,
            self.amount,
            self.initial_amount,
            self.discount_amount,
            None if self.amount is None else self.amount - self.discount_amount,
            discount,
            discounted,
            quantity,
            amount,
        )

    def begin(self) -> None:
        self.summed_discount_amount += self.applied_discount_amount
        self.summed_discount_quantity += self.applied_discount_quantity
        self.summed_quantity += self.applied_quantity
        self.summed_quantity_amount += self.applied_quantity_amount
        self.applied_discount_amount = self.applied_discount_quantity = 0
        self.applied_quantity = self.applied_quantity_amount = 0
        self.told = None


class Cart:
    """An order's running state. Every change keeps `amount` at or above all discounts."""

    def __init__(self, order: Order) -> None:
        self.lines = [_line(place, item) for place, item in enumerate(order.items)]
        self.amount = _amount_of(order, self.lines)
        self.initial_amount = self.amount if order.initial_amount is None else order.initial_amount
        left = self.amount or 0
        for line in self.lines:
            if line.discount_amount:
                line.discount_amount = min(line.discount_amount, line.amount or 0, left)
                left -= line.discount_amount
        self.items_discount = (self.amount or 0) - left
        self.discount_amount = min(order.discount_amount, left)
        self.applied = self._summed = self._steps = 0
        self._touched: list[Line] = []

    @property
    def remaining(self) -> int:
        """What is still to be paid."""
        return (self.amount or 0) - self.discount_amount - self.items_discount

    @property
    def changed(self) -> bool:
        """Whether the running step took something off, or moved or freed a unit."""
        return bool(self.applied) or any(
            line.applied_discount_amount or line.applied_discount_quantity or line.applied_quantity
            for line in self._touched
        )

    def begin(self) -> None:
        """Begin the step of the next redeemable."""
        self._steps += 1
        self._summed += self.applied
        self.applied = 0
        for line in self._touched:
            line.begin()
        self._touched.clear()

    def discount(self, amount: int) -> int:
        """Take so much off the order, or what is left of it; how much that was."""
        amount = min(amount, self.remaining)
        self.discount_amount += amount
        self.applied += amount
        return amount

    def discount_line(self, line: Line, amount: int, units: int) -> int:
        """Take so much off a line, or what is left of it and of the order; how much that was."""
        amount = min(amount, line.subtotal, self.remaining)
        if amount:
            line.discount_amount += amount
            line.applied_discount_amount += amount
            line.applied_discount_quantity += units
            self.items_discount += amount
            self._touch(line)
        return amount

    def add_line(self, product_id: str | None, sku_id: str | None, price: int | None) -> Line:
        """A new line, with no unit yet."""
        item = Item(product_id=product_id, sku_id=sku_id, quantity=0, price=price)
        line = Line(None, item, price, 0, None if price is None else 0, 0, 0, 0, None if price is None else 0)
        self.lines.append(line)
        return line

    def add_units(self, line: Line, units: int, price: int | None) -> int:
        """Add units, to be paid; what they cost, 0 where no price is known."""
        cost = 0 if price is None else price * units
        line.quantity += units
        line.applied_quantity += units
        if price is not None:
            line.price = price
            line.amount = (line.amount or 0) + cost
            line.applied_quantity_amount += cost
            self.amount = (self.amount or 0) + cost
        self._touch(line)
        return cost

    def free_units(self, line: Line, units: int, amount: int) -> None:
        """Take so much off a line, or what is left, because so many of its units are free."""
        if not self.discount_line(line, amount, units):
            line.applied_discount_quantity += units
            self._touch(line)
        line.discount_quantity += units

    def remove_units(self, line: Line, units: int) -> tuple[int, int]:
        """Remove units with their part of the line's discount; their amount, and what was still to be paid for them."""
        amount = half_up((line.amount or 0) * units, line.quantity)
        paid = min(line.worth(units), amount)
        line.quantity -= units
        line.applied_quantity -= units
        line.applied_quantity_amount -= amount
        if line.amount is not None:
            line.amount -= amount
            line.discount_amount -= amount - paid
            self.items_discount -= amount - paid
            self.amount = (self.amount or 0) - amount
        self._touch(line)
        return amount, paid

    def settle(self) -> None:
        """Let no discount be more than there is, after units were removed."""
        if self.amount is not None:
            self.amount = max(self.amount, self.items_discount)
            self.discount_amount = min(self.discount_amount, self.amount - self.items_discount)

    def tell(self) -> CalculatedOrder:
        """The order after the running step, with what that step applied."""
        return self._told(self.applied, tuple([line.tell() for line in self.lines]))

    def tell_summed(self) -> CalculatedOrder:
        """The order after all steps, with what they applied together."""
        if self._steps == 1:
            return self.tell()
        return self._told(self._summed + self.applied, tuple([line.tell_summed() for line in self.lines]))

    def _told(self, applied: int, items: tuple[CalculatedItem, ...]) -> CalculatedOrder:
        of_items = sum([item.applied_discount_amount for item in items])
        total = self.discount_amount + self.items_discount
        return CalculatedOrder(
            self.amount,
            self.initial_amount,
            self.discount_amount,
            self.items_discount,
            total,
            None if self.amount is None else self.amount - total,
            applied,
            of_items,
            applied + of_items,
            items,
        )

    def _touch(self, line: Line) -> None:
        line.told = None
        self._touched.append(line)


def _line(place: int, item: Item) -> Line:
    quantity = item.quantity
    amount = item.amount
    if amount is None and item.price is not None:
        amount = item.price * quantity
    return Line(
        place,
        item,
        item.price,
        quantity,
        amount,
        item.discount_amount,
        min(item.discount_quantity, quantity),
        quantity if item.initial_quantity is None else item.initial_quantity,
        amount if item.initial_amount is None else item.initial_amount,
    )


def _amount_of(order: Order, lines: Iterable[Line]) -> int | None:
    if order.amount is not None:
        return order.amount
    known = [line.amount for line in lines if line.amount is not None]
    return sum(known) if known else None
