"""PostgreSQL through asyncpg: a pool for units, a pool for reads, and the rules for what a lost connection means."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import asyncpg

from patron.db import steps
from patron.db.faults import Refused, UnknownOutcome, Unreachable
from patron.db.rulebook import RULEBOOK_VERSIONS, VERSION_OF, Part
from patron.db.shared_reads import SharedReads
from patron.db.sql import PostgresSql
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.unit import Unit
from patron.db.units_table import UNITS
from patron.kernel.problems import busy

T = TypeVar("T")
Connection = Any  # asyncpg's pooled connections are proxies, which its stubs do not type as connections

LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 5_000
CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 10.0
RESOLVE_TRIES = 8
RESOLVE_PAUSE_SECONDS = 0.5

READS_AND_WRITES = {
    "application_name": "patron",
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": str(STATEMENT_TIMEOUT_MS),
    "default_transaction_isolation": "read committed",
    "jit": "off",
    # A plan that does not know its LIMIT takes it for a tenth of the table, and would read a page in three processes.
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
}
# Every statement of a unit goes by key. A plan that was cached while a table was empty must not go on scanning it.
WRITES = {**READS_AND_WRITES, "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver raises when the line breaks between two of its own states
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
_REFUSED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)

_BEGIN = (
    f'WITH unit AS (INSERT INTO "{UNITS.name}" (project_id, id, created_at) VALUES ($1, $2, $3)) '  # noqa: S608
    f'SELECT coalesce((SELECT version FROM "{RULEBOOK_VERSIONS.name}" WHERE project_id = $1), 0)'
)
_FENCE = f'INSERT INTO "{UNITS.name}" (project_id, id, created_at) VALUES ($1, $2, $3)'  # noqa: S608


class PostgresDatabase:
    """A database by its `postgresql://…` URL, with `size` connections for units and as many for reads."""

    dialect = "postgresql"

    def __init__(self, url: str, parts: tuple[Part, ...], *, size: int = 8) -> None:
        self._url = url
        self._parts = parts
        self._size = size
        self._sql: dict[Table[Any], PostgresSql] = {}
        self._reads: Any = None
        self._shared: Any = None
        self._writes: Any = None

    async def start(self) -> None:
        """Connect. Raises Problem 503 when the database does not answer."""
        with _reading():
            self._reads = await self._pool(READS_AND_WRITES)
            self._shared = SharedReads(self._reads, asyncio.get_running_loop())
            self._writes = await self._pool(WRITES)

    async def close(self) -> None:
        for pool in (self._reads, self._writes):
            if pool is not None:
                try:
                    await asyncio.wait_for(pool.close(), CONNECT_SECONDS)
                except (TimeoutError, *_LOST):
                    pool.terminate()

    async def ping(self) -> None:
        """Raises Problem 503 when a read fails."""
        with _reading():
            await self._reads.fetchval("SELECT 1", timeout=CONNECT_SECONDS)

    # Reads

    async def one(self, statement: Statement[T], **params: Any) -> T | None:
        with _reading():
            row = await self._shared.one(statement, params)
        return None if row is None else statement.into(*row)

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        with _reading():
            return await _rows(self._reads, statement, params)

    async def scan(self, statement: Statement[T], **params: Any) -> list[T]:
        return await self.all(statement, **params)

    async def snapshot(self, *questions: tuple[Statement[Any], dict[str, Any]]) -> list[list[Any]]:
        with _reading():
            async with (
                self._reads.acquire(timeout=CONNECT_SECONDS) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return [await _rows(connection, statement, params) for statement, params in questions]

    # Units

    async def run(self, unit: Unit) -> None:
        """Run a unit on a connection of its own.

        Raises `Refused` or `Unreachable`, and then nothing of it is or ever will be there; or `UnknownOutcome`.
        """
        try:
            connection = await self._writes.acquire(timeout=CONNECT_SECONDS)
        except _LOST as fault:
            raise Unreachable from fault
        step: steps.Step | None = None
        try:
            async for step in self._take(connection, unit):  # noqa: B007 - looked at after a fault
                pass
        except _REFUSED as fault:
            await self._roll_back(connection)
            raise _refused(fault, step) from fault
        except _LOST as fault:
            _drop(connection)
            if isinstance(fault, ValueError):  # a parameter that the driver cannot encode: our fault, not the line's
                raise
            if not (isinstance(step, steps.Commit) and await self._did_commit(unit)):
                raise Unreachable from fault
            unit.committed = True
        except BaseException:
            await self._roll_back(connection)
            raise
        finally:
            await self._release(connection)

    async def newer_content(self, project_id: str, since: int) -> tuple[int, dict[Table[Any], list[Any]]]:
        """The rulebook's version and the rows of its content newer than `since`, as of one moment."""
        params = {"project_id": project_id, "version": since}
        versions, *newer = await self.snapshot((VERSION_OF, params), *((part.newer, params) for part in self._parts))
        content = {part.table: rows for part, rows in zip(self._parts, newer, strict=True)}
        return (versions[0] if versions else 0), content

    async def _take(self, connection: Connection, unit: Unit) -> AsyncIterator[steps.Step]:
        taking = unit.steps()
        answer: Any = None
        while True:
            try:
                step = taking.send(answer)
            except StopIteration:
                return
            yield step
            answer = await self._perform(connection, step)

    async def _perform(self, connection: Connection, step: steps.Step) -> Any:  # noqa: C901 - a dispatch
        match step:
            case steps.Wipe():
                return True  # what rows left is the server's to clear, by its autovacuum
            case steps.Begin():
                await connection.execute("BEGIN")
                return await connection.fetchval(_BEGIN, step.project_id, step.unit_id, step.now)
            case steps.Lock(table=table):
                sql = self._of(table)
                text = sql.lock_strong if step.strong else sql.lock
                found = await connection.fetch(text, *sql.key_params(step.keys, table.key))
                return [table.struct(*row) for row in found]
            case steps.Make(table=table):
                sql = self._of(table)
                return {tuple(row) for row in await connection.fetch(sql.make, *sql.row_params(step.rows))}
            case steps.Update(table=table):
                sql = self._of(table)
                statement, params = sql.upsertion(step.rows)
                await connection.fetch(statement, *params)
            case steps.Insert(table=table):
                sql = self._of(table)
                statement, params = sql.insertion(step.rows)
                await connection.fetch(statement, *params)
            case steps.Delete(table=table):
                sql = self._of(table)
                await connection.fetch(sql.delete, *sql.key_params(step.keys, table.key))
            case steps.Ask():
                return await _rows(connection, step.statement, step.params)
            case steps.Draw():
                return await _rows(connection, step.pool.statement, {**step.params, "limit": step.n})
            case steps.Resolve(table=table):
                sql = self._of(table)
                found = await connection.fetch(
                    sql.resolve(step.unique), *sql.key_params(step.values, table.unique[step.unique])
                )
                return {tuple(row) for row in found}
            case steps.Reload():
                return await self.newer_content(step.project_id, step.since)
            case steps.Commit():
                await connection.execute("COMMIT")
            case steps.Rollback():
                await connection.execute("ROLLBACK")
        return None

    async def _did_commit(self, unit: Unit) -> bool:
        """Whether a unit whose connection was lost at the commit is there (rule 14).

        Its id is inserted once more: success means that it never will be, a conflict that it is. An open
        transaction of the lost connection makes the insert wait, so neither answer can turn out wrong.
        """
        for _ in range(RESOLVE_TRIES):
            try:
                async with self._writes.acquire(timeout=CONNECT_SECONDS) as connection:
                    await connection.execute(_FENCE, unit.project_id, unit.id, unit.now)
                return False
            except asyncpg.UniqueViolationError:
                return True
            except (*_LOST, *_REFUSED):
                await asyncio.sleep(RESOLVE_PAUSE_SECONDS)
        raise UnknownOutcome

    async def _roll_back(self, connection: Connection) -> None:
        try:
            await connection.execute("ROLLBACK", timeout=CONNECT_SECONDS)
        except (*_LOST, asyncpg.PostgresError):
            _drop(connection)

    async def _release(self, connection: Connection) -> None:
        with contextlib.suppress(*_LOST):
            await self._writes.release(connection)

    def _of(self, table: Table[Any]) -> PostgresSql:
        sql = self._sql.get(table)
        if sql is None:
            sql = self._sql[table] = PostgresSql(table)
        return sql

    async def _pool(self, settings: dict[str, str]) -> Any:
        return await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=self._size,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            statement_cache_size=500,
            max_cached_statement_lifetime=0,
            server_settings=settings,
            reset=_keep_as_is,
        )


async def _keep_as_is(_connection: Connection) -> None:
    """Units end their transaction themselves and reads set nothing: there is nothing to reset on release."""


def _drop(connection: Connection) -> None:
    """Hang up. One whose other end hung up first has left the pool by itself, and cannot be told anything."""
    with contextlib.suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _rows(connection: Connection, statement: Statement[T], params: dict[str, Any]) -> list[T]:
    text, into = statement.postgres, statement.into
    return [into(*row) for row in await connection.fetch(text.sql, *text.take(params))]


@contextlib.contextmanager
def _reading() -> Any:
    try:
        yield
    except asyncpg.QueryCanceledError:
        raise busy("The read took longer than 5 s; narrow the filters or follow the cursor.") from None
    except _LOST as fault:
        raise busy("The database cannot be reached; try again shortly.") from fault


def _refused(fault: asyncpg.PostgresError, step: steps.Step | None) -> Refused:
    table = getattr(step, "table", None)
    return Refused(
        fault.sqlstate or "",
        table=table.name if isinstance(table, Table) else None,
        constraint=getattr(fault, "constraint_name", None),
    )
