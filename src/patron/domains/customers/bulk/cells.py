"""How the cells of metadata columns are read: by the type that the schema of customers gives to the key (spec C 2.6).

A cell that does not read as its type stays text, which the schema's own check then refuses in its own words.
"""

import re
from collections.abc import Mapping
from typing import Any

from patron.db.rulebook import Rulebook
from patron.domains.customers.bulk.columns import Read
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, Definition, definitions_of

_INTEGER = re.compile(r"-?[0-9]{1,16}")
_NUMBER = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,3})?")
_WORDS = {"true": True, "false": False, "null": None}


class CellReaders:
    """Of one rulebook, what reads the cells of each defined key; kept with the rulebook by `derived`."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.by_key: Mapping[str, Read] = {}
        for schema in rulebook.rows(METADATA_SCHEMAS).values():
            if schema.related_object == "customer":
                self.by_key = {key: _reader(each) for key, each in definitions_of(schema).items()}


def _reader(definition: Definition) -> Read:
    one = _READERS.get(definition.type, str)
    return (lambda text: [one(part.strip()) for part in text.split(",")]) if definition.array else one


def _number(text: str) -> Any:
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _boolean(text: str) -> Any:
    return _WORDS.get(text.lower(), text)


_READERS: dict[str, Read] = {"number": _number, "boolean": _boolean}
