"""Metadata as fields of conditions: of the types that a project's schemas say, of any type where they say nothing."""

from collections.abc import Iterator, Mapping

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, Definitions, definitions_of
from patron.engine.conditions.fields import Field, Type
from patron.kernel.json_bounds import DEEPEST

METADATA = "metadata"

_TYPES = {
    "string": Type.TEXT,
    "image_url": Type.TEXT,
    "number": Type.NUMBER,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
    "datetime": Type.DATE,
    "geopoint": Type.POINT,
    "object": Type.OBJECT,
}


class MetadataFields:
    """The fields of a resource's metadata; `schemas` are definitions by resource or custom object."""

    def __init__(self, schemas: Mapping[str, Definitions], resource: str) -> None:
        self._schemas = schemas
        self._resource = resource

    @staticmethod
    def of(rulebook: Rulebook, resource: str) -> "MetadataFields":
        """Those of a project, by its rulebook."""
        rows = rulebook.rows(METADATA_SCHEMAS).values()
        return MetadataFields({each.related_object: definitions_of(each) for each in rows}, resource)

    def find(self, name: str) -> Field | None:
        """The field `metadata.<key>`, or `metadata.<key>.<key>` inside of an object; None for any other name.

        A key that is defined may have dots; elsewhere, a dot is a step into an object.
        """
        prefix, dot, rest = name.partition(".")
        return self._field(name, rest) if prefix == METADATA and dot and rest else None

    def _field(self, name: str, rest: str) -> Field | None:
        path: tuple[str, ...] = (METADATA,)
        definitions = self._schemas.get(self._resource)
        while definitions:
            key = next((key for key in _beginnings(rest) if key in definitions), None)
            if key is None:
                break
            path, rest = (*path, key), rest[len(key) + 1 :]
            if not rest:
                return Field(name, path, _TYPES[definitions[key].type])
            definitions = self._schemas.get(definitions[key].object_type or "")
        return loose_field(name, path, rest)


def loose_field(name: str, path: tuple[str, ...], rest: str) -> Field | None:
    """A field of any type, some steps inside of what has this path; None for an empty step, or too many."""
    steps = rest.split(".", DEEPEST)
    if not all(steps) or len(path) + len(steps) > DEEPEST + 1:
        return None
    return Field(name, (*path, *steps), Type.ANY)


def _beginnings(text: str) -> Iterator[str]:
    """The text, and each beginning of it that ends before a dot, longest first, no more than objects have levels."""
    for _ in range(DEEPEST):
        yield text
        text, dot, _ = text.rpartition(".")
        if not dot:
            return
