"""What a forked `patron` finds already done; imported by the process that the forks come from, and nowhere else."""

import gc

from typer.testing import CliRunner

from patron.cli.main import app
from patron.db.migrations import chain

chain.for_sqlite()
chain.for_postgres()
assert CliRunner().invoke(app, ["openapi"]).exit_code == 0, "Typer imports the rest of itself with its first command."
gc.freeze()
