"""A hundred active segments over the shop of `bench.shop`, with their members written in bulk."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bench.shop import BATCH, BEGIN_MS, id_of, project_of, write
from patron.domains.segments.model import (
    ACTIVE,
    SEGMENT_MEMBERS,
    SEGMENTS,
    SEGMENTS_OF_CUSTOMERS,
    Segment,
    SegmentMember,
    SegmentsOfCustomer,
)

EVERYBODY, SOME, BY_VISITS = "seg_000", "seg_001", "seg_002"
"""Two whose members are listed, all customers and every tenth; and one of those that read what writes change."""


def _by_visits(n: int) -> dict[str, Any]:
    """A filter that reads what writes change; nobody has been there so often."""
    return {"metadata.visits": {"conditions": {"$more_than": [1_000 + n]}}}


_OTHERS: list[dict[str, Any]] = [
    {"metadata.lang": {"conditions": {"$in": ["fr", "it"]}}},
    {"address.country": {"conditions": {"$is": ["PL"]}}, "name": {"conditions": {"$starts_with": ["Zoë"]}}},
    {"summary.orders.total_amount": {"conditions": {"$more_than_equal": [10_000]}}},
    {"metadata.interests": {"conditions": {"$includes": ["chess"]}}},
    {"email": {"conditions": {"$ends_with": ["@example.org"]}}},
    {"events.bought.count": {"conditions": {"$more_than": [3]}}},
    {"loyalty.points": {"conditions": {"$more_than": [100]}}, "address.city": {"conditions": {"$is": ["Roma"]}}},
    {"birthdate": {"conditions": {"$before": ["1900-01-01"]}}},
]

FILTERS: list[dict[str, Any]] = [
    {"address.country": {"conditions": {"$is": ["DE"]}}},
    {"source_id": {"conditions": {"$ends_with": ["0"]}}},
    *map(_by_visits, range(3)),
    *(_OTHERS[n % len(_OTHERS)] | {f"metadata.key_{n}": {"conditions": {"$has_value": True}}} for n in range(95)),
]
"""Of all families; three read what writes change. Only the first two have members."""


def segments_of(project_id: str, filters: Sequence[dict[str, Any]] = FILTERS) -> list[Segment]:
    """The segments of a project, whose members are known."""
    return [
        Segment(
            project_id=project_id,
            id=f"seg_{n:03}",
            name=f"Segment {n}",
            type=ACTIVE,
            filter=msgspec.json.encode(each).decode(),
            compared_by="compared",
            created_at=BEGIN_MS,
            updated_at=None,
            deleted_at=None,
            version=1,
        )
        for n, each in enumerate(filters)
    ]


def segments_by_visits(project_id: str, n: int) -> list[Segment]:
    """So many segments that read what writes change."""
    return segments_of(project_id, [_by_visits(each) for each in range(n)])


def segment(database_url: str, customers: int) -> None:
    """Give a filled shop the segments and their members."""
    project_id = project_of(database_url)
    write(database_url, {SEGMENTS: segments_of(project_id)})
    for first in range(0, customers, BATCH):
        numbers = range(first, min(first + BATCH, customers))
        write(
            database_url,
            {
                SEGMENTS_OF_CUSTOMERS: [_mine(project_id, n) for n in numbers],
                SEGMENT_MEMBERS: [_member(project_id, each, n) for n in numbers for each in _of(n)],
            },
        )


def _of(n: int) -> list[str]:
    return [EVERYBODY] if n % 10 else [EVERYBODY, SOME]


def _mine(project_id: str, n: int) -> SegmentsOfCustomer:
    return SegmentsOfCustomer(project_id, id_of(n), ACTIVE, msgspec.json.encode(_of(n)).decode())


def _member(project_id: str, segment_id: str, n: int) -> SegmentMember:
    return SegmentMember(project_id, segment_id, id_of(n), BEGIN_MS + n * 1_000, BEGIN_MS + n * 1_000)
