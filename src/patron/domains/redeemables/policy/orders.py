"""An order after a decision: as it is told, and as it would be stored (spec I 3.4)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from patron.domains.orders.model import NEVER, Order
from patron.domains.orders.wire import CustomerId, ItemOut, ProductOut, SkuOut
from patron.domains.products import Product, Sku
from patron.domains.redeemables.policy import facts
from patron.domains.redeemables.policy.judging import Judgement
from patron.domains.redeemables.policy.targets import as_told
from patron.domains.redeemables.wire.told import CalculatedItemOut, CalculatedOrderOut, ReplacementOut
from patron.engine.cart import Cart
from patron.engine.decision import CalculatedItem, CalculatedOrder, Replacement
from patron.kernel.clock import to_iso

_encode = msgspec.json.encode
_OF_LINE = ItemOut.__struct_fields__[1:]


class OrdersOut:
    """Tells the orders of one judgement; a line that a redeemable left as it was is encoded once for all of them."""

    def __init__(self, judgement: Judgement) -> None:
        about = judgement.facts
        self._cart = about.cart
        self._units = {row.id: row for row in about.units.values()}
        self._person_id = None if about.person is None else about.person.id
        self._lines: dict[int, tuple[CalculatedItem, msgspec.Raw]] = {}
        self._decision = judgement.decision
        self._last: tuple[CalculatedOrder, tuple[Replacement, ...], CalculatedOrderOut] | None = None

    def tell(self, calculated: CalculatedOrder, replacements: tuple[Replacement, ...] = ()) -> CalculatedOrderOut:
        """The order after a step, or after all; where there was one step, both are the same."""
        if self._last is None or self._last[:2] != (calculated, replacements):
            self._last = calculated, replacements, self._calculated(calculated, replacements)
        return self._last[2]

    def after_all(self) -> CalculatedOrderOut | None:
        """The order after all; where there was one step, with what that replaced. None where nothing applies."""
        calculated = self._decision.order
        if calculated is None:
            return None
        applied = [each.applied for each in self._decision.verdicts if each.applied is not None]
        return self.tell(calculated, applied[0].replacements if len(applied) == 1 else ())

    def _calculated(self, calculated: CalculatedOrder, replacements: Iterable[Replacement]) -> CalculatedOrderOut:
        details: dict[int, list[ReplacementOut]] = {}
        for each in replacements:
            details.setdefault(each.source_index, []).append(ReplacementOut(*each))
        lines: Any = [self._line(item, details.get(n)) for n, item in enumerate(calculated.items)]
        return CalculatedOrderOut(
            **_stored(self._cart, self._person_id),
            amount=_or_unset(calculated.amount),
            initial_amount=_or_unset(calculated.initial_amount),
            discount_amount=calculated.discount_amount or UNSET,
            items_discount_amount=calculated.items_discount_amount or UNSET,
            total_discount_amount=calculated.total_discount_amount or UNSET,
            total_amount=_or_unset(calculated.total_amount),
            applied_discount_amount=calculated.applied_discount_amount or UNSET,
            items_applied_discount_amount=calculated.items_applied_discount_amount or UNSET,
            total_applied_discount_amount=calculated.total_applied_discount_amount or UNSET,
            items=lines if lines or (self._cart is not None and self._cart.order.items is not None) else UNSET,
        )

    def _line(self, item: CalculatedItem, details: list[ReplacementOut] | None) -> Any:
        if details is not None:
            return self._told(item, application_details=details)
        told = self._lines.get(id(item))
        if told is None:
            told = self._lines[id(item)] = item, msgspec.Raw(_encode(self._told(item)))
        return told[1]

    def _told(self, item: CalculatedItem, **more: Any) -> CalculatedItemOut:
        line = line_of(item, self._cart, self._units)
        return CalculatedItemOut(
            **{name: getattr(line, name) for name in _OF_LINE},
            applied_discount_amount=item.applied_discount_amount or UNSET,
            applied_discount_quantity=item.applied_discount_quantity or UNSET,
            applied_quantity=item.applied_quantity or UNSET,
            applied_quantity_amount=item.applied_quantity_amount or UNSET,
            **more,
        )


def order_before(judgement: Judgement) -> CalculatedOrderOut | UnsetType:
    """The order as it came, as it is told; nothing where there was none."""
    if judgement.case.order is None:
        return UNSET
    return OrdersOut(judgement).tell(Cart(judgement.case.order).tell())


def order_after(judgement: Judgement, calculated: CalculatedOrder) -> Order:
    """The order as it is to be stored after a decision: amounts, discounts and lines as they were calculated.

    Its status, id, source_id, customer and times are those that it came with.
    """
    cart = judgement.facts.cart
    assert cart is not None
    units = {row.id: row for row in judgement.facts.units.values()}
    lines = [line_of(item, cart, units) for item in calculated.items]
    return replace(
        cart.order,
        amount=calculated.amount,
        initial_amount=calculated.initial_amount,
        discount_amount=calculated.discount_amount,
        items_discount_amount=calculated.items_discount_amount,
        total_amount=calculated.total_amount or 0,
        items=_encode(lines).decode() if lines or cart.order.items is not None else None,
    )


def line_of(item: CalculatedItem, cart: facts.Cart | None, units: Mapping[str, Product | Sku]) -> ItemOut:
    """A line as it is kept, with what was calculated of it."""
    before = _new_line(item, units) if item.place is None or cart is None else cart.items[item.place]
    return replace(
        before,
        quantity=before.quantity if before.quantity is UNSET and item.quantity == 1 else item.quantity,
        discount_quantity=item.discount_quantity or UNSET,
        initial_quantity=item.initial_quantity,
        amount=_or_unset(item.amount),
        discount_amount=item.discount_amount or UNSET,
        initial_amount=_or_unset(item.initial_amount),
        price=_or_unset(item.price),
        subtotal_amount=_or_unset(item.subtotal_amount),
    )


def _new_line(item: CalculatedItem, units: Mapping[str, Product | Sku]) -> ItemOut:
    """A line that a redeemable added, with the names that the catalogue has for what it is of."""
    sku, product = units.get(item.sku_id or ""), units.get(item.product_id or "")
    return ItemOut(
        object="order_item",
        product_id=item.product_id or UNSET,
        sku_id=item.sku_id or UNSET,
        product=_named(ProductOut, product, "name")
        if isinstance(product, Product)
        else _id(ProductOut, item.product_id),
        sku=_named(SkuOut, sku, "sku") if isinstance(sku, Sku) else _id(SkuOut, item.sku_id),
    )


def _id(shape: Callable[..., Any], row_id: str | None) -> Any:
    return UNSET if row_id is None else shape(id=row_id)


def _named(shape: Callable[..., Any], row: Product | Sku, name: str) -> Any:
    called = {name: getattr(row, name)} if getattr(row, name) is not None else {}
    return shape(id=row.id, source_id=row.source_id or UNSET, price=_or_unset(row.price), **called)


def _stored(cart: facts.Cart | None, person_id: str | None) -> dict[str, Any]:
    """What is told of an order beside what was calculated."""
    if cart is None:
        return {"metadata": {}, "customer_id": person_id, "referrer_id": None, **_whose(person_id, None)}
    order = cart.order
    told = {
        "source_id": order.source_id or UNSET,
        "metadata": as_told(order.metadata),
        "customer_id": order.customer_id,
        "referrer_id": order.referrer_id,
        **_whose(order.customer_id, order.referrer_id),
    }
    if cart.stored is None:
        return told
    return {
        **told,
        "id": order.id,
        "source_id": order.source_id,
        "created_at": to_iso(order.created_at),
        "updated_at": None if order.updated_at == NEVER else to_iso(order.updated_at),
        "status": order.status,
    }


def _whose(customer_id: str | None, referrer_id: str | None) -> dict[str, Any]:
    return {
        "customer": UNSET if customer_id is None else CustomerId(customer_id),
        "referrer": UNSET if referrer_id is None else CustomerId(referrer_id),
    }


def _or_unset(amount: int | None) -> int | UnsetType:
    return UNSET if amount is None else amount
