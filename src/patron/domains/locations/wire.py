"""What is sent and answered of locations (spec C 5.3)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from patron.domains.locations.model import Location
from patron.http.filters import Filters
from patron.kernel.clock import to_iso


class Distance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies around a point."""

    center: Annotated[str, Meta(max_length=100, description="`geo:<latitude>,<longitude>` in degrees.")]
    radius: Annotated[str, Meta(max_length=100, description="A length in km, m or mi: `1.54 km`.")]


class CircleShape(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="circle"
):
    """A circle."""

    format: Literal["distance"]
    distance: Distance


class PolygonGeometry(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="Polygon"
):
    """A polygon of GeoJSON: rings of positions, each `[longitude, latitude]`; those after the first are holes."""

    coordinates: list[Any]


class MultiPolygonGeometry(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="MultiPolygon"
):
    """Several polygons."""

    coordinates: list[Any]


class PolygonShape(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="polygon"
):
    """A polygon, or several."""

    format: Literal["geojson"]
    geojson: PolygonGeometry | MultiPolygonGeometry


Moment = Annotated[
    str, Meta(description="A date, or a date and time, in ISO 8601.", extra_json_schema={"format": "date-time"})
]
Shape = CircleShape | PolygonShape
Name = Annotated[str, Meta(min_length=1, max_length=500)]


class LocationIn(msgspec.Struct, frozen=True, kw_only=True):
    """A location to create, or what one is to be from now on."""

    name: Name
    shape: Shape


class LocationOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole location; `updated_at` is null until the first change."""

    id: str
    object: Literal["location"] = "location"
    name: str
    shape: Shape
    created_at: str
    updated_at: str | None

    @classmethod
    def of(cls, location: Location) -> "LocationOut":
        """The answer for a stored location."""
        shape: Any = msgspec.Raw(location.shape.encode())
        return cls(
            id=location.id,
            name=location.name,
            shape=shape,
            created_at=to_iso(location.created_at),
            updated_at=None if location.updated_at is None else to_iso(location.updated_at),
        )


class LocationList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of locations; `total` is over all pages."""

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
    end_date: Annotated[Moment | None, Meta(description="Locations made up to this moment.")] = None
