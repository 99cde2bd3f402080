"""The columns of a CSV file of customers, and what a row's cells make of a profile (spec C 2.6)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any

import msgspec

from patron.domains.customers.wire import CustomerIn
from patron.http.faults import fault_details
from patron.kernel.problems import Problem, invalid_payload

MOST_COLUMNS = 10_000
LONGEST_HEADER = 255

_FIELDS = {
    "id": "id",
    "source_id": "source_id",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "birthdate": "birthdate",
    "description": "description",
}
_ADDRESS = {
    **{f"address_{part}": part for part in ("line_1", "line_2", "postal_code", "city", "state", "country")},
    **{part: part for part in ("postal_code", "city", "state", "country")},
}
_KEYS = frozenset({"id", "source_id"})

Read = Callable[[str], Any]
"""What a cell's text stands for."""

_convert = msgspec.convert


class Columns:
    """A file's header, made ready for its rows.

    Names of profile fields are known in any letter case and in both of the reference's spellings (`City`,
    `Address_City`); every other column is the metadata key of its name. `typed` says how to read the cells of
    metadata keys; all others are text. Raises Problem 400 for a header that rows cannot be read by.
    """

    def __init__(self, header: Sequence[str], typed: Mapping[str, Read]) -> None:
        self.names = [name.strip() for name in header]
        _check(self.names)
        self._fields: list[tuple[int, str]] = []
        self._address: list[tuple[int, str]] = []
        self._metadata: list[tuple[int, str, Read | None]] = []
        lower = [name.lower() for name in self.names]
        self._names = [lower.index(key) for key in ("source_id", "id") if key in lower]
        for place, name in enumerate(self.names):
            known = name.lower()
            if known in _FIELDS:
                self._fields.append((place, _FIELDS[known]))
            elif known in _ADDRESS:
                self._address.append((place, _ADDRESS[known]))
            else:
                self._metadata.append((place, name, typed.get(name)))

    def named_size(self, cells: Sequence[str]) -> int:
        """Characters of the names that the cells get."""
        return sum(map(len, compress(self.names, cells))) if len(cells) == len(self.names) else 0

    def source_id_of(self, cells: Sequence[str]) -> str:
        """The text by which a report names the row, whatever else is wrong with it; empty where there is none."""
        return next((cells[place] for place in self._names if place < len(cells) and cells[place]), "")

    def customer(self, cells: Sequence[str]) -> CustomerIn:
        """The profile that a row spells out; an empty cell says nothing. Raises Problem 400 for the row."""
        if len(cells) != len(self.names):
            raise invalid_payload(f"expected {len(self.names)} cells, as in the header; the row has {len(cells)}")
        given: dict[str, Any] = {field: cells[place] for place, field in self._fields if cells[place]}
        if "id" not in given and "source_id" not in given:
            raise invalid_payload("Source_id: expected one, or the customer's Id")
        address = {part: cells[place] for place, part in self._address if cells[place]}
        if address:
            given["address"] = address
        metadata = {
            key: cells[place] if read is None else read(cells[place])
            for place, key, read in self._metadata
            if cells[place]
        }
        if metadata:
            given["metadata"] = metadata
        try:
            return _convert(given, CustomerIn)
        except msgspec.ValidationError as fault:
            raise invalid_payload(fault_details(str(fault), CustomerIn, root="row")) from None


def _check(names: Sequence[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise _bad_header(f"expected at most {MOST_COLUMNS} columns, got {len(names)}")
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise _bad_header("expected commas between the columns, as in Source_id,Name,Email")
    for place, name in enumerate(names, 1):
        if not name:
            raise _bad_header(f"column {place} has no name")
        if len(name) > LONGEST_HEADER:
            raise _bad_header(f"column {place}: expected a name of at most {LONGEST_HEADER} characters")
    _check_each_once(names)
    if not _KEYS & {name.lower() for name in names}:
        raise _bad_header("expected a column Source_id or Id, by which customers are found")


def _check_each_once(names: Sequence[str]) -> None:
    meanings = Counter(_meaning(name) for name in names)
    twice = [name for name in names if meanings[_meaning(name)] > 1]
    if twice:
        raise _bad_header(f"expected each column once; these say the same: {', '.join(twice[:10])}")


def _meaning(name: str) -> tuple[str, str]:
    known = name.lower()
    if known in _FIELDS:
        return "field", known
    if known in _ADDRESS:
        return "address", _ADDRESS[known]
    return "metadata", name


def _bad_header(reason: str) -> Problem:
    return invalid_payload(f"file: header: {reason}")
