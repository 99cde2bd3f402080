"""Deleting a customer (spec C 2.5): out of every answer at once, its source_id free again."""

from functools import partial

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
)
from patron.domains.customers.policy import tombstone
from patron.domains.customers.store import BY_ID


class Delete(msgspec.Struct, frozen=True):
    """Delete the customer with this id or source_id."""

    reference: str


async def _gather(read: Read, ctx: Ctx, body: Delete) -> Wants:
    wants = Wants()
    wants.count(ctx.project_id, LIST)
    customer_id = await want(read, ctx, wants, body.reference, to_delete=True)
    before = await read.one(BY_ID, project_id=ctx.project_id, id=customer_id)
    if before is not None:
        _want_end(ctx, wants, before[0])
    return wants


def _want_end(ctx: Ctx, wants: Wants, customer: Customer) -> None:
    if customer.source_id != NO_SOURCE_ID:
        wants.lock(CUSTOMER_KEYS, (ctx.project_id, customer.source_id), to_delete=True)
    wants.expect(CustomerDeleted(ctx.project_id, customer.id, customer.source_id))


def _events(ctx: Ctx, body: Delete, customer_id: str) -> list[CustomerDeleted]:
    """What is announced of the customer who has the source_id that was asked for by now."""
    return [CustomerDeleted(ctx.project_id, customer_id, body.reference)]


def _apply(rows: Rows, ctx: Ctx, body: Delete) -> Outcome:
    customer = found(rows, ctx, body.reference, partial(_events, ctx, body))
    if isinstance(customer, Need):
        return customer
    has_key = customer.source_id != NO_SOURCE_ID
    if has_key and not rows.knows(CUSTOMER_KEYS, (ctx.project_id, customer.source_id)):
        wants = Wants()
        _want_end(ctx, wants, customer)
        return Need(wants)
    if has_key:
        key = rows.get(CUSTOMER_KEYS, (ctx.project_id, customer.source_id))
        assert key is not None
        rows.remove(CUSTOMER_KEYS, key)
    totals = rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer.id))
    assert totals is not None
    end = tombstone(customer, totals, ctx.now)
    rows.remove(CUSTOMER_TOTALS, totals)
    rows.remove(CUSTOMERS, customer)
    rows.add(DELETED_CUSTOMERS, end)
    rows.count(LIST, -1)
    rows.announce(CustomerDeleted(ctx.project_id, customer.id, end.source_id))
    return Reply(204)


DELETE = Action("customers.delete", _gather, _apply)
"""Body: `Delete`. Answers 204; Problem 404 for an unknown customer."""
