"""What a database's tables look like, in its own words, and a way to fill them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import asyncpg

Rows = dict[str, list[dict[str, Any]]]
Shape = list[tuple[Any, ...]]

_SQLITE_SHAPE = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name <> 'alembic_version' ORDER BY 1, 2"
_POSTGRES_COLUMNS = """
    SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, l.collname,
           pg_get_expr(d.adbin, d.adrelid), c.reloptions
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relname <> 'alembic_version'
    ORDER BY 1, 3
"""
_POSTGRES_INDEXES = """
    SELECT tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1, 2
"""
_POSTGRES_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> to_regclass('alembic_version') ORDER BY 1, 2
"""


class SqliteFile:
    """A SQLite database, looked at from outside of Patron."""

    dialect = "sqlite"

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    async def run(self, script: str) -> None:
        self._connection.execute(script)

    async def shape(self) -> Shape:
        found = self._connection.execute(_SQLITE_SHAPE)
        return [(kind, name, table, " ".join((sql or "").split())) for kind, name, table, sql in found]

    async def tables(self) -> set[str]:
        return {name for (name,) in self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    async def fill(self, rows: Rows) -> None:
        for table, each in rows.items():
            for row in each:
                places = ", ".join("?" * len(row))
                self._connection.execute(
                    f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({places})', tuple(row.values())
                )

    async def rows(self, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
        names = ", ".join(columns)
        return sorted(map(tuple, self._connection.execute(f'SELECT {names} FROM "{table}"')), key=repr)


class PostgresSchema:
    """A PostgreSQL database, looked at from outside of Patron."""

    dialect = "postgresql"

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def run(self, script: str) -> None:
        await self._connection.execute(script)

    async def shape(self) -> Shape:
        questions = (_POSTGRES_COLUMNS, _POSTGRES_INDEXES, _POSTGRES_CONSTRAINTS)
        return [tuple(row) for question in questions for row in await self._connection.fetch(question)]

    async def tables(self) -> set[str]:
        found = await self._connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row["tablename"] for row in found}

    async def fill(self, rows: Rows) -> None:
        for table, each in rows.items():
            for row in each:
                places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
                await self._connection.execute(
                    f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({places})', *row.values()
                )

    async def rows(self, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
        found = await self._connection.fetch(f'SELECT {", ".join(columns)} FROM "{table}"')
        return sorted(map(tuple, found), key=repr)


@asynccontextmanager
async def looking(url: str) -> AsyncIterator[SqliteFile | PostgresSchema]:
    """A look into the database of this URL."""
    if url.startswith("sqlite:///"):
        connection = apsw.Connection(url.removeprefix("sqlite:///"))
        connection.pragma("foreign_keys", 1)
        try:
            yield SqliteFile(connection)
        finally:
            connection.close()
        return
    session = await asyncpg.connect(url)
    try:
        yield PostgresSchema(session)
    finally:
        await session.close()


def released(name: str) -> Rows:
    """The rows that a database of this revision is tried with: by table, lower ranks first."""
    rows: Rows = json.loads((Path(__file__).parent / "released" / f"{name}.json").read_text())
    return rows
