"""Making a database as if it were new: a tenth of what it takes to make one and to bring its schema up to date."""

import asyncpg

_LEAVE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_WRITTEN = """
    SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    AND (pg_relation_size(oid) > 0 OR reltuples >= 0)
"""
_STATISTICS = """
    DELETE FROM pg_statistic USING pg_class
    WHERE starelid = pg_class.oid AND relnamespace = 'public'::regnamespace
"""
_SHAPE = """
    SELECT md5(concat_ws(
        '/',
        (SELECT string_agg(version_num, ',') FROM alembic_version),
        (SELECT string_agg(concat_ws(',', oid, relname, relchecks, reloptions), ';' ORDER BY oid) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace),
        (SELECT string_agg(concat_ws(',', attrelid, attname, atttypid, attnotnull, attisdropped), ';'
                           ORDER BY attrelid, attnum)
         FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace),
        (SELECT string_agg(concat_ws(',', oid, convalidated), ';' ORDER BY oid) FROM pg_constraint),
        (SELECT string_agg(concat_ws(',', indexrelid, indisvalid), ';' ORDER BY indexrelid) FROM pg_index),
        (SELECT string_agg(concat_ws(',', oid, tgenabled), ';' ORDER BY oid) FROM pg_trigger),
        (SELECT string_agg(oid::text, ';' ORDER BY oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
        (SELECT string_agg(setconfig::text, ';' ORDER BY setrole) FROM pg_db_role_setting
         JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database())
    ))
"""


async def shape_of(url: str) -> str:
    """A fingerprint of a database's schema, which differs once anything of it was changed."""
    session = await asyncpg.connect(url)
    try:
        return str(await session.fetchval(_SHAPE))
    finally:
        await session.close()


async def is_emptied(url: str, shape: str) -> bool:
    """End whatever is connected to the database, and take the rows out of its tables; False if its shape is another.

    What the planner knows of them goes too: a truncated table keeps its statistics, and plans of the next test would be
    made by the rows of this one.
    """
    session = await asyncpg.connect(url)
    try:
        await session.execute(_LEAVE)
        if await session.fetchval(_SHAPE) != shape:
            return False
        written = await session.fetchval(_WRITTEN)
        if written:
            await session.execute(f"TRUNCATE {written} RESTART IDENTITY CASCADE")
        await session.execute(_STATISTICS)
        return True
    finally:
        await session.close()
