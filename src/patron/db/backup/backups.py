"""Making a backup and restoring it, whichever database it is of."""

import asyncio
from pathlib import Path

from patron.db.backup import postgres, sqlite
from patron.db.backup.files import BackupRefused, Tell
from patron.db.backup.postgres import Environment
from patron.db.units import file_of

IN_MEMORY = "sqlite://"


def back_up(url: str, file: Path, environment: Environment, tell: Tell) -> None:
    """Write everything that the database holds at this moment into a new file; servers may go on.

    `environment` is what PostgreSQL's programs are run in. Raises `BackupRefused`, and leaves no file then.
    """
    if url == IN_MEMORY:
        raise BackupRefused("A database in memory belongs to its process: there is nothing to back up.")
    database = file_of(url)
    if database is None:
        postgres.back_up(url, file, environment, tell)
    else:
        sqlite.back_up(database, file, tell)


def restore(url: str, file: Path, environment: Environment, tell: Tell, *, force: bool) -> None:
    """Make the database what a backup of its kind holds, wholly or not at all. No server may use it meanwhile.

    A database that is not empty is replaced where `force` says so. Raises `BackupRefused` and `NewerSchema`.
    """
    if url == IN_MEMORY:
        raise BackupRefused("A database in memory ends with this command: there is nothing to restore into.")
    database = file_of(url)
    if database is None:
        asyncio.run(postgres.restore(url, file, environment, tell, force=force))
    else:
        sqlite.restore(file, database, tell, force=force)
