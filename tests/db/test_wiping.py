"""Wiping: what deleted and changed rows leave in SQLite's file goes, where `secure_delete` alone leaves some of it."""

import re
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

import apsw
import pytest

from patron.db.actions import ANY_SIZE, Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.sqlite import SqliteDatabase
from patron.kernel.clock import now_ms
from tests.db.toys import Toys

ROWS = 2_000
LENGTHS = (1, 50, 700, 3_000)

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _gather(_read: Read, _ctx: Ctx, up_to: int) -> Wants:
    wants = Wants()
    wants.wipe(up_to=up_to)
    return wants


def _apply(rows: Rows, _ctx: Ctx, _up_to: int) -> Reply:
    return Reply(200, str(rows.wiped).encode())


WIPE = Action("wipe", _gather, _apply)


@only_sqlite
async def test_no_byte_of_deleted_rows_is_left(toys: Toys) -> None:
    database = toys.units.database
    assert isinstance(database, SqliteDatabase)
    path = Path(toys.url.removeprefix("sqlite:///"))
    await database.in_writer(_come_and_go)
    assert _left_of_deleted(path), "rows that moved between pages have left copies"
    assert await _wipe(toys, up_to=4_096) == b"False", "a larger file is left as it is"
    assert _left_of_deleted(path)
    assert await _wipe(toys) == b"True"
    assert not _left_of_deleted(path)
    assert path.with_name(path.name + "-wal").stat().st_size == 0


@only_sqlite
async def test_a_reader_puts_a_wipe_off(toys: Toys) -> None:
    database = toys.units.database
    assert isinstance(database, SqliteDatabase)
    database._write.set_busy_timeout(100)
    reader = apsw.Connection(toys.url.removeprefix("sqlite:///"))
    with reader:
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        assert await _wipe(toys) == b"False"
    reader.close()
    assert await _wipe(toys) == b"True"


async def test_where_the_database_wipes_by_itself_it_is_taken_as_done(toys: Toys) -> None:
    assert await _wipe(toys) == b"True"


async def _wipe(toys: Toys, *, up_to: int = ANY_SIZE) -> bytes:
    return (await toys.units.write(WIPE, Ctx("p", now_ms(), token_bytes(16)), up_to)).body


def _come_and_go(connection: apsw.Connection) -> None:
    """Rows with a marker each come, every third one changes, and every second one goes."""
    connection.execute("CREATE TABLE crowd (id TEXT PRIMARY KEY, value TEXT); CREATE INDEX values_idx ON crowd (value)")
    with connection:
        for n in range(ROWS):
            connection.execute("INSERT INTO crowd VALUES (?, ?)", (_id(n), _value(n, 0)))
        for n in range(0, ROWS, 3):
            connection.execute("UPDATE crowd SET value = ? WHERE id = ?", (_value(n, 1), _id(n)))
        for n in range(0, ROWS, 2):
            connection.execute("DELETE FROM crowd WHERE id = ?", (_id(n),))
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def _id(n: int) -> str:
    return sha256(b"%d" % n).hexdigest()


def _value(n: int, version: int) -> str:
    return f"MARK{n:05d}." + "x" * LENGTHS[int(_id(n)[version], 16) % len(LENGTHS)]


def _left_of_deleted(path: Path) -> set[int]:
    return {int(n) for n in re.findall(rb"MARK(\d{5})", path.read_bytes()) if int(n) % 2 == 0}
