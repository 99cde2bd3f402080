"""Dropping one key of a customer's metadata, which a patch can only set to null (spec C 2.3)."""

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import found, shown, want
from patron.domains.customers.model import CUSTOMERS, CustomerUpdated
from patron.domains.customers.policy import check_schema, without_key
from patron.kernel.problems import not_found


class DropMetadataKey(msgspec.Struct, frozen=True):
    """Drop this key from the metadata of the customer with this id or source_id."""

    reference: str
    key: str


async def _gather(read: Read, ctx: Ctx, body: DropMetadataKey) -> Wants:
    wants = Wants()
    customer_id = await want(read, ctx, wants, body.reference)
    wants.expect(CustomerUpdated(ctx.project_id, customer_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: DropMetadataKey) -> Outcome:
    customer = found(rows, ctx, body.reference, lambda customer_id: (CustomerUpdated(ctx.project_id, customer_id),))
    if isinstance(customer, Need):
        return customer
    after = without_key(customer, body.key, ctx.now)
    if after is None:
        raise not_found("metadata_key", body.key)
    check_schema(rows.rulebook, after)
    rows.put(CUSTOMERS, after)
    rows.announce(CustomerUpdated(ctx.project_id, customer.id))
    return shown(rows, after)


DROP_METADATA_KEY = Action("customers.drop_metadata_key", _gather, _apply)
"""Body: `DropMetadataKey`. Answers 200 with the customer; Problem 404 for an unknown customer or key, 400
where the metadata's schema requires it.
"""
