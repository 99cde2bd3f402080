"""SQLite through apsw: one write connection in its own thread, keyed reads on the event loop, scans in readers.

The file is only ever opened through apsw: a second SQLite library in the process would lose commits (rule 20).
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import apsw

from patron.db import areas, moments, steps
from patron.db.faults import LOCK_NOT_AVAILABLE, UNIQUE_VIOLATION, Refused, Unreachable
from patron.db.rulebook import RULEBOOK_VERSIONS, VERSION_OF, Part
from patron.db.sql import SqliteSql
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.unit import Unit
from patron.kernel.problems import Problem, busy

T = TypeVar("T")

READER_SECONDS = 5.0
BUSY_MS = 5_000
CHECKPOINT_PAGES = 1_000
CHECKPOINT_EVERY_SECONDS = 0.5
READERS = 2
MAPPED_BYTES = 1 << 30
"""How much of the file is read as memory: a page that the system holds anyway then costs no call and no copy."""
_STEPS_BETWEEN_LOOKS = 20_000


class SqliteDatabase:
    """A database file (or `:memory:`, which lives as long as this object).

    `durable=False` leaves out the syncs to disk: for tests alone.
    """

    dialect = "sqlite"

    def __init__(self, path: str, parts: tuple[Part, ...], *, durable: bool = True) -> None:
        self._in_memory = path == ":memory:"
        self._path = f"file:/patron-{id(self)}?vfs=memdb" if self._in_memory else path
        self._durable = durable
        self._parts = parts
        self._sql: dict[Table[Any], SqliteSql] = {}
        self._writer = ThreadPoolExecutor(1, "patron-writer")
        self._readers = ThreadPoolExecutor(READERS, "patron-reader")
        self._checkpointer = ThreadPoolExecutor(1, "patron-checkpoints")
        self._reader = threading.local()
        self._opened: list[apsw.Connection] = []
        self._wal_pages = 0
        self._checkpoints: asyncio.Task[None] | None = None
        self._write = self._open()
        self._keyed = self._open()

    async def start(self) -> None:
        """Begin the passive checkpoints, away from the writer."""
        if not self._in_memory:
            self._write.wal_autocheckpoint(0)
            self._write.set_wal_hook(self._note_wal)
            self._checkpoints = asyncio.create_task(self._checkpoint())

    async def close(self) -> None:
        if self._checkpoints is not None:
            self._checkpoints.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._checkpoints
        for threads in (self._checkpointer, self._writer, self._readers):
            threads.shutdown()
        for connection in reversed(self._opened):
            connection.close()

    async def ping(self) -> None:
        """Raises Problem 503 when a read fails."""
        try:
            self._keyed.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except _LOST as fault:
            raise _lost() from fault

    # Reads

    async def one(self, statement: Statement[T], **params: Any) -> T | None:
        text = statement.sqlite
        try:
            for row in self._keyed.execute(text.sql, text.take(params)):
                return statement.into(*row)
        except _LOST as fault:
            raise _lost() from fault
        return None

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        try:
            return _rows(self._keyed, statement, params)
        except _LOST as fault:
            raise _lost() from fault

    async def scan(self, statement: Statement[T], **params: Any) -> list[T]:
        return (await self.snapshot((statement, params)))[0]

    async def snapshot(self, *questions: tuple[Statement[Any], dict[str, Any]]) -> list[list[Any]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read_snapshot, questions)

    def _read_snapshot(self, questions: tuple[tuple[Statement[Any], dict[str, Any]], ...]) -> list[list[Any]]:
        connection = getattr(self._reader, "connection", None)
        if connection is None:
            connection = self._reader.connection = self._open()
        deadline = time.monotonic() + READER_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            with connection:
                return [_rows(connection, statement, params) for statement, params in questions]
        except apsw.InterruptError:
            raise busy("The read took longer than 5 s; narrow the filters or follow the cursor.") from None
        except _LOST as fault:
            raise _lost() from fault

    # Units

    async def run(self, unit: Unit) -> None:
        """Run a unit whole in the writer's thread: one hop. Raises `Refused` or `Unreachable`; nothing is left then."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, self._run, unit)

    async def in_writer(self, deed: Callable[[apsw.Connection], T]) -> T:
        """Run something of the operator's (a migration, a backup) on the write connection, between units."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, deed, self._write)

    async def newer_content(self, project_id: str, since: int) -> tuple[int, dict[Table[Any], list[Any]]]:
        """The rulebook's version and the rows of its content newer than `since`, as of one moment."""
        params = {"project_id": project_id, "version": since}
        questions = [(VERSION_OF, params), *((part.newer, params) for part in self._parts)]
        (versions, *newer) = await self.snapshot(*questions)
        return _content(versions, self._parts, newer)

    def _run(self, unit: Unit) -> None:
        try:
            self._take(unit)
        except apsw.ConstraintError as fault:
            self._roll_back()
            raise Refused(UNIQUE_VIOLATION, constraint=str(fault)) from fault
        except (apsw.BusyError, apsw.LockedError) as fault:
            self._roll_back()
            raise Refused(LOCK_NOT_AVAILABLE) from fault
        except _LOST as fault:
            self._roll_back()
            raise Unreachable from fault
        except BaseException:
            self._roll_back()
            raise

    def _take(self, unit: Unit) -> None:
        taking = unit.steps()
        answer: Any = None
        with contextlib.suppress(StopIteration):
            while True:
                answer = self._perform(taking.send(answer))

    def _roll_back(self) -> None:
        if self._write.in_transaction:
            self._write.execute("ROLLBACK")

    def _perform(self, step: steps.Step) -> Any:  # noqa: C901 - a dispatch
        execute = self._write.execute
        match step:
            case steps.Wipe():
                return self._wipe(step.up_to)
            case steps.Begin():
                execute("BEGIN IMMEDIATE")
                return _version(self._write, step.project_id)
            case steps.Lock(table=table):
                lock, into = self._of(table).lock, table.struct
                return [into(*row) for key in step.keys for row in execute(lock, key)]
            case steps.Make(table=table):
                return {table.key_of(row) for row in step.rows if self._made(table, row)}
            case steps.Update(table=table):
                sql = self._of(table)
                values = map(table.values_of, step.rows)
                self._write.executemany(sql.update, (tuple(v[i] for i in sql.update_order) for v in values))
            case steps.Insert(table=table):
                self._write.executemany(self._of(table).insert, map(table.values_of, step.rows))
            case steps.Delete(table=table):
                self._write.executemany(self._of(table).delete, step.keys)
            case steps.Ask():
                return _rows(self._write, step.statement, step.params)
            case steps.Draw():
                return _rows(self._write, step.pool.statement, {**step.params, "limit": step.n})
            case steps.Resolve(table=table):
                sql_text = self._of(table).resolve[step.unique]
                return {tuple(row) for value in step.values for row in execute(sql_text, value)}
            case steps.Reload():
                params = {"project_id": step.project_id, "version": step.since}
                newer = [_rows(self._write, part.newer, params) for part in self._parts]
                return _content([_version(self._write, step.project_id)], self._parts, newer)
            case steps.Commit():
                execute("COMMIT")
            case steps.Rollback():
                execute("ROLLBACK")
        return None

    def _wipe(self, up_to: int) -> bool:
        """Write the file anew. `secure_delete` alone leaves copies of rows that moved from page to page."""
        if int(self._write.pragma("page_count")) * int(self._write.pragma("page_size")) > up_to:
            return False
        try:
            self._write.execute("VACUUM")
            if not self._in_memory:
                self._write.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except (apsw.BusyError, apsw.LockedError, *_LOST):
            return False
        return True

    def _made(self, table: Table[Any], row: Any) -> bool:
        self._write.execute(self._of(table).make, table.values_of(row))
        return self._write.changes() > 0

    def _of(self, table: Table[Any]) -> SqliteSql:
        sql = self._sql.get(table)
        if sql is None:
            sql = self._sql[table] = SqliteSql(table)
        return sql

    # Connections

    def _open(self) -> apsw.Connection:
        connection = apsw.Connection(self._path, statementcachesize=500, flags=_OPEN_FLAGS)
        # Without this, SQLite plans a statement anew for each value that is bound to it: 40 µs of 50 for a read by key.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        connection.set_busy_timeout(BUSY_MS)
        if not self._in_memory:
            connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full" if self._durable else "off")
        connection.pragma("mmap_size", MAPPED_BYTES)
        connection.pragma("foreign_keys", 1)
        connection.pragma("secure_delete", 1)
        moments.teach(connection)
        areas.teach(connection)
        self._opened.append(connection)
        return connection

    def _note_wal(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    async def _checkpoint(self) -> None:
        connection = self._open()
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(CHECKPOINT_EVERY_SECONDS)
            if self._wal_pages >= CHECKPOINT_PAGES:
                self._wal_pages = 0
                with contextlib.suppress(apsw.BusyError):
                    await loop.run_in_executor(self._checkpointer, connection.wal_checkpoint)


_LOST = (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.NoMemError)
"""The file cannot be read or written just now: a full disk, a disk that is gone."""


def _lost() -> Problem:
    return busy("The database file cannot be read; try again shortly.")


_OPEN_FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI


def _rows(connection: apsw.Connection, statement: Statement[T], params: dict[str, Any]) -> list[T]:
    text, into = statement.sqlite, statement.into
    return [into(*row) for row in connection.execute(text.sql, text.take(params))]


def _version(connection: apsw.Connection, project_id: str) -> int:
    for (version,) in connection.execute(_VERSION_SQL, (project_id,)):
        return int(version)
    return 0


_VERSION_SQL = f'SELECT version FROM "{RULEBOOK_VERSIONS.name}" WHERE project_id = ?'  # noqa: S608 - a constant


def _content(
    versions: list[int], parts: tuple[Part, ...], newer: list[list[Any]]
) -> tuple[int, dict[Table[Any], list[Any]]]:
    return (versions[0] if versions else 0), {part.table: rows for part, rows in zip(parts, newer, strict=True)}
