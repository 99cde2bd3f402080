"""The queries of the lists."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from patron.domains.customers.wire import Moment
from patron.http.filters import Filters
from patron.http.listing import LAST_PAGE

Limit = Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")]
Order = Literal["created_at", "-created_at"]


Happening = Literal["segment.created", "segment.updated", "segment.activated", "segment.filters_updated"]
"""The kinds of entries that the reference names."""


class SegmentsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list of segments (spec C 3.3)."""

    limit: Limit = 10
    page: Annotated[int, Meta(ge=1, le=LAST_PAGE, description="Which page, from 1.")] = 1
    order: Order = "-created_at"
    ids: Annotated[list[str], Meta(max_length=1_000)] | None = None
    starting_after: Annotated[
        Moment | None, Meta(description="Goes on after this moment, in the direction of `order`.")
    ] = None
    start_date: Annotated[Moment | None, Meta(description="Segments made from this moment on.")] = None
    end_date: Annotated[Moment | None, Meta(description="Segments made up to this moment.")] = None
    filters: Filters = None


class ActivitiesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of what happened to a segment."""

    limit: Limit = 10
    order: Order = "-created_at"
    starting_after_id: Annotated[str | None, Meta(description="Goes on after this entry.")] = None
    start_date: Annotated[Moment | None, Meta(description="Entries from this moment on.")] = None
    end_date: Annotated[Moment | None, Meta(description="Entries up to this moment.")] = None
    type: Happening | None = None
    category: Annotated[
        Literal["ACTION", "EFFECT"] | None, Meta(description="Whatever happens to a segment is an ACTION.")
    ] = None
