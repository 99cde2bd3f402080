"""Changing a customer's source_id; the old one is free from then on."""

from functools import partial

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.delete import whole_customer
from patron.domains.customers.actions.find import shown, want
from patron.domains.customers.actions.names import want_names
from patron.domains.customers.model import CUSTOMER_KEYS, CUSTOMERS, NO_SOURCE_ID, CustomerKey, CustomerUpdated
from patron.kernel.problems import duplicate_found


class ChangeSourceId(msgspec.Struct, frozen=True):
    """Call the customer with this id or source_id by another source_id."""

    reference: str
    source_id: str


async def _gather(read: Read, ctx: Ctx, body: ChangeSourceId) -> Wants:
    wants = Wants()
    customer_id = await want(read, ctx, wants, body.reference)
    await want_names(read, ctx, wants, customer_id)
    wants.make(CUSTOMER_KEYS, CustomerKey(ctx.project_id, body.source_id, None))
    wants.expect(CustomerUpdated(ctx.project_id, customer_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: ChangeSourceId) -> Outcome:
    whole = whole_customer(rows, ctx, body.reference)
    if isinstance(whole, More):
        return whole
    customer, _names = whole
    if customer.source_id == body.source_id:
        return shown(rows, customer)
    key_of = partial(CustomerKey, ctx.project_id, customer_id=customer.id)
    new = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
    if new is None:
        return More()
    if new.customer_id not in (None, customer.id):
        raise duplicate_found("customer", "source_id", body.source_id)
    if customer.source_id != NO_SOURCE_ID:
        rows.remove(CUSTOMER_KEYS, key_of(source_id=customer.source_id))
    rows.put(CUSTOMER_KEYS, key_of(source_id=body.source_id))
    after = replace(customer, source_id=body.source_id, updated_at=ctx.now)
    rows.put(CUSTOMERS, after)
    rows.announce(CustomerUpdated(ctx.project_id, customer.id))
    return shown(rows, after)


CHANGE_SOURCE_ID = Action("customers.change_source_id", _gather, _apply)
"""Body: `ChangeSourceId`. Answers 200 with the customer; Problem 404 for an unknown one, 409 for a source_id that leads
to another. One that leads to this customer already, since it was a merged one's, becomes its own.
"""
