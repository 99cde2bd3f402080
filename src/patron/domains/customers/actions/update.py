"""Changing a profile (spec C 2.3)."""

from collections.abc import Mapping
from functools import partial

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import found, shown, want
from patron.domains.customers.model import CUSTOMERS, Customer, CustomerUpdated
from patron.domains.customers.policy import check_schema, patched, with_consents
from patron.domains.customers.wire import Consent, CustomerPatch


class Update(msgspec.Struct, frozen=True):
    """A patch for the customer with this id or source_id."""

    reference: str
    patch: CustomerPatch


async def _gather(read: Read, ctx: Ctx, body: Update) -> Wants:
    wants = Wants()
    customer_id = await want(read, ctx, wants, body.reference)
    for event in _events(ctx, customer_id):
        wants.expect(event)
    return wants


def _events(ctx: Ctx, customer_id: str) -> list[CustomerUpdated]:
    """What may be announced of a customer."""
    return [CustomerUpdated(ctx.project_id, customer_id)]


def _apply(rows: Rows, ctx: Ctx, body: Update) -> Outcome:
    customer = found(rows, ctx, body.reference, partial(_events, ctx))
    if isinstance(customer, Need):
        return customer
    return shown(rows, apply_patch(rows, ctx, customer, body.patch))


def apply_patch(rows: Rows, ctx: Ctx, customer: Customer, patch: CustomerPatch) -> Customer:
    """The customer after the patch; stored and announced where it differs.

    Metadata is judged as it is after the merge, wherever the patch has any: Problem 400 where its schema forbids it.
    """
    after = patched(customer, patch, ctx.now)
    if isinstance(patch.metadata, Mapping):
        check_schema(rows.rulebook, after)
    if after is not customer:
        rows.put(CUSTOMERS, after)
        rows.announce(CustomerUpdated(ctx.project_id, customer.id))
    return after


def keep_consents(rows: Rows, ctx: Ctx, customer: Customer, consents: Mapping[str, Consent]) -> None:
    """Store that these are now all the consents of a customer, and announce it; they differ from those before."""
    rows.put(CUSTOMERS, with_consents(customer, consents, ctx.now))
    rows.announce(CustomerUpdated(ctx.project_id, customer.id))


UPDATE = Action("customers.update", _gather, _apply)
"""Body: `Update`. Answers 200 with the customer; Problem 404 for an unknown one."""
