"""Applies the revisions that a database lacks, each in one transaction, while other starting servers wait."""

import asyncio

import apsw
import asyncpg

from patron.db.migrations import chain
from patron.db.migrations.chain import Revision
from patron.db.sqlite import SqliteDatabase
from patron.db.units import Database

CONNECT_SECONDS = 10.0
FIRST_TABLE_TRIES = 5

_VERSIONS = "alembic_version"
_POSTGRES_VERSIONS = "CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT NOT NULL PRIMARY KEY)"
_SQLITE_VERSIONS = f"{_POSTGRES_VERSIONS} STRICT"
_LOCK = "LOCK TABLE alembic_version IN SHARE ROW EXCLUSIVE MODE"
_CURRENT = "SELECT version_num FROM alembic_version"
_FORGET = "DELETE FROM alembic_version"
_RECORD = "INSERT INTO alembic_version (version_num) VALUES ({})"


class NewerSchema(Exception):
    """The database was migrated by a newer Patron than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database is at schema revision {revision}, which this version of Patron does not know: "
            "start the version that migrated it, or a newer one."
        )


async def migrate(database: Database, url: str) -> list[str]:
    """Bring the schema up to date; the names of the revisions that were applied, oldest first.

    `url` is the one that the database was opened with. Of several processes that start at once, one works and
    the others wait for it. A revision that fails leaves nothing of itself. Raises `NewerSchema`.
    """
    if isinstance(database, SqliteDatabase):
        return await database.in_writer(migrate_sqlite)
    return await migrate_postgres(url)


async def pending(database: Database, url: str) -> list[str]:
    """The names of the revisions that `migrate` would apply. Raises `NewerSchema`."""
    if isinstance(database, SqliteDatabase):
        return behind("sqlite", await database.in_writer(sqlite_revision))
    session = await _connect(url)
    try:
        return behind("postgresql", await postgres_revision(session))
    finally:
        await session.close()


def behind(dialect: str, revision: str | None) -> list[str]:
    """The names of the revisions that a database at this one (None: at none) lacks. Raises `NewerSchema`."""
    chains = {"sqlite": chain.for_sqlite, "postgresql": chain.for_postgres}
    return _names(_after(chains[dialect](), revision))


def migrate_sqlite(connection: apsw.Connection) -> list[str]:
    """As `migrate`, through a connection that is in no transaction."""
    applied: list[str] = []
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(_SQLITE_VERSIONS)
            revision = next(iter(_after(chain.for_sqlite(), connection.execute(_CURRENT).get)), None)
            if revision is not None:
                connection.execute(revision.sql)
                connection.execute(_FORGET)
                connection.execute(_RECORD.format("?"), (revision.name,))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        if revision is None:
            return applied
        applied.append(revision.name)


async def migrate_postgres(url: str) -> list[str]:
    """As `migrate`, on a connection of its own without the server's timeouts."""
    connection = await _connect(url)
    applied: list[str] = []
    try:
        await _make_version_table(connection)
        while True:
            async with connection.transaction():
                await connection.execute(_LOCK)
                revision = next(iter(_after(chain.for_postgres(), await connection.fetchval(_CURRENT))), None)
                if revision is not None:
                    await connection.execute(revision.sql)
                    await connection.execute(_FORGET)
                    await connection.execute(_RECORD.format("$1"), revision.name)
            if revision is None:
                return applied
            applied.append(revision.name)
    finally:
        await connection.close()


async def _make_version_table(connection: asyncpg.Connection) -> None:
    """`IF NOT EXISTS` looks before it makes, so of two sessions that look at once one is refused: it looks again."""
    for _ in range(FIRST_TABLE_TRIES - 1):
        try:
            await connection.execute(_POSTGRES_VERSIONS)
        except (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError):
            await asyncio.sleep(0.05)
        else:
            return
    await connection.execute(_POSTGRES_VERSIONS)


def sqlite_revision(connection: apsw.Connection) -> str | None:
    """The schema revision that a database is at; None where it has never been migrated."""
    if not connection.table_exists(None, _VERSIONS):
        return None
    revision: str | None = connection.execute(_CURRENT).get
    return revision


async def postgres_revision(session: asyncpg.Connection) -> str | None:
    """The schema revision that a database is at; None where it has never been migrated."""
    if await session.fetchval("SELECT to_regclass($1)", _VERSIONS) is None:
        return None
    revision: str | None = await session.fetchval(_CURRENT)
    return revision


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings={"application_name": "patron"})


def _after(revisions: tuple[Revision, ...], current: str | None) -> tuple[Revision, ...]:
    if current is None:
        return revisions
    names = _names(revisions)
    if current not in names:
        raise NewerSchema(current)
    return revisions[names.index(current) + 1 :]


def _names(revisions: tuple[Revision, ...]) -> list[str]:
    return [revision.name for revision in revisions]
