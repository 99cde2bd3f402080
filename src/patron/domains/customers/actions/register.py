"""What a page may do for its visitor: make a customer of somebody new (spec C 2.12)."""

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers.actions.upsert import missing, upsert, want_upsert
from patron.domains.customers.model import CUSTOMER_KEYS, CUSTOMER_TOTALS
from patron.domains.customers.wire import CustomerIn, CustomerKnown, CustomerOut
from patron.kernel.problems import invalid_payload


async def _gather(read: Read, ctx: Ctx, body: CustomerIn) -> Wants:
    if body.id:
        raise invalid_payload("id: expected none from a page; what a page may name is the source_id")
    wants = Wants()
    await want_upsert(read, ctx, wants, body)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: CustomerIn) -> Outcome:
    """Anybody may send any source_id, so a customer who is there already is neither changed nor shown.

    Nor does a page get a link to the new customer's own page: whoever registers somebody else's source_id first
    would hold it when the customer comes.
    """
    if body.source_id:
        key = rows.get(CUSTOMER_KEYS, (ctx.project_id, body.source_id))
        if key is not None and key.customer_id is not None:
            known = CustomerKnown(id=key.customer_id, source_id=body.source_id)
            return Reply(200, msgspec.json.encode(known), subject=key.customer_id)
    lacking = missing(rows, ctx, body)
    if lacking is not None:
        return Need(lacking)
    customer = upsert(rows, ctx, body)
    totals = rows.get(CUSTOMER_TOTALS, (ctx.project_id, customer.id))
    assert totals is not None
    shown = msgspec.structs.replace(CustomerOut.of(customer, totals), assets=UNSET)
    return Reply(200, msgspec.json.encode(shown), subject=customer.id)


REGISTER = Action("customers.register", _gather, _apply)
"""Body: `CustomerIn` without an id. Answers 200 with the new customer, with `CustomerKnown` for one that is there."""
