"""Finding segments: one, a page of them, those of a customer; and why a customer is in one or not."""

from collections.abc import Iterable, Sequence

from patron.db.actions import Ctx, Read
from patron.domains.customers import find as find_customer
from patron.domains.customers.model import Customer
from patron.domains.metadata_schemas import narrowing
from patron.domains.projects import calendar_of
from patron.domains.segments.actions.standing import standing_now, standing_of_nobody
from patron.domains.segments.fields import SEGMENT_FIELDS
from patron.domains.segments.model import ACTIVITY_PREFIX, Segment, SegmentActivity
from patron.domains.segments.policy.compiled import Segments
from patron.domains.segments.policy.membership import is_member, segments_of
from patron.domains.segments.store.segments import ANY_TYPE, BY_ID, LIVE, NEWEST_ACTIVITIES, OLDEST_ACTIVITIES
from patron.domains.segments.wire.queries import ActivitiesQuery, SegmentsQuery
from patron.engine.conditions.explanations import Explanation, Explanations, explain
from patron.http.queries import moment_of
from patron.kernel.ids import earliest_id
from patron.kernel.problems import Problem, invalid_query_params, not_found

KIND = "segment"


async def find(read: Read, project_id: str, segment_id: str) -> Segment:
    """The segment with this id. Problem 404."""
    segment = await read.one(BY_ID, project_id=project_id, id=segment_id)
    if segment is None:
        raise unknown(segment_id)
    return segment


def unknown(segment_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found(KIND, segment_id)


async def list_segments(read: Read, ctx: Ctx, query: SegmentsQuery) -> tuple[list[Segment], int, bool]:
    """The page that a query asks for, how many there are in all, and whether there is more: a project has few."""
    narrowed = narrowing(SEGMENT_FIELDS, query.filters, read.rulebook, ctx.now)
    segments = _asked_for(await read.scan(narrowed.of(LIVE), project_id=ctx.project_id, **narrowed.values), query)
    down = query.order.startswith("-")
    segments.sort(key=lambda each: (each.created_at, each.id), reverse=down)
    total = len(segments)
    if query.starting_after is not None:
        moment = moment_of("starting_after", query.starting_after)
        segments = [each for each in segments if (each.created_at < moment if down else each.created_at > moment)]
    first = (query.page - 1) * query.limit
    return segments[first : first + query.limit], total, len(segments) > first + query.limit


def _asked_for(segments: Iterable[Segment], query: SegmentsQuery) -> list[Segment]:
    """Those among `ids`, made within the dates."""
    if query.ids is not None:
        wanted = set(query.ids)
        segments = [each for each in segments if each.id in wanted]
    if query.start_date is not None:
        start = moment_of("start_date", query.start_date)
        segments = [each for each in segments if each.created_at >= start]
    if query.end_date is not None:
        end = moment_of("end_date", query.end_date)
        segments = [each for each in segments if each.created_at <= end]
    return list(segments)


async def segments_of_customer(read: Read, ctx: Ctx, reference: str) -> list[Segment]:
    """The segments that a customer is in now, newest first; of an unknown one, those that take everybody unknown."""
    ids = [each.id for each in Segments.of(read.rulebook).all()]
    try:
        customer, totals = await find_customer(read, ctx.project_id, reference)
    except Problem as problem:
        if problem.status != 404:
            raise
        return segments_of(read.rulebook, standing_of_nobody(read.rulebook), ctx.now)
    return segments_of(read.rulebook, await standing_now(read, customer, totals, ids), ctx.now)


Why = tuple[Segment, Customer, bool, Explanation | Explanations | None]
"""A segment, a customer, whether the one is in the other, and why; None for a static segment, which gives no reason."""


async def why(read: Read, ctx: Ctx, segment_id: str, reference: str) -> Why:
    """Whether a customer is in a segment now, and why. Problem 404 for an unknown segment or customer."""
    segment = Segments.of(read.rulebook).get(segment_id)
    if segment is None:
        raise unknown(segment_id)
    customer, totals = await find_customer(read, ctx.project_id, reference)
    standing = await standing_now(read, customer, totals, [segment_id])
    sieve = Segments.of(read.rulebook).sieve(segment)
    calendar = calendar_of(read.rulebook)
    told = None if sieve is None else explain(sieve.filter, calendar, ctx.now, standing.facts)
    return segment, customer, is_member(read.rulebook, segment_id, standing, ctx.now), told


async def list_activities(
    read: Read, project_id: str, segment_id: str, query: ActivitiesQuery
) -> tuple[Sequence[SegmentActivity], bool]:
    """A page of what happened to a segment, and whether there is more. Problem 404 for an unknown segment."""
    await find(read, project_id, segment_id)
    if query.category == "EFFECT":
        return [], False
    above, below = ACTIVITY_PREFIX, ACTIVITY_PREFIX + "~"
    if query.start_date is not None:
        above = earliest_id(ACTIVITY_PREFIX, moment_of("start_date", query.start_date))
    if query.end_date is not None:
        below = earliest_id(ACTIVITY_PREFIX, moment_of("end_date", query.end_date) + 1)
    down = query.order.startswith("-")
    after = query.starting_after_id
    if after is not None and not after.startswith(ACTIVITY_PREFIX):
        raise invalid_query_params("starting_after_id: expected the id of an entry of this list")
    if after is not None:
        above, below = (above, min(below, after)) if down else (max(above, after), below)
    found = await read.scan(
        NEWEST_ACTIVITIES if down else OLDEST_ACTIVITIES,
        project_id=project_id,
        segment_id=segment_id,
        type=query.type or ANY_TYPE,
        above=above,
        below=below,
        limit=query.limit + 1,
    )
    return found[: query.limit], len(found) > query.limit
