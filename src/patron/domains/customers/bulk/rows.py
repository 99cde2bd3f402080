"""Rows of bulk work: numbered, with the profile that each spells out or the reason why it spells out none."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TextIO

import msgspec

from patron.domains.customers.bulk.columns import Columns, Read
from patron.domains.customers.bulk.records import LONGEST_RECORD, BadRecord, Record, Records, undecodable
from patron.domains.customers.wire import CustomerIn
from patron.http.bodies import BodyDecoder
from patron.kernel.problems import Problem, invalid_payload

MOST_EMPTY_LINES = 1_000
"""So many lines are looked at for a header."""

Size = int
"""Characters that a row has taken, about: chunks are bounded by it."""


class Row(msgspec.Struct, frozen=True):
    """A row's number, the text that names it in a report, and what it says, or why it says nothing usable."""

    number: int
    source_id: str
    customer: CustomerIn | None
    problem: Problem | None = None


def row_of(columns: Columns, number: int, record: Record) -> Row:
    """A record of a CSV file as a row."""
    if isinstance(record, BadRecord):
        return Row(number, "", None, invalid_payload(record.reason))
    source_id = columns.source_id_of(record)
    try:
        return Row(number, source_id, columns.customer(record))
    except Problem as problem:
        return Row(number, source_id, None, problem)


def columns_of(records: Records, typed: Mapping[str, Read]) -> Columns:
    """The header, which is the first record. Problem 400 where there is none, or none that can be used."""
    header = next((record for record in islice(records, MOST_EMPTY_LINES) if record), None)
    if header is None:
        raise invalid_payload(
            "file: expected a header row, such as Source_id,Name,Email; "
            f"the file is empty, or begins with {MOST_EMPTY_LINES} empty lines"
        )
    if isinstance(header, BadRecord):
        raise invalid_payload(f"file: header: {header.reason}")
    return Columns(header, typed)


def csv_rows(columns: Columns, records: Records) -> Iterator[tuple[Row, Size]]:
    """The rows of a CSV file below its header."""
    for record in records:
        if not record:
            continue
        size = 0 if isinstance(record, BadRecord) else sum(map(len, record)) + columns.named_size(record)
        yield row_of(columns, records.number, record), size


def ndjson_rows(text: TextIO) -> Iterator[tuple[Row, Size]]:
    """The rows of a text with a JSON object on each line; empty lines are counted and passed over."""
    decoder = BodyDecoder(CustomerIn)
    for number, line in enumerate(_bounded_lines(text), 1):
        if isinstance(line, BadRecord):
            yield Row(number, "", None, invalid_payload(line.reason)), 0
        elif line.strip():
            yield _json_row(decoder, number, line), len(line)


def _json_row(decoder: BodyDecoder[CustomerIn], number: int, line: str) -> Row:
    try:
        customer = decoder.decode(line.encode())
    except Problem as problem:
        return Row(number, "", None, problem)
    name = customer.source_id or customer.id
    if not name:
        return Row(number, "", None, invalid_payload("source_id: expected one, or the customer's id"))
    return Row(number, name, customer)


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


def chunks_of(rows: Iterable[tuple[Row, Size]], *, most_rows: int, most_size: int) -> Iterator[list[Row]]:
    """The rows in chunks, in order, each of so many rows at most and of about so many characters."""
    chunk: list[Row] = []
    taken = 0
    for row, size in rows:
        chunk.append(row)
        taken += size
        if len(chunk) >= most_rows or taken >= most_size:
            yield chunk
            chunk, taken = [], 0
    if chunk:
        yield chunk
