"""Definitions of events, as the management API takes and tells them (spec C 5.2)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.events.model import EventDefinition
from patron.kernel.clock import to_iso

MOST_PROPERTIES = 100

EventName = Annotated[
    str, Meta(min_length=1, max_length=300, description="The event's name, as its definition has it.")
]
PropertyName = Annotated[str, Meta(min_length=1, max_length=255)]


class Property(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a key of an event's metadata must be. One that is `deleted` is not looked at any more."""

    type: Literal["string", "number", "date", "datetime", "boolean"]
    optional: bool
    deleted: bool = False


class Schema(msgspec.Struct, frozen=True):
    """The keys of an event's metadata that are looked at; others may be sent as well."""

    properties: Annotated[dict[PropertyName, Property], Meta(max_length=MOST_PROPERTIES)]


class DefinitionIn(msgspec.Struct, frozen=True, kw_only=True):
    """An event to define."""

    name: EventName
    schema: Schema


class DefinitionPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Properties to add or change, by their names; those that are absent stay. A name cannot be changed."""

    schema: Schema | UnsetType = UNSET


class DefinitionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A definition."""

    id: str
    name: str
    schema: Schema
    created_at: str
    updated_at: str | UnsetType = UNSET
    object: Literal["custom-event-schema"]

    @classmethod
    def of(cls, definition: EventDefinition) -> "DefinitionOut":
        """The answer for a stored definition."""
        properties: Any = msgspec.Raw(definition.properties.encode())
        return cls(
            id=definition.id,
            name=definition.name,
            schema=Schema(properties),
            created_at=to_iso(definition.created_at),
            updated_at=UNSET if definition.updated_at is None else to_iso(definition.updated_at),
            object="custom-event-schema",
        )


class DefinitionList(msgspec.Struct, frozen=True):
    """Every definition of a project, newest first."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[DefinitionOut]
    total: int
