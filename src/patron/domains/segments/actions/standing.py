"""Gathering what segments look at in a customer: within a unit for decisions, outside of one for answers."""

from collections.abc import Collection
from typing import Any

import msgspec

from patron.db.actions import Read, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.db.tables import Key, R, Table
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, Customer, CustomerTotals
from patron.domains.events.model import EVENT_COUNTS, EventCount
from patron.domains.segments.model import SEGMENTS_OF_CUSTOMERS, STATIC, SegmentsOfCustomer, Who
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.membership import Standing, looked_at, unknown_person
from patron.domains.segments.store.standing import COUNTS_OF, OF_CUSTOMER


def want_standing(wants: Wants, rulebook: Rulebook, key: Who, segment_ids: Collection[str]) -> None:
    """Name the rows that `standing_of` reads; `key` is the customer's, its project and id."""
    _, events = looked_at(rulebook, segment_ids)
    wants.lock(CUSTOMERS, key)
    wants.lock(CUSTOMER_TOTALS, key)
    wants.lock(SEGMENTS_OF_CUSTOMERS, (*key, STATIC))
    for event in events:
        wants.lock(EVENT_COUNTS, (*key, event))


def lacking_standing(rows: Rows, key: Who, segment_ids: Collection[str]) -> Wants | None:
    """The rows that `standing_of` needs beyond those that were named; None: it has all."""
    _, events = looked_at(rows.rulebook, segment_ids)
    named: list[tuple[Any, Key]] = [(EVENT_COUNTS, (*key, event)) for event in events]
    named += [(CUSTOMERS, key), (CUSTOMER_TOTALS, key), (SEGMENTS_OF_CUSTOMERS, (*key, STATIC))]
    if all(rows.knows(table, each) for table, each in named):
        return None
    wants = Wants()
    want_standing(wants, rows.rulebook, key, segment_ids)
    return wants


def standing_of(rows: Rows, customer: Customer, segment_ids: Collection[str]) -> Standing:
    """The standing of a customer in this unit, for these segments. What is stored counts with this profile.

    Of a customer who is not stored, the profile is all that is known.
    """
    key = (customer.project_id, customer.id)
    groups, events = looked_at(rows.rulebook, segment_ids)
    totals = rows.get(CUSTOMER_TOTALS, key) if rows.knows(CUSTOMER_TOTALS, key) else None
    listed = _row(rows, SEGMENTS_OF_CUSTOMERS, (*key, STATIC))
    counts = {event: count for event in events if (count := _row(rows, EVENT_COUNTS, (*key, event))) is not None}
    facts = facts_of(customer, totals or CustomerTotals(*key), counts, groups)
    return Standing(facts, ids_of(listed))


def _row(rows: Rows, table: Table[R], key: Key) -> R | None:
    return rows.get(table, key) if rows.knows(table, key) else None


def ids_of(row: SegmentsOfCustomer | None) -> frozenset[str]:
    """The ids that a row holds; none where there is no row."""
    return frozenset() if row is None else frozenset(msgspec.json.decode(row.segments, type=list[str]))


async def standing_now(read: Read, customer: Customer, totals: CustomerTotals | None, ids: Collection[str]) -> Standing:
    """The standing of a customer as it is now, for an answer; of one who is not stored there are no totals."""
    groups, events = looked_at(read.rulebook, ids)
    if totals is None:
        nothing = CustomerTotals(customer.project_id, customer.id)
        return Standing(facts_of(customer, nothing, {}, groups), frozenset())
    whose = {"project_id": customer.project_id, "customer_id": customer.id}
    listed = await read.one(OF_CUSTOMER, **whose, kind=STATIC)
    names = msgspec.json.encode(sorted(events)).decode()
    rows: list[EventCount] = await read.all(COUNTS_OF, **whose, types=names) if events else []
    return Standing(facts_of(customer, totals, {row.type: row for row in rows}, groups), ids_of(listed))


def standing_of_nobody(rulebook: Rulebook) -> Standing:
    """The standing of somebody unknown: of dynamic segments, some may be for everybody of whom nothing is known."""
    groups, _ = looked_at(rulebook, [each.id for each in Segments.of(rulebook).all()])
    return Standing(unknown_person(rulebook.project_id, groups, {}), frozenset())
