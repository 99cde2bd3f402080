"""`patron projects …`"""

import asyncio
from typing import Annotated

import typer

from patron.app import opened
from patron.cli.screen import OUT, print_table
from patron.config import read_settings
from patron.domains.projects.actions.open_project import open_project
from patron.domains.projects.actions.rate_limit import set_rate_limit
from patron.domains.projects.model import Project
from patron.domains.projects.store import ALL_PROJECTS
from patron.kernel.clock import to_iso

app = typer.Typer(
    no_args_is_help=True, help="Projects: each is a shop's whole world; nothing of one is seen from another."
)


@app.command()
def create(name: Annotated[str, typer.Argument(help="What people call it, such as 'Shop Berlin'.")]) -> None:
    """Open an empty project and print its id. Make keys for it with `patron keys create --project ID`."""
    OUT.print(asyncio.run(_create(name)))


@app.command("list")
def list_() -> None:
    """List the projects of this installation."""
    print_table(("project", "name", "rate limit", "created"), map(_line, asyncio.run(_all())))


@app.command("set")
def set_(
    project: Annotated[str, typer.Argument(help="The project's id, as `patron projects list` shows it.")],
    rate_limit: Annotated[int, typer.Option(min=0, help="Requests that are answered a minute; 0 lifts the limit.")],
) -> None:
    """Change a project's settings. Running servers follow within a second."""
    asyncio.run(_set_rate_limit(project, rate_limit or None))


def _line(project: Project) -> tuple[str, ...]:
    limit = "off" if project.rate_limit_per_minute is None else f"{project.rate_limit_per_minute} a minute"
    return project.project_id, project.name, limit, to_iso(project.created_at)


async def _create(name: str) -> str:
    async with opened(read_settings(), migrating=False) as patron:
        return await open_project(patron.units, name)


async def _all() -> list[Project]:
    async with opened(read_settings(), migrating=False) as patron:
        return await patron.database.scan(ALL_PROJECTS)


async def _set_rate_limit(project_id: str, per_minute: int | None) -> None:
    async with opened(read_settings(), migrating=False) as patron:
        await set_rate_limit(patron.units, project_id, per_minute)
