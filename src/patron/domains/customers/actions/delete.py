"""Deleting a customer (spec C 2.5): out of every answer at once, its source_id free again."""

from collections.abc import Callable
from typing import Any

import msgspec

from patron.db.actions import Action, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import found, want
from patron.domains.customers.actions.names import Names, names, want_names
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    DELETED_CUSTOMERS,
    LIST,
    NO_SOURCE_ID,
    Customer,
    CustomerDeleted,
    CustomerTotals,
)
from patron.domains.customers.policy import tombstone

Event = Callable[[str], Any]
"""What may be announced of the customer with this id, when it goes: enough to name the rows of its reactions."""


class Delete(msgspec.Struct, frozen=True):
    """Delete the customer with this id or source_id."""

    reference: str


async def _gather(read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants = Wants()
    await want_removal(read, ctx, wants, body.reference, lambda customer_id: _deleted(ctx, customer_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    removable = whole_customer(rows, ctx, body.reference)
    if isinstance(removable, More):
        return removable
    customer, its_names = removable
    end = tombstone(customer, remove(rows, ctx, customer, its_names), ctx.now)
    rows.add(DELETED_CUSTOMERS, end)
    rows.announce(_deleted(ctx, customer.id, end.source_id))
    return Reply(204, subject=customer.id)


async def want_removal(read: Read, ctx: Ctx, wants: Wants, reference: str, event: Event) -> None:
    """Name the rows of the customer with this id or source_id, which `remove` takes away, and the event of it."""
    wants.count(ctx.project_id, LIST)
    customer_id = await want(read, ctx, wants, reference, to_delete=True)
    await want_names(read, ctx, wants, customer_id)
    wants.expect(event(customer_id))


def whole_customer(rows: Rows, ctx: Ctx, reference: str) -> tuple[Customer, Names] | More:
    """The customer, under lock with all its rows and names; Problem 404.

    `More` where the name, or one of the names, is not as `gather` saw it: the write is gathered again.
    """
    customer = found(rows, ctx, reference, lambda _customer_id: ())
    if isinstance(customer, Need):
        return More()
    its_names = names(rows, ctx, customer.id)
    return More() if its_names is None else (customer, its_names)


def remove(rows: Rows, ctx: Ctx, customer: Customer, its_names: Names) -> CustomerTotals:
    """Take away a customer's profile, every source_id and the totals; the totals as they were.

    The ids that stood for it stand for nobody then.
    """
    for key in its_names.keys:
        rows.remove(CUSTOMER_KEYS, key)
    totals = rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer.id))
    assert totals is not None
    rows.remove(CUSTOMER_TOTALS, totals)
    rows.remove(CUSTOMERS, customer)
    rows.count(LIST, -1)
    return totals


def _deleted(ctx: Ctx, customer_id: str, source_id: str = NO_SOURCE_ID) -> CustomerDeleted:
    return CustomerDeleted(ctx.project_id, customer_id, source_id)


DELETE = Action("customers.delete", _gather, _apply)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown customer."""
