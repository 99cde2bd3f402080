"""Segments as they are stored, and who is in them. Segments are content of the rulebook: every decision may ask."""

from typing import Literal

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Json, Partial, Table

PREFIX = "seg_"
ACTIVITY_PREFIX = "evseg_"

Type = Literal["auto-update", "passive", "static"]
STATIC: Type = "static"
PASSIVE: Type = "passive"
ACTIVE: Type = "auto-update"

NEVER_COMPARED = ""

LISTING_TASK = "segments.list"
"""The job that lists whoever waits to be listed."""

MOST_STATIC = 1_000
"""Static segments of one project: every process holds their names."""

Who = tuple[str, str]
"""A customer, by project and id."""


class Segment(msgspec.Struct, frozen=True):
    """A segment of customers (spec C 3.1). Times are epoch ms; `updated_at` is None until the first change.

    A static one lists its customers and has no `filter`; the others have one, a JSON object, kept as text so that the
    order of its conditions stays. Of an active one it is
    kept who is in it, and `compared_by` says by what its members were last compared with everybody: the day and the
    schema that its filter depends on. It is `NEVER_COMPARED` until everybody was looked at once.
    """

    project_id: str
    id: str
    name: str
    type: str
    filter: str | None
    compared_by: str
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


class SegmentActivity(msgspec.Struct, frozen=True):
    """What happened to a segment. Ids begin with the time. `data` and `source` are JSON as it is told."""

    project_id: str
    segment_id: str
    id: str
    type: str
    group_id: str
    source: str
    data: str
    created_at: int


class SegmentsOfCustomer(msgspec.Struct, frozen=True):
    """The segments of one kind, active or static, that a customer is in, as a JSON array of ids.

    Whoever changes the members of such a segment holds the lock of this row for each customer: so one row of the
    customer's tells what is true of it, however many segments there are.
    """

    project_id: str
    customer_id: str
    kind: str
    segments: Json


class SegmentMember(msgspec.Struct, frozen=True):
    """That a customer is in a segment, for lists of its members. `created_at` is when the customer was (epoch ms).

    `since` is when the customer came in.
    """

    project_id: str
    segment_id: str
    customer_id: str
    created_at: int
    since: int


class SegmentListing(msgspec.Struct, frozen=True):
    """Customers whom a static segment is still to list, as a JSON array of ids; numbered within the segment by `id`.

    Whoever is erased meanwhile has left an empty text.
    """

    project_id: str
    segment_id: str
    id: str
    customers: str


SEGMENTS = Table(
    Segment,
    "segments",
    rank=640,
    indexes={"version": ("project_id", "version")},
    partial={"live": Partial(("project_id", "created_at", "id"), "deleted_at IS NULL")},
)
SEGMENT_ACTIVITY = Table(SegmentActivity, "segment_activity", rank=642, key=("project_id", "segment_id", "id"))
SEGMENTS_OF_CUSTOMERS = Table(
    SegmentsOfCustomer, "customer_segments", rank=644, key=("project_id", "customer_id", "kind")
)
SEGMENT_MEMBERS = Table(
    SegmentMember,
    "segment_members",
    rank=646,
    key=("project_id", "segment_id", "customer_id"),
    indexes={
        "created": ("project_id", "segment_id", "created_at", "customer_id"),
        "customer": ("project_id", "customer_id", "segment_id"),
    },
)
SEGMENT_LISTINGS = Table(SegmentListing, "segment_listings", rank=648, key=("project_id", "segment_id", "id"))

PARTS = (Part(SEGMENTS),)
"""What of this domain every process holds in its rulebooks."""
