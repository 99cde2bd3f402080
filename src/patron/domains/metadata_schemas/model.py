"""Metadata schemas as they are stored. They are content of the rulebook."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.db.rulebook import Part
from patron.db.tables import Table
from patron.kernel.json_bounds import LONGEST_KEY, LONGEST_TEXT

PREFIX = "ms_"

RESOURCES = frozenset(
    {
        "campaign",
        "customer",
        "earning_rule",
        "loyalty_tier",
        "order",
        "order_item",
        "product",
        "promotion_tier",
        "publication",
        "redemption",
        "reward",
        "voucher",
    }
)
"""What has metadata of its own; any other name of a schema is that of a custom object (spec C 5.1)."""

ANY_OBJECT = "unknown"
"""As an object type: an object of whatever form. No schema may have this name."""

Type = Literal["string", "number", "object", "date", "datetime", "geopoint", "boolean", "image_url"]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEY)]
Length = Annotated[int, Meta(ge=0, le=LONGEST_TEXT)]
Number = int | float
Values = Annotated[list[Annotated[str, Meta(max_length=500)] | int | float | bool], Meta(max_length=200)]


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one key may hold (spec C 5.1).

    With `array`, a list whose elements each pass. `eq` lists what is allowed, `ne` what is forbidden; an empty list
    says nothing. Lengths are in characters. `object_type` names the custom object that describes an `object`; null is
    an object of whatever form. A key that is not `optional` must be there. A `deleted` one is not looked at any more.
    """

    type: Type
    array: bool
    optional: bool
    object_type: Name | None = None
    eq: Values | UnsetType = UNSET
    ne: Values | UnsetType = UNSET
    lt: Number | UnsetType = UNSET
    lte: Number | UnsetType = UNSET
    gt: Number | UnsetType = UNSET
    gte: Number | UnsetType = UNSET
    min_length: Length | UnsetType = UNSET
    max_length: Length | UnsetType = UNSET
    exact_length: Length | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET


Definitions = dict[str, Definition]
"""By key."""


class MetadataSchema(msgspec.Struct, frozen=True):
    """The schema of a resource or custom object. `definitions` is a JSON object by key, kept as text: PostgreSQL's
    own JSON would not keep the order in which the keys were defined. Times are epoch ms.

    `allow_defined_only` is 1 where keys without a definition are refused, 0 where they are taken, None where nobody
    has said: then they are taken.
    """

    project_id: str
    id: str
    related_object: str
    definitions: str
    allow_defined_only: int | None
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


METADATA_SCHEMAS = Table(
    MetadataSchema, "metadata_schemas", rank=130, indexes={"version": ("project_id", "version", "id")}
)

PARTS = (Part(METADATA_SCHEMAS),)
"""What of this domain every process holds in its rulebooks."""

_decode = msgspec.json.Decoder(Definitions).decode


def definitions_of(schema: MetadataSchema) -> Definitions:
    """The definitions of a schema, those that were taken out of use included."""
    return _decode(schema.definitions)
