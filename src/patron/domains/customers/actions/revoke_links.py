"""Revoking the links to a customer's page: none that was made until now opens it any more."""

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.find import found, want
from patron.domains.customers.model import CUSTOMERS


class RevokeLinks(msgspec.Struct, frozen=True):
    """Revoke the links of the customer with this id or source_id."""

    reference: str


async def _gather(read: Read, ctx: Ctx, body: RevokeLinks) -> Wants:
    wants = Wants()
    await want(read, ctx, wants, body.reference)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: RevokeLinks) -> Outcome:
    customer = found(rows, ctx, body.reference, lambda _customer_id: ())
    if isinstance(customer, Need):
        return customer
    # A link is told by the revocation before it, so each revocation has a time of its own, whatever the clocks say.
    revoked_at = max(ctx.now, (customer.links_revoked_at or 0) + 1)
    rows.put(CUSTOMERS, msgspec.structs.replace(customer, links_revoked_at=revoked_at))
    return Reply(204, subject=customer.id)


REVOKE_LINKS = Action("customers.revoke_links", _gather, _apply)
"""Body: `RevokeLinks`. Answers 204; Problem 404 for an unknown customer."""
