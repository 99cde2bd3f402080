"""Rows of bulk work: numbered, with what each says or the reason why it says nothing usable."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Generic, TextIO, TypeVar

import msgspec

from patron.domains.async_actions.files.columns import CellReader, Columns
from patron.domains.async_actions.files.records import LONGEST_RECORD, BadRecord, Record, Records, undecodable
from patron.http.bodies import BodyDecoder
from patron.kernel.problems import Problem, invalid_payload

T = TypeVar("T")

MOST_EMPTY_LINES = 1_000
"""So many lines are looked at for a header."""

Size = int
"""Characters that a row has taken, about: chunks are bounded by it."""


class Row(msgspec.Struct, Generic[T], frozen=True):
    """A row's number, the text that names it in a report, and what it says, or why it says nothing usable."""

    number: int
    name: str
    said: T | None
    problem: Problem | None = None


def row_of(columns: Columns[T], number: int, record: Record) -> Row[T]:
    """A record of a CSV file as a row."""
    if isinstance(record, BadRecord):
        return Row(number, record.name, None, invalid_payload(record.reason))
    name = columns.name_of(record)
    try:
        return Row(number, name, columns.said(record))
    except Problem as problem:
        return Row(number, name, None, problem)


def columns_of(kind: type[Columns[T]], records: Records, typed: Mapping[str, CellReader]) -> Columns[T]:
    """The header, which is the first record. Problem 400 where there is none, or none that can be used."""
    header = next((record for record in islice(records, MOST_EMPTY_LINES) if record), None)
    if header is None:
        raise invalid_payload(
            f"file: expected a header row, such as {kind.LAYOUT.example}; "
            f"the file is empty, or begins with {MOST_EMPTY_LINES} empty lines"
        )
    if isinstance(header, BadRecord):
        raise invalid_payload(f"file: header: {header.reason}")
    return kind(header, typed)


def csv_rows(columns: Columns[T], records: Records) -> Iterator[tuple[Row[T], Size]]:
    """The rows of a CSV file below its header."""
    for record in records:
        if not record:
            continue
        size = 0 if isinstance(record, BadRecord) else sum(map(len, record)) + columns.named_size(record)
        yield row_of(columns, records.number, record), size


def ndjson_rows(text: TextIO, kind: type[T], name_of: Callable[[T], str]) -> Iterator[tuple[Row[T], Size]]:
    """The rows of a text with a JSON object on each line; empty lines are counted and passed over.

    `name_of` may refuse a row with a Problem.
    """
    decoder = BodyDecoder(kind)
    for number, line in enumerate(_bounded_lines(text), 1):
        if isinstance(line, BadRecord):
            yield Row(number, "", None, invalid_payload(line.reason)), 0
        elif line.strip():
            yield _json_row(decoder, name_of, number, line), len(line)


def _json_row(decoder: BodyDecoder[T], name_of: Callable[[T], str], number: int, line: str) -> Row[T]:
    try:
        said = decoder.decode(line.encode())
        return Row(number, name_of(said), said)
    except Problem as problem:
        return Row(number, "", None, problem)


def _bounded_lines(text: TextIO) -> Iterator[str | BadRecord]:
    number = 0
    try:
        while line := text.readline(LONGEST_RECORD + 1):
            number += 1
            if len(line) <= LONGEST_RECORD:
                yield line
                continue
            while line and not line.endswith(("\n", "\r")):
                line = text.readline(LONGEST_RECORD)
            yield BadRecord(f"expected a line of at most {LONGEST_RECORD} characters")
    except UnicodeDecodeError as fault:
        raise undecodable(fault, number) from None


def chunks_of(rows: Iterable[tuple[Row[T], Size]], *, most_rows: int, most_size: int) -> Iterator[list[Row[T]]]:
    """The rows in chunks, in order, each of so many rows at most and of about so many characters."""
    chunk: list[Row[T]] = []
    taken = 0
    for row, size in rows:
        chunk.append(row)
        taken += size
        if len(chunk) >= most_rows or taken >= most_size:
            yield chunk
            chunk, taken = [], 0
    if chunk:
        yield chunk
