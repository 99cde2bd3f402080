"""Following what happens to customers: in the unit of each change, active segments are true of it (spec C 3.2, 3.6)."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from patron.db.actions import Ctx, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, Customer, CustomerTotals
from patron.domains.events.model import EntryRecorded
from patron.domains.segments.actions.history import history_of, knows_history, want_history
from patron.domains.segments.actions.move import ENTERED, LEFT, Moves, leave, members_lacking, move
from patron.domains.segments.actions.standing import ids_of
from patron.domains.segments.model import (
    ACTIVE,
    NEVER_COMPARED,
    SEGMENT_MEMBERS,
    SEGMENTS_OF_CUSTOMERS,
    STATIC,
    Who,
)
from patron.domains.segments.policy.compiled import Active, Segments, changed_paths
from patron.domains.segments.policy.facts import facts_of
from patron.engine.conditions.fields import Facts

KINDS = (ACTIVE, STATIC)


def want_follow(wants: Wants, rulebook: Rulebook, key: Who) -> None:
    """Name the rows by which active segments judge the customer with this key: its project and id."""
    active = Segments.of(rulebook).active()
    if not active:
        return
    wants.lock(CUSTOMERS, key)
    wants.lock(CUSTOMER_TOTALS, key)
    wants.lock(SEGMENTS_OF_CUSTOMERS, (*key, ACTIVE))
    want_history(wants, key, active.history)


def want_recorded(wants: Wants, rulebook: Rulebook, entry: EntryRecorded) -> None:
    """Name the same rows, where an active segment looks at entries of this type."""
    if entry.type in Segments.of(rulebook).active().history.followed:
        want_follow(wants, rulebook, (entry.project_id, entry.customer_id))


def follow_recorded(rows: Rows, ctx: Ctx, entry: EntryRecorded) -> None:
    """A customer's feed has got an entry: ask the segments that look at such."""
    if entry.type in Segments.of(rows.rulebook).active().history.followed:
        follow_at_end(rows, ctx, (entry.project_id, entry.customer_id))


def follow_at_end(rows: Rows, ctx: Ctx, key: Who) -> None:
    """A customer has changed, and may change further in this turn: follow it when that is over, once."""
    if Segments.of(rows.rulebook).active():
        rows.at_end[follow, key] = partial(follow, rows, ctx, key)


def follow_new(rows: Rows, ctx: Ctx, key: Who) -> None:
    """A customer is there who was not: its rows are this unit's own."""
    active = Segments.of(rows.rulebook).active()
    if active:
        _follow(rows, ctx, key, active, everything=True)


def follow(rows: Rows, ctx: Ctx, key: Who, *, everything: bool = False) -> None:
    """A customer, or what it has done, has changed: ask the segments that look at what did, or `everything`."""
    active = Segments.of(rows.rulebook).active()
    if not active:
        return
    if not _is_new(rows, key) and not _knows(rows, active, key):
        wants = Wants()
        want_follow(wants, rows.rulebook, key)
        rows.need(wants)
        return
    _follow(rows, ctx, key, active, everything=everything)


def _is_new(rows: Rows, key: Who) -> bool:
    """Whether the customer has come into being in this turn: whatever there is of it, the unit has made."""
    return rows.knows(CUSTOMERS, key) and rows.get(CUSTOMERS, key) is not None and rows.before(CUSTOMERS, key) is None


def _knows(rows: Rows, active: Active, key: Who) -> bool:
    return (
        rows.knows(CUSTOMERS, key)
        and rows.knows(CUSTOMER_TOTALS, key)
        and rows.knows(SEGMENTS_OF_CUSTOMERS, (*key, ACTIVE))
        and knows_history(rows, key, active.history)
    )


def _follow(rows: Rows, ctx: Ctx, key: Who, active: Active, *, everything: bool) -> None:
    customer = rows.get(CUSTOMERS, key)
    totals = rows.get(CUSTOMER_TOTALS, key)
    if customer is None or totals is None:
        return  # a later part of the same write has taken the customer away
    after = facts_of(customer, totals, history_of(rows, key, active.history), active.groups)
    before = _before(rows, active, key)
    affected = _affected(active, before, after, everything=everything)
    if not affected:
        return
    moves = _moves(active, affected, _Turn(_inside(rows, key), before, after, ctx.now))
    if moves:
        move(rows, ctx, customer, ACTIVE, moves)


def _affected(active: Active, before: Facts | None, after: Facts, *, everything: bool) -> Collection[str]:
    if everything or before is None:
        return active.segments.keys()
    return active.reading(changed_paths(before, after))


@dataclass(frozen=True, slots=True)
class _Turn:
    """One customer in a member's turn: what it was in, and what was and is known of it; None where it was not there."""

    inside: frozenset[str]
    before: Facts | None
    after: Facts
    now: int


def _moves(active: Active, affected: Collection[str], turn: _Turn) -> Moves:
    """What becomes of the customer in these segments; mostly nothing, so the look at each must cost little.

    Until everybody was looked at once, it is not all written down who is in: who was in before this change is now
    written down without a word.
    """
    moves = Moves()
    after, inside, now = turn.after, turn.inside, turn.now
    for segment_id in sorted(affected):
        segment, sieve = active.segments[segment_id]
        passes = sieve.matcher.at(now)(after)
        if passes == (segment_id in inside):
            continue
        (moves.entered if passes else moves.left).append(segment)
        was_in = segment.compared_by == NEVER_COMPARED and turn.before is not None and passes
        if not (was_in and sieve.passes(turn.before or {}, now)):
            moves.told.append((ENTERED if passes else LEFT, segment))
    return moves


def _inside(rows: Rows, key: Who) -> frozenset[str]:
    mine = (*key, ACTIVE)
    return ids_of(rows.get(SEGMENTS_OF_CUSTOMERS, mine)) if rows.knows(SEGMENTS_OF_CUSTOMERS, mine) else frozenset()


def _before(rows: Rows, active: Active, key: Who) -> Facts | None:
    """What was known of the customer when this member's turn began; None where it was not there."""
    customer: Customer | None = rows.before(CUSTOMERS, key)
    totals: CustomerTotals | None = rows.before(CUSTOMER_TOTALS, key)
    if customer is None or totals is None:
        return None
    return facts_of(customer, totals, history_of(rows, key, active.history, before=True), active.groups)


# Customers who go, and who become one with another


def want_gone(wants: Wants, rulebook: Rulebook, key: Who) -> None:
    """Name the rows that say in which segments a customer is who goes."""
    if Segments.of(rulebook).all():
        for kind in KINDS:
            wants.lock(SEGMENTS_OF_CUSTOMERS, (*key, kind), to_delete=True)


def go(rows: Rows, key: Who) -> None:
    """A customer is deleted: it is in no segment any more. That it left them all, nobody need be told."""
    if not Segments.of(rows.rulebook).all():
        return
    mine = [(*key, kind) for kind in KINDS]
    if not all(rows.may_remove(SEGMENTS_OF_CUSTOMERS, each) for each in mine):
        wants = Wants()
        want_gone(wants, rows.rulebook, key)
        rows.need(wants)
        return
    found = [row for each in mine if (row := rows.get(SEGMENTS_OF_CUSTOMERS, each)) is not None]
    inside = [segment_id for row in found for segment_id in ids_of(row)]
    lacking = members_lacking(rows, key, inside)
    if lacking is not None:
        rows.need(lacking)
        return
    for segment_id in inside:
        leave(rows, key, segment_id)
    for row in found:
        rows.remove(SEGMENTS_OF_CUSTOMERS, row)


def want_merged(wants: Wants, rulebook: Rulebook, key: Who, source: str) -> None:
    """Name what says in which segments a customer is with whom another has become one, the `source`."""
    if Segments.of(rulebook).all():
        want_follow(wants, rulebook, key)
        want_history(wants, (key[0], source), Segments.of(rulebook).active().history)
        for kind in KINDS:
            wants.lock(SEGMENTS_OF_CUSTOMERS, (*key, kind))


def follow_merged(rows: Rows, ctx: Ctx, key: Who) -> None:
    """Two customers have become one, who is in what either was in, as far as filters let it: ask all of them."""
    if not Segments.of(rows.rulebook).all():
        return
    follow(rows, ctx, key, everything=True)
    _keep_dates(rows, key)


def _keep_dates(rows: Rows, key: Who) -> None:
    """Lists of members go by when a customer was created; of two who become one, that is when the older was."""
    customer = rows.get(CUSTOMERS, key)
    assert customer is not None
    for each in _members(rows, key):
        member = rows.get(SEGMENT_MEMBERS, each)
        if member is not None and member.created_at != customer.created_at:
            rows.put(SEGMENT_MEMBERS, replace(member, created_at=customer.created_at))


def _members(rows: Rows, key: Who) -> list[tuple[str, str, str]]:
    """The keys of a customer's rows in all segments; none while rows lack, which are then named."""
    mine = [(*key, kind) for kind in KINDS]
    wants = Wants()
    for each in mine:
        if not rows.knows(SEGMENTS_OF_CUSTOMERS, each):
            wants.lock(SEGMENTS_OF_CUSTOMERS, each)
    known = [rows.get(SEGMENTS_OF_CUSTOMERS, each) for each in mine if rows.knows(SEGMENTS_OF_CUSTOMERS, each)]
    found = [(key[0], segment_id, key[1]) for row in known for segment_id in ids_of(row)]
    for member in found:
        if not rows.knows(SEGMENT_MEMBERS, member):
            wants.lock(SEGMENT_MEMBERS, member)
    if not wants.locks:
        return found
    rows.need(wants)
    return []
