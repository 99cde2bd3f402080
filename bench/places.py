"""Where benches run: a database of each kind as an operator would have it, and `patron serve` over it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.databases import Postgres, postgres_server, sqlite_file
from tests.support.servers import serving


@contextmanager
def database(kind: str) -> Iterator[str]:
    """An empty database, "SQLite" or "PostgreSQL"."""
    if kind == "SQLite":
        with sqlite_file() as url:
            yield url
    else:
        with postgres() as server, server.database() as url:
            yield url


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL with its own settings: it syncs to disk."""
    with (
        tempfile.TemporaryDirectory(prefix="patron-bench-") as folder,
        postgres_server(Path(folder) / "data", durable=True) as server,
    ):
        yield server


@contextmanager
def served(database_url: str, **variables: str) -> Iterator[str]:
    """The URL of a server over this database, which logs, measures and authenticates as always.

    `variables` are further ones of its environment. What a bench has filled the tables with, no history explains.
    """
    with (
        tempfile.TemporaryDirectory(prefix="patron-bench-") as folder,
        serving(database_url, Path(folder) / "answers", **variables) as shop,
    ):
        shop.is_explained = False
        yield shop.url
