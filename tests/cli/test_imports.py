"""`patron import customers`: from files of any size, beside a running server or alone."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.shop import project_of
from tests.cli.running import Shell
from tests.support.databases import numbers
from tests.support.servers import serving

HEAD = "Source_id,Name,City,tier\n"


@pytest.fixture
def project(shell: Shell) -> str:
    return project_of(shell.database_url)


def customers_of(shell: Shell) -> int:
    return numbers(shell.database_url, {"n": "SELECT count(*) FROM customers"})["n"]


def rows_of(report: Path) -> list[dict[str, str]]:
    with report.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_csv_file_is_imported_beside_a_running_server(shell: Shell, project: str, contract_log: Path) -> None:
    (shell.folder / "people.csv").write_text(HEAD + "".join(f"p{n},Person {n},Bath,gold\n" for n in range(450)))
    with serving(shell.database_url, contract_log) as shop:
        printed = shell.run("import", "customers", "people.csv", "--project", project, "--report", "report.csv")
        assert "450 customer(s) imported, 0 failed." in printed
        made: dict[str, Any] = shop.client.get("/v1/customers/p449").json()
        assert (made["name"], made["address"]["city"], made["metadata"]) == ("Person 449", "Bath", {"tier": "gold"})
        [action] = shop.client.get("/v1/async-actions").json()["async_actions"]
        assert (action["type"], action["status"], action["progress"]) == ("CUSTOMERS.IMPORT_CSV", "DONE", 100)
    assert [row["found"] for row in rows_of(shell.folder / "report.csv")] == ["false"] * 450


def test_ndjson_is_imported_by_its_name_or_by_its_format(shell: Shell, project: str) -> None:
    lines = [
        json.dumps({"source_id": "a", "name": "Ada", "metadata": {"n": 1, "list": [True, None]}}),
        "",
        json.dumps({"source_id": "b", "birthdate": "2000-02-30"}),
        '{"source_id": "c"',
        json.dumps({"name": "nobody"}),
        json.dumps({"source_id": "d", "address": {"city": "Łódź"}}),
    ]
    (shell.folder / "people.ndjson").write_text("\n".join(lines))
    told = shell.run("import", "customers", "people.ndjson", "--project", project, fails=True)
    assert [line.split(":")[0] for line in told.splitlines() if line.startswith("row ")] == ["row 3", "row 4", "row 5"]
    assert customers_of(shell) == 2
    (shell.folder / "people.txt").write_text(json.dumps({"source_id": "e"}))
    told = shell.run("import", "customers", "people.txt", "--project", project, fails=True)
    assert "--format" in told
    shell.run("import", "customers", "people.txt", "--project", project, "--format", "ndjson")
    assert customers_of(shell) == 3


def test_overwrite_replaces_and_merge_merges(shell: Shell, project: str) -> None:
    (shell.folder / "one.csv").write_text(HEAD + "a,Ada,Bath,gold\n")
    (shell.folder / "two.csv").write_text("Source_id,level\na,9\n")
    metadata = "SELECT count(*) FROM customers WHERE name IS NOT NULL AND city IS NOT NULL"
    shell.run("import", "customers", "one.csv", "--project", project)
    shell.run("import", "customers", "two.csv", "--project", project, "--mode", "merge")
    assert numbers(shell.database_url, {"n": metadata})["n"] == 1
    shell.run("import", "customers", "two.csv", "--project", project)
    assert numbers(shell.database_url, {"n": metadata})["n"] == 0


def test_a_dry_run_changes_nothing_and_tells_what_would_be(shell: Shell, project: str) -> None:
    (shell.folder / "one.csv").write_text(HEAD + "a,Ada,Bath,gold\nb,short\n")
    order = ("import", "customers", "one.csv", "--project", project, "--dry-run", "--report", "report.csv")
    told = shell.run(*order, fails=True)
    assert "row 2: expected 4 cells" in told
    assert customers_of(shell) == 0
    assert [row["changes"] for row in rows_of(shell.folder / "report.csv")] == ["name address.city metadata.tier", ""]


def test_a_failed_row_is_the_exit_code_3(shell: Shell, project: str) -> None:
    (shell.folder / "one.csv").write_text(HEAD + "".join(f"p{n},short\n" for n in range(30)) + "x,Ada,,\n")
    done = _run(shell, "one.csv", project)
    assert done.returncode == 3
    assert "1 customer(s) imported, 30 failed." in done.stdout
    assert "and 10 more" in done.stderr


def test_a_file_that_was_imported_can_be_imported_again(shell: Shell, project: str) -> None:
    (shell.folder / "one.csv").write_text(HEAD + "a,Ada,Bath,gold\n")
    for found in ("false", "true"):
        shell.run("import", "customers", "one.csv", "--project", project, "--report", "report.csv")
        assert [row["found"] for row in rows_of(shell.folder / "report.csv")] == [found]


def test_standard_input_is_read(shell: Shell, project: str) -> None:
    content = HEAD + "".join(f"p{n},Person {n},,\n" for n in range(700))
    done = _run(shell, "-", project, "--format", "csv", given=content)
    assert (done.returncode, customers_of(shell)) == (0, 700), done.stderr


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "empty"), (b"Name\nx\n", "Source_id"), (b"Source_id,Name\na,b\nx,Zo\xeb\n", "UTF-8")]
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(file: Shell, content: bytes, word: str) -> None:
    project = project_of(file.database_url)
    (file.folder / "one.csv").write_bytes(content)
    assert word in file.run("import", "customers", "one.csv", "--project", project, fails=True)


def test_what_is_not_there_is_told_in_a_sentence(file: Shell) -> None:
    project = project_of(file.database_url)
    assert "No such file" in file.run("import", "customers", "none.csv", "--project", project, fails=True)
    (file.folder / "one.csv").write_text(HEAD)
    assert "proj_x" in file.run("import", "customers", "one.csv", "--project", "proj_x", fails=True)


def test_the_help_teaches(file: Shell) -> None:
    told = file.run("import", "customers", "--help")
    assert all(
        word in told for word in ("Source_id", "--dry-run", "merge", "overwrite", "goes on where it was", "Example")
    )


@pytest.mark.parametrize("hostile", ["rows", "one quote", "one line"])
def test_memory_does_not_grow_with_the_file(file: Shell, hostile: str) -> None:
    project = project_of(file.database_url)
    (file.folder / "small.csv").write_text("Source_id,Name\n" + "x,short,\n" * 100)
    piece = "x,no end" * 8_192 if hostile == "one line" else "x,short,\n" * 8_192
    with (file.folder / "large.csv").open("w") as large:
        large.write("Source_id,Name\n")
        large.write('a,"' if hostile == "one quote" else "")
        for _ in range(400 if hostile == "one line" else 12):
            large.write(piece)
    small, large_one = (_peak_of(file, name, project) for name in ("small.csv", "large.csv"))
    assert large_one - small < 50 * 1024, f"{small} → {large_one} KiB"


def _peak_of(shell: Shell, name: str, project: str) -> int:
    """The most memory (KiB) that the command took."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-m", "patron.cli.main", "import", "customers", name, "--project", project, "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env={"PATRON_DATABASE_URL": shell.database_url, "PATH": "/usr/bin:/bin"},
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def _run(shell: Shell, name: str, project: str, *options: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "patron.cli.main", "import", "customers", name, "--project", project, *options]
    return subprocess.run(
        command,
        env={"PATRON_DATABASE_URL": shell.database_url, "PATH": "/usr/bin:/bin"},
        cwd=shell.folder,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
