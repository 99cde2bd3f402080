"""Orders as they are stored."""

from typing import Literal

import msgspec

from patron.db.tables import Json, Partial, Table

PREFIX = "ord_"
LIST = "orders"
"""The name under which the total of the unfiltered list is counted."""

NEVER = 0

Status = Literal["CREATED", "PAID", "CANCELED", "FULFILLED"]


class Order(msgspec.Struct, frozen=True):
    """What somebody buys. Amounts are in minor units, times are epoch ms.

    `amount` is None while nobody has said what the order costs; `initial_amount` is None where it is the amount.
    `discount_amount` is granted on the whole order, `items_discount_amount` on its items. `total_amount` is what is
    paid, zero without an amount. `items` is a JSON array as it is told, None where none were ever sent. An order that
    was never updated has `NEVER`, since a list may be ordered by that column. `redemptions` is a JSON object by the ids
    of what was redeemed for it, None for nothing.
    """

    project_id: str
    id: str
    source_id: str | None
    status: str
    amount: int | None
    initial_amount: int | None
    discount_amount: int
    items_discount_amount: int
    total_amount: int
    items: Json | None
    metadata: Json
    customer_id: str | None
    referrer_id: str | None
    created_at: int
    updated_at: int
    redemptions: Json | None = None


class OrderKey(msgspec.Struct, frozen=True):
    """Which order has a source_id, and whose it is. An order_id that is None is being taken by the unit that made it.

    The customer stands here too, since the key goes with the order when its customer is erased.
    """

    project_id: str
    source_id: str
    order_id: str | None
    customer_id: str | None


class OrderImport(msgspec.Struct, frozen=True):
    """The async action that imports orders, or was the last one to: one at a time in a project."""

    project_id: str
    action_id: str | None


COUNTED = "status IN ('PAID', 'FULFILLED')"
"""Which orders count in their customer's summary (spec C 1.3), as SQL."""

ORDERS = Table(
    Order,
    "orders",
    rank=600,
    indexes={
        "created": ("project_id", "created_at", "id"),
        "updated": ("project_id", "updated_at", "id"),
        "customer": ("project_id", "customer_id", "id"),
    },
    partial={
        "counted": Partial(("project_id", "customer_id", "created_at", "total_amount"), COUNTED),
        "referrer": Partial(("project_id", "referrer_id", "id"), "referrer_id IS NOT NULL"),
    },
)
ORDER_KEYS = Table(
    OrderKey,
    "order_keys",
    rank=602,
    key=("project_id", "source_id"),
    indexes={"customer": ("project_id", "customer_id", "order_id")},
    references={"order_id": ORDERS},
)
ORDER_IMPORTS = Table(OrderImport, "order_imports", rank=604, key=("project_id",))
