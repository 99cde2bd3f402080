"""Databases that tests are given one after the other: each finds what a new one would have."""

import asyncio

import asyncpg
import pytest

from tests.support.databases import Postgres, numbers
from tests.support.emptying import is_emptied, shape_of

CHANGES = (
    "CREATE TABLE left_behind (n INTEGER)",
    "ALTER TABLE units ADD COLUMN left_behind INTEGER",
    "ALTER TABLE units DROP COLUMN created_at CASCADE",
    "ALTER TABLE units ALTER COLUMN created_at DROP NOT NULL",
    "CREATE INDEX left_behind ON units (project_id)",
    "DROP INDEX units_created_idx",
    "ALTER TABLE units ADD CONSTRAINT left_behind CHECK (project_id <> '')",
    "CREATE FUNCTION left_behind() RETURNS INTEGER LANGUAGE SQL AS 'SELECT 1'",
    "UPDATE alembic_version SET version_num = '9999_of_tomorrow'",
)


@pytest.fixture(scope="module")
def rested(postgres: Postgres) -> Postgres:
    """The run's server, of whose databases none was given back."""
    return Postgres(postgres.server, postgres.folder)


def test_a_database_that_is_given_again_has_no_rows(rested: Postgres) -> None:
    with rested.migrated() as url:
        run(url, "INSERT INTO units (project_id, id, created_at) VALUES ('proj_1', 'unit_1', 1)")
    with rested.migrated() as again:
        assert again == url
        assert numbers(again, {"rows": "SELECT count(*) FROM units"}) == {"rows": 0}


def test_a_database_that_is_given_again_is_planned_for_as_a_new_one(rested: Postgres) -> None:
    known = {
        "statistics": "SELECT count(*) FROM pg_stats WHERE schemaname = 'public'",
        "counted": "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reltuples > 0 "
        "AND relname NOT LIKE 'alembic_version%'",
        "known empty": "SELECT count(*) FROM pg_class WHERE relname = 'outbox' AND reltuples = 0",
    }
    with rested.migrated() as url:
        run(url, "INSERT INTO units SELECT 'proj_1', 'unit_' || n, n FROM generate_series(1, 1000) n")
        run(url, "ANALYZE")
        assert all(numbers(url, known).values())
    with rested.migrated() as again:
        assert again == url
        assert set(numbers(again, known).values()) == {0}


def test_what_a_test_left_connected_is_ended(rested: Postgres) -> None:
    with rested.migrated() as url:
        asyncio.run(_ended(url))


async def _ended(url: str) -> None:
    session = await asyncpg.connect(url)
    await session.execute("BEGIN; LOCK TABLE units")
    assert await is_emptied(url, await shape_of(url))
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await session.execute("SELECT 1")
    await session.close()


@pytest.mark.parametrize("change", CHANGES)
def test_a_database_whose_schema_was_changed_is_not_given_again(rested: Postgres, change: str) -> None:
    with rested.migrated() as url:
        run(url, change)
    with rested.migrated() as another:
        assert another != url


def run(url: str, sql: str) -> None:
    asyncio.run(_run(url, sql))


async def _run(url: str, sql: str) -> None:
    session = await asyncpg.connect(url)
    await session.execute(sql)
    await session.close()
