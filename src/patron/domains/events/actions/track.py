"""Tracking an event: who it happened to, what it was, and how often it has happened (spec C 5.2).

All of it in one unit: the customer, the event, its counter and its entry in the feed.
"""

from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.customers import SimpleCustomer, missing, upsert, want_upsert, who
from patron.domains.customers.model import Customer
from patron.domains.events.actions.record import record
from patron.domains.events.model import (
    ACTION,
    EVENT_COUNTS,
    EVENT_PREFIX,
    EVENTS,
    CustomEventTracked,
    Event,
    EventCount,
)
from patron.domains.events.policy import Defined, definitions_of, undefined
from patron.domains.events.wire.event import CustomEventData, DefinitionName, EventIn, EventOut, StoredEvent
from patron.kernel.problems import not_found

_encode = msgspec.json.encode


async def want_event(read: Read, ctx: Ctx, body: EventIn) -> Wants:
    """Name the rows of an event and of its customer."""
    wants = Wants()
    customer_id = await want_upsert(read, ctx, wants, body.customer)
    _want_count(ctx, wants, customer_id, body.event)
    return wants


def _want_count(ctx: Ctx, wants: Wants, customer_id: str, name: str) -> None:
    wants.find_or_make(EVENT_COUNTS, EventCount(ctx.project_id, customer_id, name, 0, 0))
    wants.expect(CustomEventTracked(ctx.project_id, ctx.id(EVENT_PREFIX), customer_id, name))


def _apply(rows: Rows, ctx: Ctx, body: EventIn) -> Outcome:
    customer = happen(rows, ctx, body)
    if isinstance(customer, Need):
        return customer
    told = EventOut("event", body.event, SimpleCustomer.of(customer), None, None, metadata_of(body))
    return Reply(200, _encode(told), subject=customer.id)


def happen(rows: Rows, ctx: Ctx, body: EventIn) -> Customer | Need:
    """All that an event brings about; its customer as it is after it. Problems as those of `TRACK`."""
    definition = rows.rulebook.derived(definitions_of).get(body.event)
    if definition is None:
        raise undefined(body.event)
    metadata = metadata_of(body)
    definition.check(metadata)
    _check_codes(body)
    lacking = _missing(rows, ctx, body)
    if lacking is not None:
        return Need(lacking)
    customer = upsert(rows, ctx, body.customer)
    event = _happened(rows, ctx, customer, body.event, metadata)
    _tell(rows, ctx, customer, event, definition)
    return customer


def metadata_of(body: EventIn) -> dict[str, Any]:
    """The event's metadata, none for null."""
    return body.metadata if isinstance(body.metadata, dict) else {}


def _check_codes(body: EventIn) -> None:
    """A code that no card or referral has is refused: who sends one counts on what it brings about."""
    for part in (body.referral, body.loyalty):
        if part is not None and part is not UNSET:
            raise not_found("voucher", part.code)


def _missing(rows: Rows, ctx: Ctx, body: EventIn) -> Wants | None:
    """What the event needs beyond what was named, since its customer is another one than `gather` saw."""
    wants = missing(rows, ctx, body.customer)
    customer_id = who(rows, ctx, body.customer)
    if not rows.knows(EVENT_COUNTS, (ctx.project_id, customer_id, body.event)):
        wants = wants or Wants()
        _want_count(ctx, wants, customer_id, body.event)
    return wants


def _happened(rows: Rows, ctx: Ctx, customer: Customer, name: str, metadata: dict[str, Any]) -> Event:
    """The event, stored and counted."""
    event = Event(
        project_id=ctx.project_id,
        customer_id=customer.id,
        id=ctx.id(EVENT_PREFIX),
        type=name,
        metadata=_encode(metadata).decode(),
        created_at=ctx.now,
    )
    rows.add(EVENTS, event)
    count = rows.get(EVENT_COUNTS, (ctx.project_id, customer.id, name))
    assert count is not None
    last_at = max(count.last_at, ctx.now)  # a unit's members may be in another order than their times
    rows.put(EVENT_COUNTS, msgspec.structs.replace(count, n=count.n + 1, last_at=last_at))
    return event


def _tell(rows: Rows, ctx: Ctx, customer: Customer, event: Event, definition: Defined) -> None:
    data = CustomEventData(
        event=StoredEvent.of(event),
        event_schema=DefinitionName(definition.id, definition.name),
        customer=SimpleCustomer.of(customer),
        referral=None,
        loyalty=None,
    )
    record(rows, ctx, customer.id, "customer.custom_event", ACTION, _encode(data))
    rows.announce(CustomEventTracked(ctx.project_id, event.id, customer.id, event.type))


TRACK = Action("events.track", want_event, _apply)
"""Body: `EventIn`. Answers 200 with the event. Problem 404 for an event that is not defined, a customer's `id` or a
code that is unknown; 400 for metadata that the definition does not allow.
"""
