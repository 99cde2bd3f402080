"""Gathering what filters look at of what a customer has done: within a unit, and outside of one for answers.

What the feed has is read after the locks, as it is committed; what the unit's members add stands among its rows.
"""

from typing import Any

import msgspec

from patron.db.actions import Read, Wants
from patron.db.rows import Rows
from patron.domains.customers.model import MERGED_CUSTOMERS
from patron.domains.events.model import ACTIVITY, EVENT_COUNTS, PUBLICATIONS, SUCCESS, EventCount
from patron.domains.segments.model import Who
from patron.domains.segments.policy.history import NO_HISTORY, Given, History, Reads
from patron.domains.segments.store.history import COUNTS_IN_FEED, COUNTS_OF, GIVEN_TO

_decode = msgspec.json.Decoder(list[str]).decode


def want_history(wants: Wants, key: Who, reads: Reads) -> None:
    """Name what `history_of` reads; `key` is the customer's, its project and id."""
    for event in reads.events:
        wants.lock(EVENT_COUNTS, (*key, event))
    if reads.entries:
        wants.scan(COUNTS_IN_FEED, scope=None, **_in_feed(key, reads))
    if reads.publications:
        wants.scan(GIVEN_TO, scope=None, **_whose(key))


def _whose(key: Who) -> dict[str, Any]:
    return {"project_id": key[0], "customer_id": key[1]}


def _in_feed(key: Who, reads: Reads) -> dict[str, Any]:
    return {**_whose(key), "types": _names(reads.entries)}


def _names(names: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()


def knows_history(rows: Rows, key: Who, reads: Reads) -> bool:
    """Whether all that was named, for whoever has become one with this customer in this unit too."""
    ids = _ids(rows, key) if reads else []
    return (
        all(rows.knows(EVENT_COUNTS, (*key, event)) for event in reads.events)
        and all(rows.has_scanned(COUNTS_IN_FEED, **_in_feed(each, reads)) for each in ids if reads.entries)
        and all(rows.has_scanned(GIVEN_TO, **_whose(each)) for each in ids if reads.publications)
    )


def history_of(rows: Rows, key: Who, reads: Reads, *, before: bool = False) -> History:
    """What a customer has done as it stands in this unit; `before`: when this member's turn began.

    Somebody who was not there before has done nothing but what the unit's rows say.
    """
    if not reads:
        return NO_HISTORY
    keys = ((event, (*key, event)) for event in reads.events)
    held = {event: each for event, each in keys if rows.knows(EVENT_COUNTS, each)}
    get = rows.before if before else rows.get
    counts = {event: row for event, each in held.items() if (row := get(EVENT_COUNTS, each)) is not None}
    for each in _entries(rows, key, reads, before=before):
        known = counts.get(each.type)
        n, last_at = (0, each.last_at) if known is None else (known.n, known.last_at)
        counts[each.type] = EventCount(*key, each.type, n + each.n, max(last_at, each.last_at))
    return History(counts, _given(rows, key, before=before) if reads.publications else ())


def _given(rows: Rows, key: Who, *, before: bool) -> list[Given]:
    ids = _ids(rows, key, before=before)
    asked = [each for each in map(_whose, ids) if rows.has_scanned(GIVEN_TO, **each)]
    stored = [row for each in asked for row in rows.scanned(GIVEN_TO, **each)]
    added = [
        (each.created_at, each.voucher_ids)
        for each in rows.added(PUBLICATIONS, before=before)
        if (key[0], each.customer_id) in ids and each.result == SUCCESS
    ]
    return _each_voucher([*stored, *added])


def _each_voucher(publications: list[tuple[int, str]]) -> list[Given]:
    return [Given(at, voucher_id) for at, ids in publications for voucher_id in _decode(ids)]


def _entries(rows: Rows, key: Who, reads: Reads, *, before: bool) -> list[EventCount]:
    """What is to be added up: what the feed has of each type, and each entry that the unit adds."""
    if not reads.entries:
        return []
    ids = _ids(rows, key, before=before)
    asked = [_in_feed(each, reads) for each in ids]
    found = [rows.scanned(COUNTS_IN_FEED, **each) for each in asked if rows.has_scanned(COUNTS_IN_FEED, **each)]
    stored = [row for each in found for row in each if row.n]
    added = [
        EventCount(*key, entry.type, 1, entry.created_at)
        for entry in rows.added(ACTIVITY, before=before)
        if (key[0], entry.customer_id) in ids and entry.type in reads.entries
    ]
    return stored + added


def _ids(rows: Rows, key: Who, *, before: bool = False) -> list[Who]:
    """The customer, and who has become one with it in this unit: their feeds are not one in the database yet."""
    merged = rows.added(MERGED_CUSTOMERS, before=before)
    return [key, *((key[0], each.id) for each in merged if each.into_id == key[1])]


async def history_now(read: Read, key: Who, reads: Reads) -> History:
    """What a customer has done as it is now, for an answer."""
    counts: list[EventCount] = []
    if reads.events:
        counts += await read.all(COUNTS_OF, **_whose(key), types=_names(reads.events))
    if reads.entries:
        counts += await read.scan(COUNTS_IN_FEED, **_in_feed(key, reads))
    given = await read.scan(GIVEN_TO, **_whose(key)) if reads.publications else []
    return History({row.type: row for row in counts if row.n}, _each_voucher(given))
