"""Importing a file by hand: read as it goes, written in chunks, told on a bar and at the end."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TextIO, cast

import msgspec
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from patron.cli.one_server import is_served
from patron.cli.screen import ERR, OUT
from patron.config import read_settings
from patron.domains.async_actions import (
    CellReader,
    CellReaders,
    Columns,
    Importable,
    Records,
    Row,
    Size,
    columns_of,
    csv_rows,
    text_of,
    whole_report,
)
from patron.domains.async_actions.file_import import ALONE, BESIDE_OTHERS, FileImport, file_import
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.wire import Result
from patron.kernel.collector import spare_collections
from patron.kernel.problems import not_found
from patron.running import Opened, opened, project_ids

ROWS_FAILED = 3
"""The exit code where the file was imported, but for some of its rows."""
FAILURES_SHOWN = 20
_BLOCK = 1 << 20


class Format(StrEnum):
    """What a file may be."""

    csv = "csv"
    ndjson = "ndjson"


class Way(Protocol):
    """How rows are carried out; a domain's own way says more."""

    @property
    def dry_run(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file brings: how it is called, how its rows are read from either format, and how they are imported.

    The schema of `resource` says of which types metadata is.
    """

    noun: str
    resource: str
    columns: type[Columns[Any]]
    lines: Callable[[TextIO], Iterator[tuple[Row[Any], Size]]]
    importable: Importable


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for."""

    kind: Kind
    file: Path
    project_id: str
    format: Format
    way: Way
    report: Path | None

    @property
    def is_stdin(self) -> bool:
        return str(self.file) == "-"


def carry_out(order: Order) -> None:
    """Import the file, and tell what became of it. The exit code is 3 where rows failed, 130 after Ctrl-C."""
    try:
        action = asyncio.run(_import(order))
    except KeyboardInterrupt:
        ERR.print("Stopped. The same command goes on where this was.")
        raise typer.Exit(130) from None
    _tell_end(action, order)


def format_of(file: Path) -> Format:
    """What a file is, by its name."""
    known = {".csv": Format.csv, ".ndjson": Format.ndjson, ".jsonl": Format.ndjson}
    found = known.get(file.suffix.lower())
    if found is None:
        raise typer.BadParameter("say what the file is: --format csv or --format ndjson.", param_hint="FILE")
    return found


async def _import(order: Order) -> AsyncAction:
    settings = read_settings()
    spare_collections()
    async with opened(settings, migrating=False) as patron:
        if order.project_id not in await project_ids(patron):
            raise not_found("project", order.project_id)
        pace = BESIDE_OTHERS if is_served(settings.database_url) else ALONE
        with _opened(order) as (file, size, mark):
            importing = await file_import(
                patron.units, order.project_id, order.kind.importable, mark, order.way, size, pace
            )
            action = await _run(patron, importing, order, file)
        if order.report is not None:
            await _write_report(patron, action, order.report)
        return action


@contextmanager
def _opened(order: Order) -> Iterator[tuple[FileIO, int, str]]:
    """The file, unbuffered; its size and the mark by which an unfinished import of it is known again."""
    if order.is_stdin:
        yield FileIO(sys.stdin.fileno(), closefd=False), 0, ""
        return
    with order.file.open("rb", buffering=0) as file:
        mark = _mark_of(cast(BinaryIO, file), order)
        size = file.seek(0, 2)
        file.seek(0)
        yield file, size, mark


def _mark_of(file: BinaryIO, order: Order) -> str:
    """Stands for the content of a file and for what is to be done with it."""
    what = [order.format, order.way, order.kind.importable.kind]
    digest = blake2b(msgspec.json.encode(what), digest_size=20)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


async def _run(patron: Opened, importing: FileImport, order: Order, file: FileIO) -> AsyncAction:
    read = await patron.units.reading(order.project_id)
    if importing.resumed_at:
        ERR.print(f"Going on after row {importing.resumed_at}, where an earlier run was broken off.")
    with text_of(cast(BinaryIO, file)) as text, _Bar(importing.action.total or None) as bar:
        rows = _rows_of(order, text, read.rulebook.derived(CellReaders).of(order.kind.resource))
        return await importing.run(rows, (lambda: 0) if order.is_stdin else file.tell, bar.tell)


def _rows_of(order: Order, text: TextIO, typed: Mapping[str, CellReader]) -> Iterator[tuple[Row[Any], Size]]:
    if order.format is Format.ndjson:
        return order.kind.lines(text)
    records = Records(text)
    return csv_rows(columns_of(order.kind.columns, records, typed), records)


async def _write_report(patron: Opened, action: AsyncAction, file: Path) -> None:
    read = await patron.units.reading(action.project_id)
    with file.open("w", encoding="utf-8", newline="") as out:
        async for piece in whole_report(read, action):
            out.write(piece)


def _tell_end(action: AsyncAction, order: Order) -> None:
    would = "would be " if order.way.dry_run else ""
    OUT.print(f"{action.done_count} {order.kind.noun}(s) {would}imported, {action.failed_count} failed.")
    if not action.failed_count:
        return
    result = msgspec.json.decode(action.result or b"", type=Result)
    for failed in (result.failed or [])[:FAILURES_SHOWN]:
        ERR.print(f"row {failed.row}: {failed.reason}")
    if action.failed_count > FAILURES_SHOWN:
        ERR.print(f"… and {action.failed_count - FAILURES_SHOWN} more; --report FILE tells of all.")
    raise typer.Exit(ROWS_FAILED)


class _Bar:
    """A bar on standard error: how much of the file is done, the rows a second, and how long it will take."""

    def __init__(self, total: int | None) -> None:
        self._progress = Progress(
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]} rows"),
            TextColumn("{task.fields[rate]} rows/s"),
            TimeRemainingColumn(),
            console=ERR,
        )
        self._task = self._progress.add_task("", total=total, rows=0, rate="…")
        self._first: int | None = None

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, action: AsyncAction) -> None:
        """This far is it."""
        rows = action.done_count + action.failed_count
        if self._first is None:
            self._first = rows
        seconds = self._progress.tasks[0].elapsed or 0
        rate = f"{(rows - self._first) / seconds:,.0f}" if seconds else "…"
        self._progress.update(self._task, completed=action.passed, rows=f"{rows:,}", rate=rate)
