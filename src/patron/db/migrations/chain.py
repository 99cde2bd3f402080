"""The revisions in order, each as SQL for one database."""

import io
import logging
from functools import cache
from pathlib import Path

import msgspec
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from patron.db.dialect import POSTGRES, SQLITE

FOLDER = Path(__file__).parent

# Alembic remarks on each context that it makes, though nothing is migrated there and then.
logging.getLogger("alembic").setLevel(logging.WARNING)


class Revision(msgspec.Struct, frozen=True):
    """One step of the schema: its name and the SQL script that leads to it from the one before."""

    name: str
    sql: str


@cache
def for_sqlite() -> tuple[Revision, ...]:
    """The chain, oldest first, as SQLite's SQL."""
    return _rendered(SQLITE)


@cache
def for_postgres() -> tuple[Revision, ...]:
    """The chain, oldest first, as PostgreSQL's SQL."""
    return _rendered(POSTGRES)


def _rendered(dialect: sa.Dialect) -> tuple[Revision, ...]:
    scripts = ScriptDirectory(FOLDER, version_locations=[FOLDER / "versions"])
    oldest_first = reversed(list(scripts.walk_revisions()))
    return tuple(Revision(script.revision, _sql(script, dialect)) for script in oldest_first)


def _sql(script: Script, dialect: sa.Dialect) -> str:
    text = io.StringIO()
    context = MigrationContext.configure(dialect=dialect, opts={"as_sql": True, "output_buffer": text})
    with Operations.context(context):
        script.module.upgrade()
    return text.getvalue()
