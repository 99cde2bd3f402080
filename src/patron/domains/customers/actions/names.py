"""Every name of a customer: its own, and those of customers who were merged into it."""

from typing import NamedTuple

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import CUSTOMER_KEYS, MERGED_CUSTOMERS, Customer, CustomerKey, MergedCustomer
from patron.domains.customers.store import KEYS_OF, MERGED_INTO


class Names(NamedTuple):
    """The source_ids that lead to a customer, and the ids that stand for it."""

    keys: list[CustomerKey]
    merged: list[MergedCustomer]


async def histories(read: Read, customer: Customer) -> list[str]:
    """The ids under which rows about a customer stand: its own first, then those whose history has not moved yet."""
    merged = await read.all(MERGED_INTO, project_id=customer.project_id, customer_id=customer.id)
    return [customer.id, *(each.id for each in merged if each.moved_at is None)]


async def want_names(read: Read, ctx: Ctx, wants: Wants, customer_id: str) -> None:
    """Name the rows of every name, to take them away; what is named after `gather` shows in a scan after the locks.

    Whoever gives a customer a name, or takes one, does this, and of them a unit holds one.
    """
    whose = {"project_id": ctx.project_id, "customer_id": customer_id}
    for key in await read.all(KEYS_OF, **whose):
        wants.lock(CUSTOMER_KEYS, CUSTOMER_KEYS.key_of(key), to_delete=True)
    for merged in await read.all(MERGED_INTO, **whose):
        wants.lock(MERGED_CUSTOMERS, MERGED_CUSTOMERS.key_of(merged), to_delete=True)
    for statement in (KEYS_OF, MERGED_INTO):
        wants.scan(statement, scope=f"names of {customer_id}", **whose)


def names(rows: Rows, ctx: Ctx, customer_id: str) -> Names | None:
    """Every name, under lock; None where `want_names` has not named them all."""
    whose = {"project_id": ctx.project_id, "customer_id": customer_id}
    if not rows.has_scanned(KEYS_OF, **whose):
        return None
    held = Names(rows.scanned(KEYS_OF, **whose), rows.scanned(MERGED_INTO, **whose))
    all_are_known = all(rows.knows(CUSTOMER_KEYS, CUSTOMER_KEYS.key_of(key)) for key in held.keys) and all(
        rows.knows(MERGED_CUSTOMERS, MERGED_CUSTOMERS.key_of(each)) for each in held.merged
    )
    return held if all_are_known else None
