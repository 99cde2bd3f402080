"""A reaction alone: a customer has changed, and every active segment that reads the change is asked.

What a segment adds is the slope between a hundred that read the field and one; the rest of a reaction does not depend
on how many there are.
"""

import random
import time

from msgspec.structs import replace

from bench.segmented import segments_by_visits
from bench.shop import id_of, rows_of
from patron.db.actions import Ctx
from patron.db.announcer import Announcer
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS
from patron.domains.segments.actions.follow import follow
from patron.domains.segments.model import ACTIVE, SEGMENTS, SEGMENTS_OF_CUSTOMERS
from patron.kernel.clock import from_iso

REACTIONS_A_MICROSECOND = 1.0
MANY = 100

_PROJECT = "p"
_CTX = Ctx(_PROJECT, from_iso("2026-05-13T10:00Z"), b"0" * 16)


def affected(rounds: int, times: int) -> list[float]:
    """How many affected segments a reaction asks in a microsecond of processor time, round by round."""
    few, many = _unit(1), _unit(MANY)
    return [(MANY - 1) * times / 1e6 / (_seconds(many, times) - _seconds(few, times)) for _ in range(rounds)]


def _unit(reading: int) -> Rows:
    """A unit in which a customer's `metadata.visits` has changed, in a project with so many segments that read it."""
    found = {SEGMENTS.key_of(each): each for each in segments_by_visits(_PROJECT, reading)}
    rulebook = Rulebook(_PROJECT, 1, {SEGMENTS: found})
    rows = Rows(_PROJECT, rulebook, Announcer())
    held = rows_of(_PROJECT, [0], random.Random(7))
    for table in (CUSTOMERS, CUSTOMER_TOTALS):
        rows.hold(table, held[table], {table.key_of(each) for each in held[table]})
    [customer] = held[CUSTOMERS]
    rows.hold(SEGMENTS_OF_CUSTOMERS, [], {(_PROJECT, customer.id, ACTIVE)})
    rows.begin(_CTX)
    rows.put(CUSTOMERS, replace(customer, metadata='{"lang":"en","vip":false,"visits":501}'))
    return rows


def _seconds(rows: Rows, times: int) -> float:
    begin = time.process_time()
    for _ in range(times):
        follow(rows, _CTX, (_PROJECT, id_of(0)))
    return time.process_time() - begin
