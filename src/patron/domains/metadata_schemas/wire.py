"""What is sent and answered of metadata schemas (spec C 5.1).

The two APIs differ in names alone: `objectType`, `minLength` under `/v1`, `object_type`, `min_length` under
`/management`.
"""

from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.metadata_schemas.model import Definition, Definitions, MetadataSchema, Name, definitions_of
from patron.kernel.clock import to_iso

_hints = get_type_hints(Definition, include_extras=True)

Property: Any = msgspec.defstruct(
    "MetadataProperty",
    [
        (field.name, _hints[field.name]) if field.required else (field.name, _hints[field.name], field.default)
        for field in msgspec.structs.fields(Definition)
    ],
    rename="camel",
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
)
"""A definition as `/v1` writes it."""

MetadataProperties: Any = dict[str, Property]
ManagedProperties = dict[str, Definition]


class MetadataSchemaPatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a schema: properties that are named are created or replaced, the others stay as they are."""

    properties: MetadataProperties | UnsetType = UNSET
    allow_defined_only: bool | None | UnsetType = UNSET


class MetadataSchemaIn(msgspec.Struct, frozen=True, kw_only=True):
    """A schema to create. `related_object` names a resource, or a custom object for the use in other schemas."""

    related_object: Name
    properties: MetadataProperties
    allow_defined_only: bool | None = None


class ManagedMetadataSchemaPatch(msgspec.Struct, frozen=True, kw_only=True):
    """As `MetadataSchemaPatch`, in the management API's names."""

    properties: ManagedProperties | UnsetType = UNSET
    allow_defined_only: bool | None | UnsetType = UNSET


class ManagedMetadataSchemaIn(msgspec.Struct, frozen=True, kw_only=True):
    """As `MetadataSchemaIn`, in the management API's names."""

    related_object: Name
    properties: ManagedProperties
    allow_defined_only: bool | None = None


class MetadataSchemaOut(msgspec.Struct, frozen=True):
    """A schema as `/v1` answers it. `allow_defined_only` is null where nobody has said, which is false."""

    id: str
    related_object: str
    properties: MetadataProperties
    allow_defined_only: bool | None
    created_at: str
    updated_at: str | None
    object: Literal["metadata_schema"]

    @classmethod
    def of(cls, schema: MetadataSchema) -> "MetadataSchemaOut":
        """The answer for a stored schema."""
        definitions = definitions_of(schema)
        properties = {name: Property(**msgspec.structs.asdict(each)) for name, each in definitions.items()}
        return cls(schema.id, schema.related_object, properties, *_rest(schema))


class ManagedMetadataSchemaOut(msgspec.Struct, frozen=True):
    """A schema as the management API answers it."""

    id: str
    related_object: str
    properties: ManagedProperties
    allow_defined_only: bool | None
    created_at: str
    updated_at: str | None
    object: Literal["metadata_schema"]

    @classmethod
    def of(cls, schema: MetadataSchema) -> "ManagedMetadataSchemaOut":
        """The answer for a stored schema."""
        return cls(schema.id, schema.related_object, definitions_of(schema), *_rest(schema))


class MetadataSchemaList(msgspec.Struct, frozen=True, kw_only=True):
    """Every schema of the project, by name."""

    object: Literal["list"]
    data_ref: Literal["schemas"]
    schemas: list[MetadataSchemaOut]
    total: Annotated[int, Meta(ge=0)]


class ManagedMetadataSchemaList(msgspec.Struct, frozen=True, kw_only=True):
    """Every schema of the project, by name."""

    object: Literal["list"]
    data_ref: Literal["data"]
    data: list[ManagedMetadataSchemaOut]
    total: Annotated[int, Meta(ge=0)]


SchemaIn = MetadataSchemaIn | ManagedMetadataSchemaIn
SchemaPatch = MetadataSchemaPatch | ManagedMetadataSchemaPatch
SchemaOut = type[MetadataSchemaOut] | type[ManagedMetadataSchemaOut]


def definitions_in(properties: dict[str, Any]) -> Definitions:
    """Properties of either spelling as definitions."""
    return {name: Definition(**msgspec.structs.asdict(each)) for name, each in properties.items()}


def spelled(shape: SchemaOut, constraint: str) -> str:
    """A constraint's name as the API of this answer writes it."""
    return _CAMEL[constraint] if shape is MetadataSchemaOut else constraint


_CAMEL: dict[str, str] = dict(zip(Definition.__struct_fields__, Property.__struct_encode_fields__, strict=True))


def _rest(schema: MetadataSchema) -> tuple[bool | None, str, str | None, Literal["metadata_schema"]]:
    return (
        None if schema.allow_defined_only is None else bool(schema.allow_defined_only),
        to_iso(schema.created_at),
        None if schema.updated_at is None else to_iso(schema.updated_at),
        "metadata_schema",
    )
