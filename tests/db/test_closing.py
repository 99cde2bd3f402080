"""Closing a database while its own threads are at work."""

import asyncio
from pathlib import Path

import apsw
import pytest

from patron.db import sqlite
from patron.db.sqlite import SqliteDatabase

ROUNDS = 40


async def test_a_file_is_closed_while_it_is_being_checkpointed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_PAGES", 1)
    monkeypatch.setattr(sqlite, "CHECKPOINT_EVERY_SECONDS", 0)
    for n in range(ROUNDS):
        database = SqliteDatabase(str(tmp_path / f"{n}.db"), ())
        await database.start()
        await database.in_writer(_fill)
        await asyncio.sleep(0.0005 * n)
        await database.close()


def _fill(connection: apsw.Connection) -> None:
    connection.execute("CREATE TABLE crowd (id INTEGER PRIMARY KEY, value TEXT)")
    with connection:
        connection.executemany("INSERT INTO crowd VALUES (?, ?)", ((n, "x" * 2_000) for n in range(2_000)))
