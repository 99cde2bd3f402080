"""Whose a redemption is, and refusing who says that it is another's (spec I 4.8)."""

from collections.abc import Mapping

from patron.db.actions import Ctx, Need, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers import current, now_of, want_id, want_rows
from patron.domains.customers.model import CUSTOMER_KEYS
from patron.domains.orders.model import Order
from patron.domains.redemptions.model import NOBODY, Redemption
from patron.kernel.incentive_problems import invalid_customer, invalid_order


async def want_owner(
    read: Read, ctx: Ctx, wants: Wants, customer_id: str, said: Mapping[str, str], tracking_id: str | None
) -> None:
    """Name the rows of whose a redemption is now, and what tells who was said to be it."""
    if customer_id != NOBODY:
        want_rows(ctx, wants, await want_id(read, ctx, wants, customer_id) or customer_id)
    if "id" in said:
        await want_id(read, ctx, wants, said["id"])
    for source_id in (said.get("source_id"), tracking_id):
        if source_id:
            wants.lock(CUSTOMER_KEYS, (ctx.project_id, source_id))


def owner(rows: Rows, ctx: Ctx, customer_id: str) -> str | Need:
    """The id of whose a redemption is now, under lock: of whoever that customer was merged into."""
    if customer_id == NOBODY:
        return NOBODY
    found = current(rows, ctx, customer_id, lambda _: ())
    if isinstance(found, Wants):
        return Need(found)
    return now_of(rows, ctx, customer_id)


def check_whose(
    rows: Rows, ctx: Ctx, row: Redemption, owner_id: str, said: Mapping[str, str], tracking_id: str | None
) -> None:
    """Refuse who was said to be the customer and is not. Problem 400."""
    by_id = said.get("id")
    wrong = by_id is not None and now_of(rows, ctx, by_id) != owner_id
    if by_id is None and (source_id := said.get("source_id")):
        wrong = not _is_of(rows, ctx, owner_id, source_id)
    if tracking_id and tracking_id != row.tracking_id:
        wrong = wrong or not _is_of(rows, ctx, owner_id, tracking_id)
    if wrong:
        raise invalid_customer("Customer is not related with redemption.")


def _is_of(rows: Rows, ctx: Ctx, owner_id: str, source_id: str) -> bool:
    """Whether a source_id leads to this customer."""
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, source_id))
    return key is not None and key.customer_id == owner_id


def check_order(row: Redemption, order: Order | None, said: Mapping[str, str]) -> None:
    """Refuse an order that was said to be the redemption's and is not; of two names the id decides. Problem 400."""
    name, its = ("id", row.order_id) if "id" in said else ("source_id", None if order is None else order.source_id)
    if name in said and said[name] != its:
        raise invalid_order("Order is not related with redemption.")
