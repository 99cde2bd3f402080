"""What a request brings for bulk work, as chunks of JSON text that are kept until they are done."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any

import msgspec

from patron.domains.async_actions.model import Type
from patron.domains.customers.bulk.columns import Columns, Read
from patron.domains.customers.bulk.records import BadRecord, Record, Records, text_of
from patron.domains.customers.bulk.rows import Row, columns_of, row_of
from patron.domains.customers.bulk.wire import CustomerInBulk
from patron.domains.customers.wire import CustomerIn
from patron.kernel.problems import invalid_payload

ROWS = 25
"""Rows of a chunk, and so of a unit: other writes of the server wait no longer than these take. With 100 of them, the
slowest of a hundred requests took four to five times as long beside an import as without one."""
CHARACTERS = 256_000
"""Of the JSON of a chunk's rows and of what is told once for all of them: of what the rows make, in short."""
MOST_CHUNKS = 60_000
TURN_SECONDS = 0.002
"""So long is read at a time, and then others have their turn for as long; one record may take longer."""

_encode = msgspec.json.encode


class Told(msgspec.Struct, frozen=True):
    """What is told once for all rows of an action: a file's header, or the metadata of every row."""

    header: list[str] = []
    metadata: dict[str, Any] = {}


class Brought(msgspec.Struct, frozen=True):
    """What a request has brought: how many rows, in chunks, and what is told once for all."""

    kind: Type
    told: Told
    total: int
    contents: list[str]


async def of_csv(content: bytes) -> Brought:
    """A CSV file. Problem 400 for one that is no CSV of customers at all; a row's own fault is left to that row."""
    records = Records(text_of(BytesIO(content)))
    columns = columns_of(records, {})
    more = partial(_named_size, columns)
    return await _brought("CUSTOMERS.IMPORT_CSV", Told(header=columns.names), _numbered(records), more)


async def of_customers(customers: Sequence[CustomerInBulk]) -> Brought:
    """Customers, each with what is to change."""
    return await _brought("CUSTOMERS.BULK_UPDATE", Told(), enumerate(customers, 1))


async def of_metadata(source_ids: Sequence[str], metadata: Mapping[str, Any]) -> Brought:
    """Customers who all get the same metadata. Problem 400 where that is too much for so many."""
    told = Told(metadata=dict(metadata))
    size = len(_encode(told.metadata))
    return await _brought("CUSTOMERS.METADATA_UPDATE", told, enumerate(source_ids, 1), lambda _name: size)


def _numbered(records: Records) -> Iterable[tuple[int, list[str] | str] | None]:
    """Rows with their numbers, and None for a line without anything in it."""
    for record in records:
        if isinstance(record, BadRecord):
            yield records.number, record.reason
        else:
            yield (records.number, record) if record else None


def _named_size(columns: Columns, record: list[str] | str) -> int:
    return 0 if isinstance(record, str) else columns.named_size(record)


def _nothing_more(_row: Any) -> int:
    return 0


async def _brought(
    kind: Type, told: Told, numbered: Iterable[tuple[int, Any] | None], more: Callable[[Any], int] = _nothing_more
) -> Brought:
    """`more` says how much longer a row is with what is told once for all."""
    contents: list[str] = []
    total = 0
    async for content, many in _chunked(numbered, more):
        if len(contents) == MOST_CHUNKS:
            raise invalid_payload(f"so much for each: expected at most {total} rows at a time; send the others apart")
        contents.append(content)
        total += many
    return Brought(kind, told, total, contents)


async def _chunked(
    numbered: Iterable[tuple[int, Any] | None], more: Callable[[Any], int]
) -> AsyncIterator[tuple[str, int]]:
    """Chunks of rows with their numbers, and how many rows each has; others get their turns meanwhile."""
    chunk: list[bytes] = []
    size = 0
    turn_ends = time.perf_counter() + TURN_SECONDS
    for row in numbered:
        if time.perf_counter() > turn_ends:
            await asyncio.sleep(TURN_SECONDS)
            turn_ends = time.perf_counter() + TURN_SECONDS
        if row is None:
            continue
        chunk.append(_encode(row))
        size += len(chunk[-1]) + more(row[1])
        if len(chunk) >= ROWS or size >= CHARACTERS:
            yield _joined(chunk), len(chunk)
            chunk, size = [], 0
    if chunk:
        yield _joined(chunk), len(chunk)


def _joined(chunk: list[bytes]) -> str:
    return f"[{b','.join(chunk).decode()}]"


def rows_maker(kind: str, told: Told, typed: Mapping[str, Read]) -> Callable[[str], list[Row]]:
    """What turns the chunks of an action of this kind into rows; `typed` reads the cells of metadata columns."""
    if kind == "CUSTOMERS.IMPORT_CSV":
        return _CsvRows(told.header, typed).rows
    if kind == "CUSTOMERS.BULK_UPDATE":
        return _customer_rows
    return partial(_metadata_rows, told.metadata)


def _metadata_rows(metadata: dict[str, Any], content: str) -> list[Row]:
    return [_row(number, CustomerIn(source_id=name, metadata=metadata)) for number, name in _names(content)]


class _CsvRows:
    def __init__(self, header: list[str], typed: Mapping[str, Read]) -> None:
        self._columns = Columns(header, typed)

    def rows(self, content: str) -> list[Row]:
        return [row_of(self._columns, number, _record(told)) for number, told in _records(content)]


def _record(told: list[str] | str) -> Record:
    return BadRecord(told) if isinstance(told, str) else told


def _customer_rows(content: str) -> list[Row]:
    return [_row(number, customer) for number, customer in _customers(content)]


def _row(number: int, customer: CustomerIn) -> Row:
    return Row(number, customer.source_id or "", customer)


_records = msgspec.json.Decoder(list[tuple[int, list[str] | str]]).decode
_customers = msgspec.json.Decoder(list[tuple[int, CustomerIn]]).decode
_names = msgspec.json.Decoder(list[tuple[int, str]]).decode
