"""Tracking an event from a page, which names its visitor and changes nobody (spec C 2.12).

Anybody may send any source_id with a page's key. So a customer who is there is neither changed nor shown, and one who
is not there is created only where the project lets its pages create customers.
"""

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import who
from patron.domains.customers.model import CUSTOMER_KEYS
from patron.domains.customers.wire import CustomerIn, CustomerKnown
from patron.domains.events.actions.track import happen, metadata_of, want_event
from patron.domains.events.wire.event import EventIn, PageEventIn, PageEventOut
from patron.domains.projects.model import ProjectSettings
from patron.kernel.problems import Problem, invalid_payload, not_found


async def _gather(read: Read, ctx: Ctx, body: PageEventIn) -> Wants:
    if body.customer.id:
        raise invalid_payload("customer.id: expected none from a page; what a page may name is the source_id")
    if not _source_id(body):
        raise invalid_payload("customer.source_id: expected the visitor's")
    return await want_event(read, ctx, _as_a_name(body))


def _source_id(body: PageEventIn) -> str:
    """The official client sends what it was given as its tracking id as the source_id; others may call it so."""
    return body.customer.source_id or body.customer.tracking_id or ""


def _as_a_name(body: PageEventIn, customer: CustomerIn | None = None) -> EventIn:
    """The event of a customer of whom nothing but the name is sent, or of this one."""
    return EventIn(
        event=body.event,
        customer=customer or CustomerIn(source_id=_source_id(body)),
        referral=body.referral,
        loyalty=body.loyalty,
        metadata=body.metadata,
    )


def _apply(rows: Rows, ctx: Ctx, body: PageEventIn) -> Outcome:
    source_id = _source_id(body)
    event = _as_a_name(body)
    if not _is_known(rows, ctx, source_id):
        if not ProjectSettings.of(rows.rulebook).client.create_customers:
            raise _unknown(source_id)
        event = _as_a_name(body, _new(body, source_id))
    customer = happen(rows, ctx, event)
    if isinstance(customer, Need):
        return customer
    named = CustomerKnown(id=who(rows, ctx, event.customer), source_id=source_id)
    told = PageEventOut("event", body.event, named, None, None, metadata_of(event))
    return Reply(200, msgspec.json.encode(told), subject=customer.id)


def _is_known(rows: Rows, ctx: Ctx, source_id: str) -> bool:
    key = rows.get(CUSTOMER_KEYS, (ctx.project_id, source_id))
    return key is not None and key.customer_id is not None


def _new(body: PageEventIn, source_id: str) -> CustomerIn:
    """All that the page says of somebody new."""
    given = {field: getattr(body.customer, field) for field in CustomerIn.__struct_fields__}
    return CustomerIn(**{**given, "source_id": source_id})


def _unknown(source_id: str) -> Problem:
    problem = not_found("customer", source_id)
    problem.details += ". Pages of this project may not create customers: let the shop's server create them."
    return problem


TRACK_FROM_PAGE = Action("events.track_from_page", _gather, _apply)
"""Body: `PageEventIn`. Answers 200 with the event and the customer's names. Problems as those of `TRACK`, and 400 for a
customer without a source_id, 404 for one who is not there and may not be created.
"""
