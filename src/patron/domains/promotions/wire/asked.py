"""What is asked of tiers and stacks: the queries of their lists (spec I 2.3)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from patron.http.listing import LAST_PAGE

Moment = Annotated[str, Meta(max_length=64)]


class TiersQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list of tiers."""

    is_available: Annotated[
        bool | None,
        Meta(description="Tiers that are switched on, with their campaign, and within the dates of both; or the rest."),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    page: Annotated[int, Meta(ge=1, le=LAST_PAGE, description="Which page, from 1.")] = 1
    order: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"


class StacksQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list of stacks. Moments are not included."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    page: Annotated[int, Meta(ge=1, le=LAST_PAGE, description="Which page, from 1.")] = 1
    order: Literal["created_at", "-created_at", "updated_at", "-updated_at", "name", "-name"] = "-created_at"
    created_before: Moment | None = msgspec.field(default=None, name="created_at[before]")
    created_after: Moment | None = msgspec.field(default=None, name="created_at[after]")
    updated_before: Moment | None = msgspec.field(default=None, name="updated_at[before]")
    updated_after: Moment | None = msgspec.field(default=None, name="updated_at[after]")
