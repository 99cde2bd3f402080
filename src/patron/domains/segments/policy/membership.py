"""Whether a customer is in a segment, of whichever type: looked at when it is asked, never remembered."""

from collections.abc import Collection
from dataclasses import dataclass

from patron.db.rulebook import Rulebook
from patron.domains.customers.model import NEVER, NO_SOURCE_ID, Customer, CustomerTotals
from patron.domains.segments.model import Segment
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.history import NO_HISTORY, Reads
from patron.engine.conditions.fields import Facts


@dataclass(frozen=True, slots=True)
class Standing:
    """What segments look at in a customer: its facts, and the ids of the static segments that list it."""

    facts: Facts
    listed: frozenset[str]


def is_member(rulebook: Rulebook, segment_id: str, standing: Standing, now: int) -> bool:
    """Whether a customer is in the segment with this id at a moment (epoch ms). Nobody is in one that is not there.

    A pure function, for whoever decides within a unit. It holds for every type: a filter is asked of the customer's
    facts, also where its members are kept; a static segment is asked whom it lists.

    To gather what it needs, with `segment_ids` all those that will be asked about:

    1. in `gather`, `want_standing(wants, read.rulebook, customer key, segment_ids)` names the rows: the customer and
       its totals, the row of the static segments that list it (`SEGMENTS_OF_CUSTOMERS`, by project, customer and
       "static"), and what filters look at of what the customer has done;
    2. in `apply`, `lacking_standing(rows, customer key, segment_ids)` gives what lacks since the rulebook moved, for a
       `Need`; else `standing_of(rows, customer, segment_ids)` is the customer as it stands in this unit. Give it the
       customer with the request's attributes laid over it, and facts follow these; or, of somebody unknown, the
       customer that the request describes.
    """
    segment = Segments.of(rulebook).get(segment_id)
    return segment is not None and _is_in(rulebook, segment, standing, now)


def segments_of(rulebook: Rulebook, standing: Standing, now: int) -> list[Segment]:
    """The segments that a customer is in at a moment (epoch ms), newest first."""
    found = [each for each in Segments.of(rulebook).all() if _is_in(rulebook, each, standing, now)]
    return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)


def _is_in(rulebook: Rulebook, segment: Segment, standing: Standing, now: int) -> bool:
    sieve = Segments.of(rulebook).sieve(segment)
    return segment.id in standing.listed if sieve is None else sieve.passes(standing.facts, now)


def looked_at(rulebook: Rulebook, segment_ids: Collection[str]) -> tuple[frozenset[str], Reads]:
    """The groups of facts that these segments look at, and what they look at of what the customer has done."""
    segments = Segments.of(rulebook)
    rows = [row for each in segment_ids if (row := segments.get(each)) is not None]
    sieves = [sieve for row in rows if (sieve := segments.sieve(row)) is not None]
    groups: frozenset[str] = frozenset().union(*(sieve.groups for sieve in sieves))
    return groups, Reads.of(path for sieve in sieves for path in sieve.reads)


def unknown_person(project_id: str, groups: Collection[str]) -> Facts:
    """What is known of somebody of whom nothing is: no id, and nothing done."""
    nobody = Customer(
        project_id=project_id,
        id="",
        source_id=NO_SOURCE_ID,
        name=None,
        description=None,
        email=None,
        phone=None,
        birthday=None,
        birthdate=None,
        nulls="",
        address=None,
        city=None,
        metadata=None,
        system_metadata="{}",
        created_at=NEVER,
        updated_at=NEVER,
    )
    facts = facts_of(nobody, CustomerTotals(project_id, ""), NO_HISTORY, groups)
    return {**facts, "id": None, "created_at": None}
