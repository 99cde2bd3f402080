"""What a request brings for bulk work, as chunks of JSON text that are kept until they are done."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

import msgspec

from patron.domains.async_actions.files.columns import Columns
from patron.domains.async_actions.files.records import BadRecord, Record, Records, text_of
from patron.domains.async_actions.files.rows import Row, columns_of, row_of
from patron.domains.async_actions.model import Type
from patron.kernel.problems import invalid_payload, too_many_rows

T = TypeVar("T")
U = TypeVar("U")

ROWS = 25
"""Rows of a chunk, and so of a unit: other writes of the server wait no longer than these take. With 100 of them, the
slowest of a hundred requests took four to five times as long beside an import as without one."""
CHARACTERS = 256_000
"""Of the JSON of a chunk's rows and of what is told once for all of them: of what the rows make, in short."""
MOST_CHUNKS = 60_000
TURN_SECONDS = 0.002
"""So long is read at a time, and then others have their turn for as long; one record may take longer."""
ANY_NUMBER = 1 << 62

_encode = msgspec.json.encode

Told = tuple[int, Any]
"""A row as it is kept: its number, and the cells of a CSV row, why it cannot be used and its name, or what was sent."""
Unusable = dict[str, str]


class Shared(msgspec.Struct, frozen=True):
    """What is told once for all rows of an action: a file's header, or the metadata of every row."""

    header: list[str] = []
    metadata: dict[str, Any] = {}


class Brought(msgspec.Struct, frozen=True):
    """What a request has brought: how many rows, in chunks, and what is told once for all."""

    kind: Type
    shared: Shared
    total: int
    contents: list[str]


async def of_file(
    kind: Type, content: bytes, columns: type[Columns[Any]], *, most: int = ANY_NUMBER, each_once: bool = False
) -> Brought:
    """A CSV file. Problem 400 for one that no rows can be read from; a row's own fault is left to that row.

    Problem 413 for more than `most` rows. With `each_once`, a row of the same name as an earlier one is unusable.
    """
    records = Records(text_of(BytesIO(content)))
    header = columns_of(columns, records, {})
    rows = _numbered(records)
    if each_once:
        rows = _each_once(rows, header)
    return await _brought(kind, Shared(header=header.names), rows, partial(_named_size, header), most)


async def of_list(kind: Type, sent: Sequence[Any], *, most: int = ANY_NUMBER) -> Brought:
    """What was sent as a JSON array. Problem 413 for more than `most`."""
    return await _brought(kind, Shared(), enumerate(sent, 1), _nothing_more, most)


async def of_names(kind: Type, names: Sequence[str], metadata: dict[str, Any], *, most: int = ANY_NUMBER) -> Brought:
    """Those who all get the same metadata. Problem 400 where that is too much for so many, 413 for more than `most`."""
    size = len(_encode(metadata))
    return await _brought(kind, Shared(metadata=metadata), enumerate(names, 1), lambda _name: size, most)


def _numbered(records: Records) -> Iterator[Told | None]:
    """Rows with their numbers, and None for a line without anything in it."""
    for record in records:
        if isinstance(record, BadRecord):
            yield records.number, _unusable(record.reason, "")
        else:
            yield (records.number, record) if record else None


def _each_once(rows: Iterable[Told | None], columns: Columns[Any]) -> Iterator[Told | None]:
    first_of: dict[str, int] = {}
    for row in rows:
        if row is None or not isinstance(row[1], list):
            yield row
            continue
        number, cells = row
        name = columns.name_of(cells)
        first = first_of.setdefault(name, number)
        if first == number or not name:
            yield row
        else:
            yield number, _unusable(f"expected each name once; row {first} has it already", name)


def _unusable(reason: str, name: str) -> Unusable:
    return {"reason": reason, "name": name}


def _named_size(columns: Columns[Any], record: list[str] | Unusable) -> int:
    return columns.named_size(record) if isinstance(record, list) else 0


def _nothing_more(_row: Any) -> int:
    return 0


async def _brought(
    kind: Type, shared: Shared, numbered: Iterable[Told | None], more: Callable[[Any], int], most: int
) -> Brought:
    """`more` says how much longer a row is with what is told once for all."""
    contents: list[str] = []
    total = 0
    async for content, many in _chunked(numbered, more):
        if len(contents) == MOST_CHUNKS:
            raise invalid_payload(f"so much for each: expected at most {total} rows at a time; send the others apart")
        contents.append(content)
        total += many
        if total > most:
            raise too_many_rows(most)
    return Brought(kind, shared, total, contents)


async def _chunked(numbered: Iterable[Told | None], more: Callable[[Any], int]) -> AsyncIterator[tuple[str, int]]:
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


def file_rows(columns: Columns[T], content: str) -> list[Row[T]]:
    """The rows of a chunk that `of_file` made."""
    return [row_of(columns, number, _record(told)) for number, told in _records(content)]


def itself(value: T) -> T:
    """For rows that say just what was sent."""
    return value


def list_rows(kind: type[U], name_of: Callable[[U], str], said: Callable[[U], T]) -> Callable[[str], list[Row[T]]]:
    """What turns chunks that `of_list` made of values of this kind into rows; `said` makes of one what its row says."""
    decode = msgspec.json.Decoder(list[tuple[int, kind]]).decode  # type: ignore[valid-type]
    return lambda content: [Row(number, name_of(each), said(each)) for number, each in decode(content)]


def name_rows(said: Callable[[str], T], content: str) -> list[Row[T]]:
    """The rows of a chunk that `of_names` made; `said` makes of a name what its row says."""
    return [Row(number, name, said(name)) for number, name in _names(content)]


def _record(told: list[str] | Unusable) -> Record:
    return told if isinstance(told, list) else BadRecord(told["reason"], told["name"])


_records = msgspec.json.Decoder(list[tuple[int, list[str] | Unusable]]).decode
_names = msgspec.json.Decoder(list[tuple[int, str]]).decode
