"""What is asked and told of the bin (spec C 5.6)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.db.binned import Entry
from patron.domains.bin.policy import entry_id
from patron.http.filters import Filters
from patron.kernel.clock import to_iso

ResourceType = Literal["campaign", "product", "sku", "voucher"]


class BinQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the bin."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    order: Annotated[
        Literal["id", "-id"], Meta(description="`id` begins with what was deleted first, `-id` with the last.")
    ] = "-id"
    starting_after_id: Annotated[
        str | None, Meta(description="Goes on after the entry with this id, in the direction of `order`.")
    ] = None
    filters: Filters = None


class BinEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the bin, since `created_at`. Keys are not people, so nobody is told to have deleted it."""

    id: str
    created_at: str
    deleted_by_user_id: None = None
    resource_id: str
    resource_type: ResourceType
    resource_name: str
    resource_parent_id: str | None
    object: ResourceType

    @classmethod
    def of(cls, kind: ResourceType, entry: Entry) -> "BinEntry":
        return cls(
            id=entry_id(entry.deleted_at, entry.id),
            created_at=to_iso(entry.deleted_at),
            resource_id=entry.id,
            resource_type=kind,
            resource_name=entry.name,
            resource_parent_id=entry.parent_id,
            object=kind,
        )


class BinEntryList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the bin; `total` is how many entries pass the filter in all."""

    object: Literal["list"] = "list"
    data_ref: Literal["data"] = "data"
    data: list[BinEntry]
    total: Annotated[int, Meta(ge=0)]
    has_more: bool
    more_starting_after: str | UnsetType = UNSET
