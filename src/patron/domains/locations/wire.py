"""What is answered of locations."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from patron.http.filters import Filters


class LocationOut(msgspec.Struct, frozen=True, kw_only=True):
    """A location; `shape` is a circle around a point, or a polygon in GeoJSON."""

    id: str
    object: Literal["location"] = "location"
    name: str
    shape: dict[str, Any]
    created_at: str
    updated_at: str | None


class LocationList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of locations."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[LocationOut]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool


class LocationsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    filters: Filters = None
    order: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
