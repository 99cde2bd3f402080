"""What customers and their consents announce, as entries of the customers' feeds."""

import msgspec

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.consents import named
from patron.domains.consents.model import ConsentsGiven, ConsentsRevoked
from patron.domains.customers import SimpleCustomer, whole
from patron.domains.customers.model import (
    CUSTOMER_TOTALS,
    CUSTOMERS,
    DELETED_CUSTOMERS,
    NO_SOURCE_ID,
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomerTotals,
    CustomerUpdated,
)
from patron.domains.events.actions.record import record
from patron.domains.events.model import ACTION, CONSENTS_GIVEN, CONSENTS_REVOKED, Recorded
from patron.queue.announcements import Reaction

_decode = msgspec.json.decode


def _want_nothing(_event: object, _wants: Wants, _rulebook: Rulebook) -> None:
    """The rows that tell of the customer are those that the cause has changed."""


def _created(rows: Rows, ctx: Ctx, event: CustomerCreated) -> None:
    _record(rows, ctx, "customer.created", *_as_they_are(rows, event))


def _updated(rows: Rows, ctx: Ctx, event: CustomerUpdated) -> None:
    _record(rows, ctx, "customer.updated", *_as_they_are(rows, event))


def _as_they_are(rows: Rows, event: CustomerCreated | CustomerUpdated) -> tuple[Customer, CustomerTotals]:
    customer = rows.get(CUSTOMERS, (event.project_id, event.id))
    totals = rows.get(CUSTOMER_TOTALS, (event.project_id, event.id))
    assert customer is not None
    assert totals is not None
    return customer, totals


def _deleted(rows: Rows, ctx: Ctx, event: CustomerDeleted) -> None:
    """Told with the rewritten source_id (spec C 2.5)."""
    gone = rows.get(DELETED_CUSTOMERS, (event.project_id, event.id))
    assert gone is not None
    profile = _decode(gone.profile, type=Customer)
    customer = msgspec.structs.replace(profile, source_id=event.source_id or NO_SOURCE_ID)
    _record(rows, ctx, "customer.deleted", customer, _decode(gone.totals, type=CustomerTotals))


def _record(rows: Rows, ctx: Ctx, kind: Recorded, customer: Customer, totals: CustomerTotals) -> None:
    record(rows, ctx, customer.id, kind, ACTION, b'{"customer":%b}' % whole(customer, totals))


def _given(rows: Rows, ctx: Ctx, event: ConsentsGiven) -> None:
    _record_consents(rows, ctx, CONSENTS_GIVEN, event)


def _revoked(rows: Rows, ctx: Ctx, event: ConsentsRevoked) -> None:
    _record_consents(rows, ctx, CONSENTS_REVOKED, event)


def _record_consents(rows: Rows, ctx: Ctx, kind: Recorded, event: ConsentsGiven | ConsentsRevoked) -> None:
    """Told with the customer in short and the consents by name (spec C 2.11)."""
    customer = rows.get(CUSTOMERS, (event.project_id, event.customer_id))
    assert customer is not None
    consents = [named(rows.rulebook, consent_id) for consent_id in event.consents]
    data = msgspec.json.encode({"customer": SimpleCustomer.of(customer), "consents": consents})
    record(rows, ctx, customer.id, kind, ACTION, data)


REACTIONS = (
    Reaction(CustomerCreated, _want_nothing, _created),
    Reaction(CustomerUpdated, _want_nothing, _updated),
    Reaction(CustomerDeleted, _want_nothing, _deleted),
    Reaction(ConsentsGiven, _want_nothing, _given),
    Reaction(ConsentsRevoked, _want_nothing, _revoked),
)
"""What must be in the feed when its cause commits."""
