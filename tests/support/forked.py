"""What a forked `patron` finds already done; imported by the process that the forks come from, and nowhere else."""

import asyncio
import gc
import threading

from typer.testing import CliRunner

from patron.app import PARTS
from patron.cli.main import app
from patron.config import Settings
from patron.db.migrations import chain
from patron.db.units import open_database
from patron.running import application, opened


async def _start_once() -> None:
    """A server keeps for its life what it makes at its start of statements and of the shapes of bodies."""
    async with opened(Settings(database_url="sqlite://"), migrating=True) as patron:
        application(patron, ("a secret",), "http://localhost")
    open_database("postgresql://localhost/none", PARTS)


chain.for_postgres()
assert CliRunner().invoke(app, ["openapi"]).exit_code == 0, "Typer imports the rest of itself with its first command."
asyncio.run(_start_once())
assert threading.active_count() == 1, "Threads do not come along with a fork."
gc.collect()
gc.freeze()
