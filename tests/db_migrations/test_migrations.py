"""The schema's history: it ends where the code is, keeps what is stored, and is applied by one server at a time."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from patron.config import Settings
from patron.db.dialect import POSTGRES, SQLITE
from patron.db.migrations import chain
from patron.db.migrations.run import NewerSchema
from patron.db.tables import METADATA
from patron.running import Backlog, opened
from tests.db_migrations.look import looking, released

RELEASED = sorted(path.stem for path in (Path(__file__).parent / "released").glob("*.json"))


async def bring_up_to_date(url: str) -> list[str]:
    async with opened(Settings(database_url=url), migrating=True) as patron:
        return patron.applied


def declared(dialect: str) -> str:
    """The schema that the code declares, as a script."""
    language = SQLITE if dialect == "sqlite" else POSTGRES
    statements: list[ExecutableDDLElement] = []
    for table in METADATA.sorted_tables:
        statements.append(CreateTable(table))
        statements.extend(CreateIndex(index) for index in table.indexes)
    return ";\n".join(str(statement.compile(dialect=language)) for statement in statements)


def revisions(dialect: str) -> tuple[chain.Revision, ...]:
    return chain.for_sqlite() if dialect == "sqlite" else chain.for_postgres()


async def test_the_chain_ends_at_the_schema_that_the_code_declares(database_url: str) -> None:
    await bring_up_to_date(database_url)
    async with looking(database_url) as database:
        migrated = await database.shape()
        for table in reversed(METADATA.sorted_tables):
            await database.run(f'DROP TABLE "{table.name}"')
        await database.run(declared(database.dialect))
        assert await database.shape() == migrated


@pytest.mark.parametrize("release", RELEASED)
async def test_an_upgrade_from_a_released_schema_keeps_every_row(database_url: str, release: str) -> None:
    rows = released(release)
    async with looking(database_url) as old:
        for revision in revisions(old.dialect):
            await old.run(revision.sql)
            if revision.name == release:
                break
        await old.run(
            "CREATE TABLE alembic_version (version_num TEXT NOT NULL PRIMARY KEY);"
            f"INSERT INTO alembic_version VALUES ('{release}')"
        )
        await old.fill(rows)
        before = {table: await old.rows(table, list(each[0])) for table, each in rows.items()}

    names = [revision.name for revision in chain.for_sqlite()]
    assert await bring_up_to_date(database_url) == names[names.index(release) + 1 :]
    async with looking(database_url) as new:
        assert {table: await new.rows(table, list(each[0])) for table, each in rows.items()} == before


@pytest.mark.parametrize("release", RELEASED)
def test_the_data_of_a_release_fills_every_table_of_its_time(release: str) -> None:
    made: set[str] = set()
    for revision in chain.for_sqlite():
        made |= {line.split()[2].strip('"') for line in revision.sql.splitlines() if line.startswith("CREATE TABLE")}
        if revision.name == release:
            break
    assert set(released(release)) == made


async def test_a_second_run_has_nothing_to_do(database_url: str) -> None:
    assert await bring_up_to_date(database_url) == [revision.name for revision in chain.for_sqlite()]
    assert await bring_up_to_date(database_url) == []


async def test_of_servers_that_start_at_once_one_applies_each_revision(database_url: str) -> None:
    applied = await asyncio.gather(*(bring_up_to_date(database_url) for _ in range(6)))
    assert sorted(name for each in applied for name in each) == [revision.name for revision in chain.for_sqlite()]


async def test_a_revision_that_fails_leaves_nothing_of_itself(database_url: str) -> None:
    async with looking(database_url) as database:
        await database.run("CREATE TABLE projects (x TEXT)")
        with pytest.raises(Exception, match=r"projects.*already exists"):
            await bring_up_to_date(database_url)
        assert await database.tables() - {"alembic_version"} == {"projects"}
        await database.run("DROP TABLE projects")
    assert await bring_up_to_date(database_url) != []


async def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    await bring_up_to_date(database_url)
    async with looking(database_url) as database:
        await database.run("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    with pytest.raises(NewerSchema, match="9999_from_the_future"):
        await bring_up_to_date(database_url)


async def test_who_does_not_migrate_refuses_a_schema_that_is_behind(database_url: str) -> None:
    with pytest.raises(Backlog, match="patron migrate"):
        async with opened(Settings(database_url=database_url), migrating=False):
            pass
    async with looking(database_url) as database:
        assert await database.tables() == set()


def test_both_databases_have_the_same_history() -> None:
    assert [revision.name for revision in chain.for_sqlite()] == [revision.name for revision in chain.for_postgres()]
