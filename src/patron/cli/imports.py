"""`patron import …`"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from patron.cli.file_imports import Format, Kind, Order, carry_out, format_of
from patron.domains.async_actions import Row, Size, ndjson_rows
from patron.domains.customers.actions.bulk import CUSTOMER_FILE, Way
from patron.domains.customers.bulk.columns import CustomerColumns
from patron.domains.customers.wire import CustomerIn
from patron.domains.vouchers.actions.import_rows import VOUCHER_FILE, FileWay
from patron.domains.vouchers.columns import VoucherColumns
from patron.domains.vouchers.wire.imported import Imported, VoucherImportIn
from patron.kernel.problems import invalid_payload

app = typer.Typer(no_args_is_help=True, help="Bring what another system has into a project, from files of any size.")

FILE = Annotated[Path, typer.Argument(help="A .csv or .ndjson file; - reads standard input.", allow_dash=True)]
PROJECT = Annotated[str, typer.Option(help="The project's id, as `patron projects list` shows it.")]
FORMAT = Annotated[Format | None, typer.Option("--format", help="What the file is, where its name does not say so.")]
DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Change nothing; --report says what would.")]
REPORT = Annotated[
    Path | None, typer.Option(help="Write a CSV file with a line for each row: what became of it, and why.")
]


class Mode(StrEnum):
    """What a row does to a customer that is known."""

    overwrite = "overwrite"
    merge = "merge"


@app.command()
def customers(
    file: FILE,
    project: PROJECT,
    format_: FORMAT = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="overwrite: a row is the whole profile, and whatever it does not say is cleared, metadata too. "
            "merge: a row changes what it says, and nothing else."
        ),
    ] = Mode.overwrite,
    dry_run: DRY_RUN = False,
    report: REPORT = None,
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
    carry_out(Order(CUSTOMERS, file, project, format_ or format_of(file), way, report))


@app.command()
def vouchers(
    file: FILE, project: PROJECT, format_: FORMAT = None, dry_run: DRY_RUN = False, report: REPORT = None
) -> None:
    """Import vouchers from a CSV or NDJSON file, also beside a running server.

    CSV: the first row names the columns. [bold]Code[/] says which voucher a row is about; [bold]Voucher Type, Value,
    Discount Type, Discount Effect, Category, Start Date, Expiration Date, Redemption Limit, Redeemed Quantity, Redeemed
    Amount, Active, Additional Info[/] say what it is, and every other column goes into its metadata, as text unless the
    metadata schema of vouchers says otherwise. NDJSON: one JSON object a line, in the form of POST /v1/vouchers/import,
    which may name a campaign too.

    A code that is known has its category changed and is switched on or off; nothing else of it changes.

    A row that cannot be used is reported with its number, and costs no other row; the exit code is then 3.

    Broken off, by Ctrl-C or worse, the same command goes on where it was and does no row twice (but not for standard
    input). Try [bold]--dry-run --report report.csv[/] first.

    Example: patron import vouchers codes.csv --project proj_… --report report.csv
    """
    way = FileWay(dry_run=dry_run, report=report is not None)
    carry_out(Order(VOUCHERS, file, project, format_ or format_of(file), way, report))


def _customer_lines(text: TextIO) -> Iterator[tuple[Row[CustomerIn], Size]]:
    return ndjson_rows(text, CustomerIn, _name_of)


def _name_of(customer: CustomerIn) -> str:
    name = customer.source_id or customer.id
    if not name:
        raise invalid_payload("source_id: expected one, or the customer's id")
    return name


def _voucher_lines(text: TextIO) -> Iterator[tuple[Row[Imported], Size]]:
    for row, size in ndjson_rows(text, VoucherImportIn, lambda voucher: voucher.code):
        said = None if row.said is None else Imported(row.said)
        yield Row(row.number, row.name, said, row.problem), size


CUSTOMERS = Kind("customer", "customer", CustomerColumns, _customer_lines, CUSTOMER_FILE)
VOUCHERS = Kind("voucher", "voucher", VoucherColumns, _voucher_lines, VOUCHER_FILE)
