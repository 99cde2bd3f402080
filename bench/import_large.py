"""`patron import customers` of a file larger than the memory it may take: what it takes, and whether all is told.

Every tenth row is ragged. The report must name each of these by its number, and every other row must be a customer.
"""

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from bench.places import database
from bench.report import OUT
from bench.shop import project_of
from tests.support.databases import numbers

MOST_MB = 50
BAD_EVERY = 10
FEW_ROWS = 100
ROWS_FAILED = 3
LOOK_SECONDS = 0.05


def main(
    megabytes: Annotated[int, typer.Option(help="How large the file is.")] = 200,
    kind: Annotated[str, typer.Option(help="SQLite or PostgreSQL.")] = "SQLite",
) -> None:
    """Import a small file, then a large one; end with 1 where that takes 50 MB more or leaves a row untold."""
    with database(kind) as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project_id = project_of(url)
        _write(folder / "small.csv", "few", rows=FEW_ROWS)
        rows = _write(folder / "large.csv", "many", size=megabytes * 1_000_000)
        small, _ = _import(url, project_id, folder, "small")
        large, seconds = _import(url, project_id, folder, "large")
        told, failed = _told(folder / "large-report.csv")
        customers = numbers(url, {"n": "SELECT count(*) FROM customers"})["n"] - FEW_ROWS + FEW_ROWS // BAD_EVERY
    OUT.print(f"{kind}: {rows:,} rows in {seconds:.0f} s; {small} MB with {FEW_ROWS} rows, {large} MB with all of them")
    OUT.print(f"told of {told:,} rows, {failed:,} of them failed; {customers:,} customers")
    complete = (told, failed, customers) == (rows, rows // BAD_EVERY, rows - rows // BAD_EVERY)
    if large - small >= MOST_MB or not complete:
        raise typer.Exit(1)


def _write(file: Path, name: str, *, rows: int = sys.maxsize, size: int = sys.maxsize) -> int:
    """Rows up to so many or so many bytes; how many there are."""
    n = written = 0
    with file.open("w") as out:
        out.write("Source_id,Name,Email,City,visits\n")
        while n < rows and written < size:
            n += 1
            line = f"{name}-{n},Person {n},{n}@shop.example,Bath,{n}{',too much' if n % BAD_EVERY == 0 else ''}\n"
            written += out.write(line)
    return n


def _import(url: str, project_id: str, folder: Path, name: str) -> tuple[int, float]:
    """The most memory (MB) of its own that the command had, without the pages of files, and how long (s) it took."""
    command = [sys.executable, "-m", "patron.cli.main", "import", "customers", f"{name}.csv", "--project", project_id]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--report", f"{name}-report.csv"],
        env={"PATRON_DATABASE_URL": url},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = 0
    while process.poll() is None:
        most = max(most, _own_memory_kib(process.pid))
        time.sleep(LOOK_SECONDS)
    if process.returncode != ROWS_FAILED:
        raise SystemExit(f"the import ended with {process.returncode}")
    return most // 1024, time.perf_counter() - started


def _own_memory_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def _told(report: Path) -> tuple[int, int]:
    """How many rows a report tells of, and how many of them failed; each number comes once, in order."""
    told = failed = 0
    with report.open(newline="") as lines:
        for told, line in enumerate(csv.DictReader(lines), 1):
            if int(line["row"]) != told:
                raise SystemExit(f"the report has row {line['row']} where {told} was expected")
            failed += line["updated"] == "false"
    return told, failed


if __name__ == "__main__":
    typer.run(main)
