"""A look at the whole database as of one moment, as long as it takes, without a change and beside running servers."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

import apsw
import asyncpg

from patron.db import areas, moments
from patron.db.migrations.run import CONNECT_SECONDS, behind, postgres_revision, sqlite_revision
from patron.db.statements import Statement
from patron.db.units import file_of

T = TypeVar("T")

MOST_FAULTS = 5
"""How many faults of a file are told: the first ones say enough."""


class Unreadable(Exception):
    """What was asked for cannot be read, since the file is damaged."""


class Inspection(Protocol):
    """An open snapshot."""

    async def lacking(self) -> list[str]:
        """The schema revisions that the database lacks. Raises `NewerSchema`."""

    async def structure(self) -> list[str]:
        """What is wrong with the file itself; always nothing on PostgreSQL, which keeps its files to itself."""

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        """The rows that a statement finds. Raises `Unreadable`."""


@asynccontextmanager
async def inspecting(url: str) -> AsyncIterator[Inspection]:
    """The database of this URL, as it is now until the block ends.

    What servers write meanwhile is not seen; SQLite keeps it in the file's WAL until then.
    """
    file = file_of(url)
    if file is None:
        async with _postgres(url) as inspection:
            yield inspection
    else:
        with contextlib.closing(_SqliteInspection(file)) as inspection:
            yield inspection


class _SqliteInspection:
    def __init__(self, file: Path) -> None:
        self._connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
        moments.teach(self._connection)
        areas.teach(self._connection)
        self._connection.execute("BEGIN")

    def close(self) -> None:
        self._connection.close()

    async def lacking(self) -> list[str]:
        return behind("sqlite", sqlite_revision(self._connection))

    async def structure(self) -> list[str]:
        try:
            found = [text for (text,) in self._connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})")]
        except apsw.CorruptError as fault:
            return [str(fault)]
        strays = islice(self._connection.execute("PRAGMA foreign_key_check"), MOST_FAULTS)
        faults = [
            f"row {row} of {table} refers to a row of {other} that is not there" for table, row, other, _ in strays
        ]
        return [text for text in found if text != "ok"] + faults

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        text, into = statement.sqlite, statement.into
        try:
            return [into(*row) for row in self._connection.execute(text.sql, text.take(params))]
        except (apsw.CorruptError, apsw.SQLError) as fault:  # the second where a column should hold JSON and does not
            raise Unreadable(str(fault)) from fault


class _PostgresInspection:
    def __init__(self, session: Any) -> None:
        self._session = session

    async def lacking(self) -> list[str]:
        return behind("postgresql", await postgres_revision(self._session))

    async def structure(self) -> list[str]:
        return []

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        text, into = statement.postgres, statement.into
        try:
            return [into(*row) for row in await self._session.fetch(text.sql, *text.take(params))]
        except (asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError) as fault:
            raise Unreadable(str(fault)) from fault


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[Inspection]:
    session = await asyncpg.connect(
        url, timeout=CONNECT_SECONDS, server_settings={"application_name": "patron verify", "jit": "off"}
    )
    try:
        async with session.transaction(isolation="repeatable_read", readonly=True):
            yield _PostgresInspection(session)
    finally:
        await session.close()
