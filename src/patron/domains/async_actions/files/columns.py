"""The columns of a CSV file: a header made ready for its rows (spec C 2.6)."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

import msgspec

from patron.http.faults import fault_details
from patron.kernel.problems import Problem, invalid_payload

T = TypeVar("T")

MOST_COLUMNS = 10_000
LONGEST_HEADER = 255

CellReader = Callable[[str], Any]
"""What a cell's text stands for."""


class Layout(msgspec.Struct, frozen=True):
    """The columns that files of one kind may have.

    `fields` says by a column's name, in lower case, which field its cells fill; two names may say the same. Every other
    column is the metadata key of its name. Of the columns in `keys`, one must be there: the first that a row has a cell
    for names it in reports. `lacking` and `example` are for whoever sends a file that cannot be read.
    """

    fields: Mapping[str, str]
    keys: tuple[str, ...]
    lacking: str
    example: str


class Columns(ABC, Generic[T]):
    """A file's header, made ready for its rows, each of which is read as a `T`.

    Names are known in any letter case. `typed` says how to read the cells of metadata keys; all others are text.
    Raises Problem 400 for a header that rows cannot be read by.
    """

    LAYOUT: ClassVar[Layout]

    def __init__(self, header: Sequence[str], typed: Mapping[str, CellReader]) -> None:
        self.names = [name.strip() for name in header]
        _check(self.names, self.LAYOUT)
        known = self.LAYOUT.fields
        lower = [name.lower() for name in self.names]
        self.fields = [(place, known[name]) for place, name in enumerate(lower) if name in known]
        self._metadata = [
            (place, name, typed.get(name)) for place, name in enumerate(self.names) if lower[place] not in known
        ]
        self._naming = [lower.index(key) for key in self.LAYOUT.keys if key in lower]

    @abstractmethod
    def said(self, cells: Sequence[str]) -> T:
        """What a row says; an empty cell says nothing. Raises Problem 400 for the row."""

    def named_size(self, cells: Sequence[str]) -> int:
        """Characters of the names that the cells get."""
        return sum(map(len, compress(self.names, cells))) if len(cells) == len(self.names) else 0

    def name_of(self, cells: Sequence[str]) -> str:
        """The text by which a report names the row, whatever else is wrong with it; empty where there is none."""
        return next((cells[place] for place in self._naming if place < len(cells) and cells[place]), "")

    def check_width(self, cells: Sequence[str]) -> None:
        """Problem 400 for a row that has other cells than the header names."""
        if len(cells) != len(self.names):
            raise invalid_payload(f"expected {len(self.names)} cells, as in the header; the row has {len(cells)}")

    def metadata(self, cells: Sequence[str]) -> dict[str, Any]:
        """What the row says under keys of metadata."""
        return {
            key: cells[place] if read is None else read(cells[place])
            for place, key, read in self._metadata
            if cells[place]
        }


def refuse_row(fault: msgspec.ValidationError, kind: type) -> NoReturn:
    """Problem 400 for a row that is no `kind`, in words that name the field."""
    raise invalid_payload(fault_details(str(fault), kind, root="row")) from None


def _check(names: Sequence[str], layout: Layout) -> None:
    if len(names) > MOST_COLUMNS:
        raise _bad_header(f"expected at most {MOST_COLUMNS} columns, got {len(names)}")
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise _bad_header(f"expected commas between the columns, as in {layout.example}")
    for place, name in enumerate(names, 1):
        if not name:
            raise _bad_header(f"column {place} has no name")
        if len(name) > LONGEST_HEADER:
            raise _bad_header(f"column {place}: expected a name of at most {LONGEST_HEADER} characters")
    _check_each_once(names, layout)
    if not set(layout.keys) & {name.lower() for name in names}:
        raise _bad_header(layout.lacking)


def _check_each_once(names: Sequence[str], layout: Layout) -> None:
    meanings = [(name.lower() in layout.fields, layout.fields.get(name.lower(), name)) for name in names]
    many = Counter(meanings)
    twice = [name for name, meaning in zip(names, meanings, strict=True) if many[meaning] > 1]
    if twice:
        raise _bad_header(f"expected each column once; these say the same: {', '.join(twice[:10])}")


def _bad_header(reason: str) -> Problem:
    return invalid_payload(f"file: header: {reason}")
