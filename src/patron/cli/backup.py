"""`patron backup` and `patron restore`."""

from pathlib import Path
from typing import Annotated

import typer

from patron.cli.one_server import only_server
from patron.cli.screen import OUT, progress
from patron.config import environment, read_settings
from patron.db.backup import backups

FILE = Annotated[Path, typer.Argument(help="The backup's file.", dir_okay=False)]
FORCE = Annotated[bool, typer.Option("--force", help="Replace a database that is not empty, with all that it holds.")]


def backup(file: FILE) -> None:
    """Write the whole database into a new FILE, as of this moment; servers may go on serving.

    SQLite: a database file. PostgreSQL: what pg_dump makes, which must be on the PATH. Only this user may read it.
    """
    with progress("Backing up") as tell:
        backups.back_up(read_settings().database_url, file, environment(), tell)
    OUT.print(f"{file} holds {file.stat().st_size} bytes. Look through a backup now and then: restore it elsewhere, "
              "and run `patron verify` there.")  # fmt: skip


def restore(file: FILE, force: FORCE = False) -> None:
    """Make the database of PATRON_DATABASE_URL what FILE holds, wholly or not at all. Stop the servers before.

    A backup of an older version is brought up to date by the next start.
    """
    url = read_settings().database_url
    with only_server(url), progress("Restoring") as tell:
        backups.restore(url, file, environment(), tell, force=force)
    OUT.print("Restored. Run `patron verify` to look through it, then `patron serve`.")
