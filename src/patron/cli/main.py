"""The `patron` command."""

import asyncio
import sys

import typer
from rich.text import Text

from patron.app import ROUTES
from patron.cli import imports, jobs, keys, projects, secrets
from patron.cli.backup import backup, restore
from patron.cli.explain import EXPLAINED, explain
from patron.cli.screen import ERR, OUT
from patron.cli.serve import demo, serve
from patron.cli.verify import verify
from patron.cli.worker import worker
from patron.config import read_settings
from patron.http.openapi import document
from patron.running import opened

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "Patron: a self-hosted server for customers and the incentives they use.\n\n"
        "It is configured by [bold]PATRON_…[/] variables; without any, it keeps everything in the SQLite file "
        "[bold]patron.db[/] of this folder.\n\n"
        "To look around: [bold]patron demo[/]. To begin for real: [bold]patron migrate[/], "
        "[bold]patron projects create NAME[/], [bold]patron keys create --project ID[/], [bold]patron serve[/]."
    ),
)
app.command()(serve)
app.command()(worker)
app.command()(demo)
app.command()(backup)
app.command()(restore)
app.command()(verify)
app.add_typer(imports.app, name="import")
app.add_typer(jobs.app, name="jobs")
app.add_typer(keys.app, name="keys")
app.add_typer(projects.app, name="projects")
app.add_typer(secrets.app, name="secrets")


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date. `patron serve` does so too; this does it and nothing else."""
    applied = asyncio.run(_migrate())
    for revision in applied:
        OUT.print(f"applied {revision}")
    if not applied:
        OUT.print("The schema is up to date.")


async def _migrate() -> list[str]:
    async with opened(read_settings(), migrating=True) as patron:
        return patron.applied


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of this version, as a running server has it at /openapi.json."""
    typer.echo(document(ROUTES), nl=False)


def run() -> None:
    """What the installed `patron` command runs: a fault that an operator can mend is told without a traceback."""
    try:
        app()
    except EXPLAINED as fault:
        ERR.print(Text.assemble(("Error: ", "bold red"), explain(fault)))
        sys.exit(1)


if __name__ == "__main__":
    run()
