"""Deleting a customer (spec C 2.5): out of every answer at once, its source_id free again."""

from collections.abc import Callable
from typing import Any

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import found, want
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
from patron.domains.customers.store import BY_ID

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
    customer = removable(rows, ctx, body.reference, lambda customer_id: _deleted(ctx, customer_id))
    if isinstance(customer, Need):
        return customer
    end = tombstone(customer, remove(rows, ctx, customer), ctx.now)
    rows.add(DELETED_CUSTOMERS, end)
    rows.announce(_deleted(ctx, customer.id, end.source_id))
    return Reply(204, subject=customer.id)


async def want_removal(read: Read, ctx: Ctx, wants: Wants, reference: str, event: Event) -> None:
    """Name the rows of the customer with this id or source_id, which `remove` takes away, and the event of it."""
    wants.count(ctx.project_id, LIST)
    customer_id = await want(read, ctx, wants, reference, to_delete=True)
    before = await read.one(BY_ID, project_id=ctx.project_id, id=customer_id)
    if before is not None:
        _want_end(ctx, wants, before[0], event)


def removable(rows: Rows, ctx: Ctx, reference: str, event: Event) -> Customer | Need:
    """The customer, under lock with all its rows. `Need` where it has become another one's; Problem 404."""
    customer = found(rows, ctx, reference, lambda customer_id: (event(customer_id),))
    if isinstance(customer, Need):
        return customer
    if customer.source_id != NO_SOURCE_ID and not rows.knows(CUSTOMER_KEYS, (ctx.project_id, customer.source_id)):
        wants = Wants()
        _want_end(ctx, wants, customer, event)
        return Need(wants)
    return customer


def remove(rows: Rows, ctx: Ctx, customer: Customer) -> CustomerTotals:
    """Take away a customer's profile, key and totals; the totals as they were."""
    if customer.source_id != NO_SOURCE_ID:
        key = rows.get(CUSTOMER_KEYS, (ctx.project_id, customer.source_id))
        assert key is not None
        rows.remove(CUSTOMER_KEYS, key)
    totals = rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer.id))
    assert totals is not None
    rows.remove(CUSTOMER_TOTALS, totals)
    rows.remove(CUSTOMERS, customer)
    rows.count(LIST, -1)
    return totals


def _want_end(ctx: Ctx, wants: Wants, customer: Customer, event: Event) -> None:
    if customer.source_id != NO_SOURCE_ID:
        wants.lock(CUSTOMER_KEYS, (ctx.project_id, customer.source_id), to_delete=True)
    wants.expect(event(customer.id))


def _deleted(ctx: Ctx, customer_id: str, source_id: str = NO_SOURCE_ID) -> CustomerDeleted:
    return CustomerDeleted(ctx.project_id, customer_id, source_id)


DELETE = Action("customers.delete", _gather, _apply)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown customer."""
