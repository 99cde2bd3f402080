"""What `patron verify` makes of a project's active segments: members that are kept are those whom the filter lets pass.

The database's answer to a filter is held against rows that were written by its predicate, so this shares the filter's
parser with the writers, and nothing else.
"""

import sqlalchemy as sa

from patron.db.checks import PROJECT, Check, check
from patron.db.inspection import Inspection
from patron.db.rulebook import Part, Rulebook
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS
from patron.domains.locations.model import LOCATIONS
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS
from patron.domains.projects import calendar_of
from patron.domains.projects.model import PROJECTS
from patron.domains.segments.model import NEVER_COMPARED, SEGMENT_MEMBERS, SEGMENTS, Segment
from patron.domains.segments.policy.basis import basis_of
from patron.domains.segments.policy.compiled import Segments, Sieve
from patron.domains.segments.store.columns import population
from patron.kernel.clock import now_ms

_PARTS = tuple(Part(table) for table in (PROJECTS, METADATA_SCHEMAS, LOCATIONS, SEGMENTS))
_SAME = sa.and_(CUSTOMER_TOTALS.c.project_id == CUSTOMERS.c.project_id, CUSTOMER_TOTALS.c.customer_id == CUSTOMERS.c.id)


async def member_checks(inspection: Inspection, project_id: str) -> list[Check]:
    """A check for each active segment whose members were compared by what holds now, whatever the time."""
    newer = {part.table: await inspection.all(part.newer, project_id=project_id, version=0) for part in _PARTS}
    rulebook = Rulebook(project_id, 0, {}).updated(1, newer)
    return [
        _check(segment, sieve, rulebook)
        for segment, sieve in Segments.of(rulebook).active().segments.values()
        if _is_settled(segment, sieve, rulebook)
    ]


def _is_settled(segment: Segment, sieve: Sieve, rulebook: Rulebook) -> bool:
    if sieve.matcher.is_timed or segment.compared_by == NEVER_COMPARED:
        return False
    return segment.compared_by == basis_of(sieve, rulebook, now_ms())


def _check(segment: Segment, sieve: Sieve, rulebook: Rulebook) -> Check:
    passing = population(sieve.filter)
    is_kept = sa.exists().where(
        SEGMENT_MEMBERS.c.project_id == CUSTOMERS.c.project_id,
        SEGMENT_MEMBERS.c.segment_id == sa.literal(segment.id),
        SEGMENT_MEMBERS.c.customer_id == CUSTOMERS.c.id,
    )
    kept, passes = sa.case((is_kept, 1), else_=0), sa.case((passing.where, 1), else_=0)
    rows = (
        sa.select(CUSTOMERS.c.id, kept, passes)
        .join_from(CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME, isouter=True)
        .where(CUSTOMERS.c.project_id == PROJECT, kept != passes)
        .params(**passing.values(calendar_of(rulebook), now_ms()))
    )
    name = f"segment_members.of {segment.id}"
    return check(name, "Who is kept as a member of an active segment is who passes its filter.", rows)
