"""One serving process for one SQLite file (unit-of-work rule 20), kept by a lock that ends with the process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patron.db.units import file_of


class AlreadyServing(Exception):
    """Another process serves this file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another process serves {path.name} already. Stop it first, or serve another file; "
            "several servers can share one PostgreSQL database (PATRON_DATABASE_URL=postgresql://…)."
        )


def is_served(database_url: str) -> bool:
    """Whether a server writes to this SQLite file just now. Of PostgreSQL nobody needs to know."""
    try:
        with only_server(database_url):
            return False
    except AlreadyServing:
        return True


@contextmanager
def only_server(database_url: str) -> Iterator[None]:
    """Be the one server of this database while the block runs. PostgreSQL may have many. Raises `AlreadyServing`.

    The lock is on a file beside the database: to open and close the database itself would end SQLite's own locks.
    """
    path = file_of(database_url)
    if path is None:
        yield
        return
    with path.with_name(path.name + ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServing(path) from None
        yield
