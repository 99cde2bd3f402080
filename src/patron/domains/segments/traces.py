"""What this domain keeps of one customer: in which segments it is, and is to be."""

import msgspec
from msgspec.structs import replace

from patron.db.traces import Entry, Trace
from patron.domains.segments.model import (
    SEGMENT_LISTINGS,
    SEGMENT_MEMBERS,
    SEGMENTS_OF_CUSTOMERS,
    SegmentMember,
    SegmentsOfCustomer,
)
from patron.kernel.clock import to_iso


def _both(mine: SegmentsOfCustomer, theirs: SegmentsOfCustomer) -> SegmentsOfCustomer:
    """Who is made of two is in what either was in; filters are asked again in the same unit."""
    segments = {each for row in (mine, theirs) for each in msgspec.json.decode(row.segments, type=list[str])}
    return replace(mine, segments=msgspec.json.encode(sorted(segments)).decode())


def _since_the_first(mine: SegmentMember, theirs: SegmentMember) -> SegmentMember:
    return replace(mine, since=min(mine.since, theirs.since))


TRACES = (
    Trace(SEGMENTS_OF_CUSTOMERS, by="customer_id", then="kind", fold=_both),
    Trace(
        SEGMENT_MEMBERS,
        by="customer_id",
        then="segment_id",
        told_as="segments",
        tell=lambda member: {"id": member.segment_id, "since": to_iso(member.since)},
        counted_as="segments",
        fold=_since_the_first,
    ),
    Entry(SEGMENT_LISTINGS, "customers"),
)
