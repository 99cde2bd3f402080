"""Listing the customers in a segment (spec C 2.4)."""

from functools import lru_cache

from patron.db.actions import Ctx, Read
from patron.db.filters.filtered import Filtered
from patron.domains.customers import Among, asked_of, list_among, page_from
from patron.domains.customers.wire import CustomersQuery
from patron.domains.projects import calendar_of
from patron.domains.segments.actions.find import unknown
from patron.domains.segments.model import PASSIVE
from patron.domains.segments.policy.compiled import Segments, Sieve
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.listing import COUNT, KEPT, page_by_creation
from patron.domains.segments.store.members import Found
from patron.http.cursors import Cursors
from patron.http.listing import Page

HELD_POPULATIONS = 500


async def list_members(read: Read, ctx: Ctx, query: CustomersQuery, cursors: Cursors) -> Page[Found]:
    """The page that a query with a `segment_id` asks for. Problem 404 for an unknown segment.

    Of a passive segment, its filter is asked of everybody. Of the others it is kept who is in them: in the order in
    which customers were created, a page looks at its own entries alone.
    """
    segments = Segments.of(read.rulebook)
    segment = segments.get(query.segment_id or "")
    if segment is None:
        raise unknown(query.segment_id or "")
    sieve = segments.sieve(segment)
    if sieve is not None and segment.type == PASSIVE:
        passing, among = _population(sieve)
        values = passing.values(calendar_of(read.rulebook), ctx.now)
        return await list_among(read, ctx.project_id, query, cursors, among, values)
    whose = {"project_id": ctx.project_id, "segment_id": segment.id}
    asked = asked_of(query, cursors)
    if asked.filters or not query.order.endswith("created_at"):
        return await list_among(read, ctx.project_id, query, cursors, KEPT, {"segment_id": segment.id})
    page = page_by_creation(asked.position, down=query.order.startswith("-"))
    rows, [total] = await read.snapshot((page, whose | asked.page), (COUNT, whose))
    return page_from(query, rows, total, cursors)


@lru_cache(maxsize=HELD_POPULATIONS)
def _population(sieve: Sieve) -> tuple[Filtered, Among]:
    """The SQL of a filter, with the questions that were asked of it."""
    passing = population(sieve.filter)
    return passing, Among(passing.where)
