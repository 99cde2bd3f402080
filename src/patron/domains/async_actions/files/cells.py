"""How the cells of metadata columns are read: by the type that a schema gives to the key (spec C 2.6).

A cell that does not read as its type stays text, which the schema's own check then refuses in its own words.
"""

import re
from collections.abc import Mapping
from typing import Any

from patron.db.rulebook import Rulebook
from patron.domains.async_actions.files.columns import CellReader
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, Definition, definitions_of

_INTEGER = re.compile(r"-?[0-9]{1,16}")
_NUMBER = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,3})?")
_WORDS = {"true": True, "false": False, "null": None}
_NOTHING_DEFINED: Mapping[str, CellReader] = {}


class CellReaders:
    """Of one rulebook, what reads the cells of each defined key; kept with the rulebook by `derived`."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._by_resource = {
            schema.related_object: {key: _reader(each) for key, each in definitions_of(schema).items()}
            for schema in rulebook.rows(METADATA_SCHEMAS).values()
        }

    def of(self, resource: str) -> Mapping[str, CellReader]:
        """The readers by key that the schema of this resource (`customer` …) makes; none where there is no schema."""
        return self._by_resource.get(resource, _NOTHING_DEFINED)


def _reader(definition: Definition) -> CellReader:
    one = _READERS.get(definition.type, str)
    return (lambda text: [one(part.strip()) for part in text.split(",")]) if definition.array else one


def _number(text: str) -> Any:
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _boolean(text: str) -> Any:
    return _WORDS.get(text.lower(), text)


_READERS: dict[str, CellReader] = {"number": _number, "boolean": _boolean}
