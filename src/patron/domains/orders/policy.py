"""Pure decisions about one order: what a patch makes of it, what it costs, and what of it counts."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas import check_metadata_schema, metadata_check
from patron.domains.orders.items import sum_of
from patron.domains.orders.model import NEVER, Order
from patron.domains.orders.wire import ItemOut, OrderPatch, OrderRedemption, moment_of
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload

T = TypeVar("T")
_encode = msgspec.json.encode


def new_order(project_id: str, order_id: str, source_id: str | None, now: int) -> Order:
    """An order of which nothing is known yet (spec I 5: it is CREATED)."""
    return Order(
        project_id=project_id,
        id=order_id,
        source_id=source_id,
        status="CREATED",
        amount=None,
        initial_amount=None,
        discount_amount=0,
        items_discount_amount=0,
        total_amount=0,
        items=None,
        metadata="{}",
        customer_id=None,
        referrer_id=None,
        created_at=now,
        updated_at=NEVER,
    )


def patched(order: Order, patch: OrderPatch, items: list[ItemOut] | None, who: Mapping[str, str]) -> Order:
    """The order after the patch, `updated_at` as before.

    `items` are its lines as they are kept, None where none were sent; `who` has the ids of its customer and referrer,
    if sent. Any status may follow any other, as in the reference. An amount that is sent beats the sum of lines (spec
    I 3.4); lines that are sent without one bring the sum of theirs. Problem 400 for a source_id in place of another,
    and for sums past the bound.
    """
    changes: dict[str, Any] = {
        "source_id": _source_id(order, patch),
        "status": _or(patch.status, order.status),
        "amount": _amount(order, patch, items),
        "initial_amount": _or(patch.initial_amount, order.initial_amount),
        "discount_amount": _or(patch.discount_amount, order.discount_amount),
        "metadata": _merged(order.metadata, patch.metadata),
        **who,
    }
    if isinstance(patch.created_at, str):
        changes["created_at"] = moment_of(patch.created_at)
    if items is not None:
        changes["items"] = _encode(items).decode()
        changes["items_discount_amount"] = sum_of([item.discount_amount for item in items])
    after = replace(order, **changes)
    return replace(after, total_amount=_total(after))


def noted(order: Order, redemption_id: str, redemption: OrderRedemption) -> Order:
    """The order with what was redeemed for it, or with what became of that since."""
    before = {} if order.redemptions is None else msgspec.json.decode(order.redemptions, type=dict[str, msgspec.Raw])
    return replace(order, redemptions=_encode({**before, redemption_id: redemption}).decode())


def redemption_of(order: Order, redemption_id: str) -> OrderRedemption | None:
    """What an order says of this redemption; None where it was not redeemed for it."""
    if order.redemptions is None:
        return None
    return msgspec.json.decode(order.redemptions, type=dict[str, OrderRedemption]).get(redemption_id)


def with_lines(order: Order, change: Callable[[list[ItemOut]], list[ItemOut] | None]) -> Order:
    """The order with its lines changed; lines that discounts added stand behind those that were sent."""
    items = change(msgspec.json.decode(order.items or "[]", type=list[ItemOut]))
    return replace(order, items=_encode(items).decode())


def without_discounts(order: Order) -> Order:
    """The order as it is canceled by a rollback: what was granted on it is gone (spec I 4.8)."""
    items = None if order.items is None else msgspec.json.decode(order.items, type=list[ItemOut])
    return replace(
        order,
        status="CANCELED",
        discount_amount=0,
        items_discount_amount=0,
        total_amount=order.amount or 0,
        items=None if items is None else _encode([_undiscounted(item) for item in items]).decode(),
    )


def _undiscounted(item: ItemOut) -> ItemOut:
    return replace(item, discount_amount=UNSET, discount_quantity=UNSET, subtotal_amount=item.amount)


def _source_id(order: Order, patch: OrderPatch) -> str | None:
    given: str | None = _or(patch.source_id, order.source_id)
    if order.source_id is not None and given != order.source_id:
        raise invalid_payload(f"source_id: expected {order.source_id}, which the order has, or none")
    return given


def _amount(order: Order, patch: OrderPatch, items: list[ItemOut] | None) -> int | None:
    """What the order costs before discounts; lines of which none says what it costs say nothing."""
    if isinstance(patch.amount, int):
        return patch.amount
    if items is None or all(item.amount is UNSET for item in items):
        return order.amount
    return sum_of([item.amount for item in items])


def _total(order: Order) -> int:
    return max(0, (order.amount or 0) - order.discount_amount - order.items_discount_amount)


def _or(value: T | None | UnsetType, otherwise: T | None) -> Any:
    return otherwise if value is UNSET or value is None else value


def _merged(stored: str, given: Any) -> str:
    """Metadata merges by key, and a key that is set to null stays, as null."""
    if not isinstance(given, Mapping):
        return stored
    before: dict[str, Any] = msgspec.json.decode(stored)
    after = {**before, **given}
    if _canonical(after) == _canonical(before):
        return stored
    check_metadata(after)
    return _encode(after).decode()


def _canonical(value: Any) -> bytes:
    """Equal for equal JSON; Python alone would take 1, 1.0 and true for the same."""
    return _encode(value, order="deterministic")


def same(one: Order, other: Order) -> bool:
    """Whether two states of an order say the same; PostgreSQL gives JSON back in other words than it was given."""
    return replace(one, items=None) == replace(other, items=None) and _same_json(one.items, other.items)


def _same_json(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or _canonical(msgspec.json.decode(one)) == _canonical(msgspec.json.decode(other))


def check_schemas(rulebook: Rulebook, order: Order, patch: OrderPatch) -> None:
    """Refuse metadata that the schema of orders or of their items does not allow. Problem 400 (spec C 5.1)."""
    if isinstance(patch.metadata, Mapping) and metadata_check(rulebook, "order") is not None:
        check_metadata_schema(rulebook, "order", msgspec.json.decode(order.metadata))
    if metadata_check(rulebook, "order_item") is not None:
        for item in patch.items or ():
            if isinstance(item.metadata, Mapping):
                check_metadata_schema(rulebook, "order_item", item.metadata)
