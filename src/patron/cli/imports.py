"""`patron import …`"""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from io import FileIO
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO, cast

import msgspec
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from patron.cli.one_server import is_served
from patron.cli.screen import ERR, OUT
from patron.config import read_settings
from patron.domains.async_actions import (
    CellReader,
    CellReaders,
    Records,
    Row,
    Size,
    columns_of,
    csv_rows,
    ndjson_rows,
    text_of,
    whole_report,
)
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.wire import Result
from patron.domains.customers.actions.bulk import Way
from patron.domains.customers.actions.import_file import ALONE, BESIDE_OTHERS, FileImport, file_import
from patron.domains.customers.bulk.columns import CustomerColumns
from patron.domains.customers.wire import CustomerIn
from patron.kernel.collector import spare_collections
from patron.kernel.problems import invalid_payload, not_found
from patron.running import Opened, opened, project_ids

app = typer.Typer(no_args_is_help=True, help="Bring what another system has into a project, from files of any size.")

ROWS_FAILED = 3
"""The exit code where the file was imported, but for some of its rows."""
FAILURES_SHOWN = 20
_BLOCK = 1 << 20


class Format(StrEnum):
    """What a file may be."""

    csv = "csv"
    ndjson = "ndjson"


class Mode(StrEnum):
    """What a row does to a customer that is known."""

    overwrite = "overwrite"
    merge = "merge"


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for."""

    file: Path
    project_id: str
    format: Format
    way: Way
    report: Path | None

    @property
    def is_stdin(self) -> bool:
        return str(self.file) == "-"


@app.command()
def customers(
    file: Annotated[Path, typer.Argument(help="A .csv or .ndjson file; - reads standard input.", allow_dash=True)],
    project: Annotated[str, typer.Option(help="The project's id, as `patron projects list` shows it.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="What the file is, where its name does not say so.")
    ] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="overwrite: a row is the whole profile, and whatever it does not say is cleared, metadata too. "
            "merge: a row changes what it says, and nothing else."
        ),
    ] = Mode.overwrite,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; --report says what would.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write a CSV file with a line for each row: what became of it, and why.")
    ] = None,
) -> None:
    """Import customers from a CSV or NDJSON file, also beside a running server.

    CSV: the first row names the columns. [bold]Source_id[/] or [bold]Id[/] says who a row is about; [bold]Name, Email,
    Phone, Birthdate, Description, Address_Line_1, Address_Line_2, Address_Postal_Code, Address_City, Address_State,
    Address_Country[/] go into the profile, and every other column into its metadata, as text unless the metadata
    schema of customers says otherwise. NDJSON: one JSON object a line, in the form of POST /v1/customers.

    A row that cannot be used is reported with its number, and costs no other row; the exit code is then 3.

    Broken off, by Ctrl-C or worse, the same command goes on where it was and does no row twice (but not for standard
    input). Try [bold]--dry-run --report report.csv[/] first.

    Example: patron import customers shop.csv --project proj_… --mode merge --report report.csv
    """
    way = Way(overwrite=mode is Mode.overwrite, dry_run=dry_run, report=report is not None)
    order = Order(file, project, format_ or _format_of(file), way, report)
    try:
        action = asyncio.run(_import(order))
    except KeyboardInterrupt:
        ERR.print("Stopped. The same command goes on where this was.")
        raise typer.Exit(130) from None
    _tell_end(action, order)


def _format_of(file: Path) -> Format:
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
            importing = await file_import(patron.units, order.project_id, mark, order.way, size, pace)
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
    digest = blake2b(msgspec.json.encode([order.format, order.way]), digest_size=20)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


async def _run(patron: Opened, importing: FileImport, order: Order, file: FileIO) -> AsyncAction:
    read = await patron.units.reading(order.project_id)
    if importing.resumed_at:
        ERR.print(f"Going on after row {importing.resumed_at}, where an earlier run was broken off.")
    with text_of(cast(BinaryIO, file)) as text, _Bar(importing.action.total or None) as bar:
        rows = _rows_of(order.format, text, read.rulebook.derived(CellReaders).of("customer"))
        return await importing.run(rows, (lambda: 0) if order.is_stdin else file.tell, bar.tell)


def _rows_of(kind: Format, text: TextIO, typed: Mapping[str, CellReader]) -> Iterator[tuple[Row[CustomerIn], Size]]:
    if kind is Format.ndjson:
        return ndjson_rows(text, CustomerIn, _name_of)
    records = Records(text)
    return csv_rows(columns_of(CustomerColumns, records, typed), records)


def _name_of(customer: CustomerIn) -> str:
    name = customer.source_id or customer.id
    if not name:
        raise invalid_payload("source_id: expected one, or the customer's id")
    return name


async def _write_report(patron: Opened, action: AsyncAction, file: Path) -> None:
    read = await patron.units.reading(action.project_id)
    with file.open("w", encoding="utf-8", newline="") as out:
        async for piece in whole_report(read, action):
            out.write(piece)


def _tell_end(action: AsyncAction, order: Order) -> None:
    would = "would be " if order.way.dry_run else ""
    OUT.print(f"{action.done_count} customer(s) {would}imported, {action.failed_count} failed.")
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
