"""SQLite's online backup: page by page, as of one moment, while a server goes on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from patron.db.backup.files import OWNER_ONLY, BackupRefused, Tell, written_whole
from patron.db.migrations.run import behind, sqlite_revision

PAGES_A_STEP = 1_000
BUSY_MS = 5_000

_ANY_TABLE = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table')"
_READ = apsw.SQLITE_OPEN_READONLY
_WRITE = apsw.SQLITE_OPEN_READWRITE


def back_up(database: Path, file: Path, tell: Tell) -> None:
    """Copy the database into a new file, which is a SQLite database like it, without a journal beside it."""
    if not database.is_file():
        raise BackupRefused(f"There is no database {database}. Look at PATRON_DATABASE_URL.")
    with written_whole(file) as unfinished:
        with _opened(database, _READ) as source, _opened(unfinished, _WRITE) as copy:
            copy.pragma("synchronous", "off")  # the file is synced when it is whole
            _copy(source, copy, tell)
        with _opened(unfinished, _WRITE) as copy:
            copy.pragma("journal_mode", "delete")


def restore(file: Path, database: Path, tell: Tell, *, force: bool) -> None:
    """Make the database what the file holds, in one transaction.

    Raises `NewerSchema`, and `BackupRefused` for a file that is no whole backup, and for a database that has tables
    already unless `force` says that they may go.
    """
    check(file)
    database.touch(OWNER_ONLY)
    with _opened(file, _READ) as source, _opened(database, _WRITE) as target:
        if not force and target.execute(_ANY_TABLE).get:
            raise BackupRefused(f"{database} is not empty. Name another database, or replace it with --force.")
        _copy(source, target, tell)
    with _opened(database, _WRITE) as target:
        target.pragma("journal_mode", "wal")
        target.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def check(file: Path) -> None:
    """Raises `BackupRefused` unless the file is a whole database of Patron's, `NewerSchema` if of a later version."""
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    try:
        with _opened(file, _READ) as source:
            revision = sqlite_revision(source)
            found = source.execute("PRAGMA quick_check(1)").get
    except (apsw.NotADBError, apsw.CorruptError, apsw.CantOpenError):
        raise BackupRefused(f"{file} is no backup that `patron backup` made of a SQLite database.") from None
    if revision is None:
        raise BackupRefused(f"{file} is a SQLite database, but not one of Patron.")
    if found != "ok":
        raise BackupRefused(f"{file} is damaged ({found}). Take another backup.")
    behind("sqlite", revision)


def _copy(source: apsw.Connection, target: apsw.Connection, tell: Tell) -> None:
    """Copy within one reading transaction: what others write meanwhile would otherwise start the copy over."""
    page_bytes = int(source.pragma("page_size"))
    with source:
        source.execute(_ANY_TABLE).fetchall()
        with target.backup("main", source, "main") as copying:
            while not copying.done:
                copying.step(PAGES_A_STEP)
                total = copying.page_count
                tell((total - copying.remaining) * page_bytes, total * page_bytes)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(path), flags=flags)
    try:
        connection.set_busy_timeout(BUSY_MS)
        yield connection
    finally:
        connection.close()
