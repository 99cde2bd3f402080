"""Segments as they are sent and told."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.segments.model import ACTIVE, STATIC, Segment, SegmentActivity, Type
from patron.kernel.clock import to_iso
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import invalid_payload

LARGEST_LIST = 100_000
"""Customers that a body may list, whatever the project allows."""

Name = Annotated[str, Meta(min_length=1, max_length=500)]
CustomerId = Annotated[str, Meta(min_length=1, max_length=255)]
Filter = Annotated[
    dict[str, Any],
    Meta(
        description="`junction` (and, or), by field (`metadata.x`) `{conditions: {operator: values}}`, and groups of "
        "these: `$and`, `$or`, `$not`."
    ),
]


class SegmentIn(msgspec.Struct, frozen=True, kw_only=True):
    """A segment to create: a static one lists `customers` by their ids, the others have a `filter`. Null is as absent.

    Without a `type` it is `auto-update`, or `static` where it lists customers.
    """

    name: Name
    type: Type | None | UnsetType = UNSET
    filter: Filter | None | UnsetType = UNSET
    customers: Annotated[list[CustomerId], Meta(max_length=LARGEST_LIST)] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.kind == STATIC:
            if self.filter:
                raise invalid_payload("filter: expected none for a static segment")
            if not self.customers:
                raise invalid_payload("customers: expected the ids of at least one for a static segment")
        elif self.customers:
            raise invalid_payload(f"customers: expected none for a segment of type {self.kind}")
        elif not self.filter:
            raise invalid_payload(f"filter: expected one for a segment of type {self.kind}")
        check_filter(self.filter)

    @property
    def kind(self) -> Type:
        """The type; clients of before there were three do not say it."""
        if isinstance(self.type, str):
            return self.type
        return STATIC if self.customers else ACTIVE


class SegmentPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a passive segment: what is absent or null stays as it is. A filter is replaced as a whole."""

    name: Name | None | UnsetType = UNSET
    filter: Filter | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_filter(self.filter)


def check_filter(given: Any) -> None:
    """Refuse a filter that is too deep, or has what JSON columns cannot hold. Problem 400."""
    if isinstance(given, Mapping):
        check_metadata(dict(given), "filter")


class SimpleSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment in short."""

    id: str
    name: str
    object: Literal["segment"] = "segment"

    @classmethod
    def of(cls, segment: Segment) -> "SimpleSegment":
        """The short form of a stored segment."""
        return cls(id=segment.id, name=segment.name)


class SegmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole segment; `filter` is null of a static one, `updated_at` absent where it was never changed."""

    id: str
    name: str
    created_at: str
    updated_at: str | UnsetType = UNSET
    type: Type
    filter: dict[str, Any] | None
    object: Literal["segment"] = "segment"

    @classmethod
    def of(cls, segment: Segment) -> "SegmentOut":
        """The answer for a stored segment."""
        given: Any = None if segment.filter is None else msgspec.Raw(segment.filter.encode())
        kind: Any = segment.type
        return cls(
            id=segment.id,
            name=segment.name,
            created_at=to_iso(segment.created_at),
            updated_at=UNSET if segment.updated_at is None else to_iso(segment.updated_at),
            type=kind,
            filter=given,
        )


class SegmentList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of segments; `total` is over all pages."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[SegmentOut]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool


class SegmentsOfCustomerList(msgspec.Struct, frozen=True, kw_only=True):
    """The segments that a customer is in, newest first."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[SimpleSegment]
    total: Annotated[int, Meta(ge=0)]


class SegmentActivityOut(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a segment, and through what."""

    id: str
    type: str
    data: dict[str, Any]
    created_at: str
    group_id: str
    event_source: dict[str, Any]

    @classmethod
    def of(cls, activity: SegmentActivity) -> "SegmentActivityOut":
        """The answer for a stored entry."""
        data: Any = msgspec.Raw(activity.data.encode())
        source: Any = msgspec.Raw(activity.source.encode())
        return cls(
            id=activity.id,
            type=activity.type,
            data=data,
            created_at=to_iso(activity.created_at),
            group_id=activity.group_id,
            event_source=source,
        )


class SegmentActivities(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what happened to a segment."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[SegmentActivityOut]
    has_more: bool
    more_starting_after: str | UnsetType = UNSET
