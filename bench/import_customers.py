"""`patron import customers` against the database's own bulk load of the same rows.

PostgreSQL loads them by COPY, SQLite by one prepared INSERT a table, in one transaction each: no CSV, no checks, no
lookups, no keys to find, no progress that survives a crash. The command is timed as its async action is, from its
beginning to its end: without the start of the interpreter.
"""

import csv
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bench.places import database
from bench.report import OUT, Ratio, print_ratios
from bench.shop import project_of, rows_of, write
from patron.domains.customers.model import CUSTOMERS, Customer
from tests.support.databases import numbers

LEAST = 0.3
HEADER = "Source_id,Name,Email,Phone,Birthdate,City,Address_Line_1,Country,Postal_Code,lang,vip,visits,interests"


def main(
    customers: Annotated[int, typer.Option(help="How many customers are imported.")] = 50_000,
    rounds: Annotated[int, typer.Option(help="How often each way is measured, in turns.")] = 3,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure importing customers from CSV, new ones and then the same ones again."""
    ratios = []
    for kind in ("SQLite", "PostgreSQL"):
        found = [_round(kind, customers) for _ in range(rounds)]
        ratios.append(Ratio(f"{kind}: new customers", [new for new, _ in found], LEAST))
        ratios.append(Ratio(f"{kind}: the same file again", [again for _, again in found]))
    if not print_ratios(f"patron import customers ÷ bulk load ({customers:,} customers)", ratios) and strict:
        raise typer.Exit(1)


def _round(kind: str, customers: int) -> tuple[float, float]:
    with database(kind) as bulk_url, database(kind) as url, tempfile.TemporaryDirectory() as folder:
        rows = rows_of(project_of(bulk_url), list(range(customers)), random.Random(7))
        started = time.perf_counter()
        write(bulk_url, rows)
        bulk = customers / (time.perf_counter() - started)
        file = Path(folder) / "customers.csv"
        write_csv(file, rows[CUSTOMERS])
        project_id = project_of(url)
        new, again = (customers / _import(url, project_id, file) for _ in range(2))
        OUT.print(f"{kind}: bulk {bulk:6.0f}/s   import {new:6.0f}/s   again {again:6.0f}/s")
        return new / bulk, again / bulk


def _import(url: str, project_id: str, file: Path) -> float:
    """How long (s) the command's import takes."""
    command = [sys.executable, "-m", "patron.cli.main", "import", "customers", str(file), "--project", project_id]
    done = subprocess.run(command, env={"PATRON_DATABASE_URL": url}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2_000:])
    took = "SELECT updated_at - created_at FROM async_actions ORDER BY created_at DESC LIMIT 1"
    return numbers(url, {"ms": took})["ms"] / 1_000


def write_csv(file: Path, customers: list[Customer]) -> None:
    """The file that says of each customer what was written in bulk."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER.split(","))
        writer.writerows(map(_cells, customers))


def _cells(customer: Customer) -> list[str]:
    address, metadata = msgspec.json.decode(customer.address or "{}"), msgspec.json.decode(customer.metadata or "{}")
    return [
        customer.source_id,
        *(str(getattr(customer, field)) for field in ("name", "email", "phone", "birthdate")),
        *(str(address[part]) for part in ("city", "line_1", "country", "postal_code")),
        *(str(metadata[key]) for key in ("lang", "vip", "visits")),
        ",".join(metadata["interests"]),
    ]


if __name__ == "__main__":
    typer.run(main)
