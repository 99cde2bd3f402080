"""Gathering what segments look at in a customer: within a unit for decisions, outside of one for answers."""

from collections.abc import Collection
from typing import Any

import msgspec

from patron.db.actions import Read, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.db.tables import Key, R, Table
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, Customer, CustomerTotals
from patron.domains.segments.actions.history import history_now, history_of, knows_history, want_history
from patron.domains.segments.model import SEGMENTS_OF_CUSTOMERS, STATIC, SegmentsOfCustomer, Who
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.history import NO_HISTORY
from patron.domains.segments.policy.membership import Standing, looked_at, unknown_person
from patron.domains.segments.store.standing import OF_CUSTOMER


def want_standing(wants: Wants, rulebook: Rulebook, key: Who, segment_ids: Collection[str]) -> None:
    """Name the rows that `standing_of` reads; `key` is the customer's, its project and id."""
    _, reads = looked_at(rulebook, segment_ids)
    wants.lock(CUSTOMERS, key)
    wants.lock(CUSTOMER_TOTALS, key)
    wants.lock(SEGMENTS_OF_CUSTOMERS, (*key, STATIC))
    want_history(wants, key, reads)


def lacking_standing(rows: Rows, key: Who, segment_ids: Collection[str]) -> Wants | None:
    """The rows that `standing_of` needs beyond those that were named; None: it has all."""
    _, reads = looked_at(rows.rulebook, segment_ids)
    named: list[tuple[Any, Key]] = [(CUSTOMERS, key), (CUSTOMER_TOTALS, key), (SEGMENTS_OF_CUSTOMERS, (*key, STATIC))]
    if all(rows.knows(table, each) for table, each in named) and knows_history(rows, key, reads):
        return None
    wants = Wants()
    want_standing(wants, rows.rulebook, key, segment_ids)
    return wants


def standing_of(rows: Rows, customer: Customer, segment_ids: Collection[str]) -> Standing:
    """The standing of a customer in this unit, for these segments. What is stored counts with this profile.

    Of a customer who is not stored, the profile is all that is known.
    """
    key = (customer.project_id, customer.id)
    groups, reads = looked_at(rows.rulebook, segment_ids)
    totals = rows.get(CUSTOMER_TOTALS, key) if rows.knows(CUSTOMER_TOTALS, key) else None
    listed = _row(rows, SEGMENTS_OF_CUSTOMERS, (*key, STATIC))
    facts = facts_of(customer, totals or CustomerTotals(*key), history_of(rows, key, reads), groups)
    return Standing(facts, ids_of(listed))


def _row(rows: Rows, table: Table[R], key: Key) -> R | None:
    return rows.get(table, key) if rows.knows(table, key) else None


def ids_of(row: SegmentsOfCustomer | None) -> frozenset[str]:
    """The ids that a row holds; none where there is no row."""
    return frozenset() if row is None else frozenset(msgspec.json.decode(row.segments, type=list[str]))


async def standing_now(read: Read, customer: Customer, totals: CustomerTotals | None, ids: Collection[str]) -> Standing:
    """The standing of a customer as it is now, for an answer; of one who is not stored there are no totals."""
    groups, reads = looked_at(read.rulebook, ids)
    if totals is None:
        nothing = CustomerTotals(customer.project_id, customer.id)
        return Standing(facts_of(customer, nothing, NO_HISTORY, groups), frozenset())
    whose = {"project_id": customer.project_id, "customer_id": customer.id}
    listed = await read.one(OF_CUSTOMER, **whose, kind=STATIC)
    history = await history_now(read, (customer.project_id, customer.id), reads)
    return Standing(facts_of(customer, totals, history, groups), ids_of(listed))


def standing_of_nobody(rulebook: Rulebook) -> Standing:
    """The standing of somebody unknown: of dynamic segments, some may be for everybody of whom nothing is known."""
    groups, _ = looked_at(rulebook, [each.id for each in Segments.of(rulebook).all()])
    return Standing(unknown_person(rulebook.project_id, groups), frozenset())
