"""`patron keys …`"""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from patron.cli.screen import ERR, OUT, print_table
from patron.config import check_origin, read_settings
from patron.domains.projects.actions.keys import create_key, revoke_key
from patron.domains.projects.actions.open_project import GivenKey
from patron.domains.projects.model import ApiKey
from patron.domains.projects.store import ALL_PROJECTS, KEYS_OF_PROJECT
from patron.kernel.clock import to_iso
from patron.running import opened

app = typer.Typer(no_args_is_help=True, help="Keys: an id and a token that open one project to one kind of caller.")

PROJECT = Annotated[str, typer.Option(help="The project's id, as `patron projects list` shows it.")]
HEADERS = {
    "server": ("X-App-Id", "X-App-Token"),
    "client": ("X-Client-Application-Id", "X-Client-Token"),
    "management": ("X-Management-Id", "X-Management-Token"),
}


class KindOption(StrEnum):
    """The kinds of keys, as the command line offers them."""

    server = "server"
    client = "client"
    management = "management"


@app.command()
def create(
    project: PROJECT,
    kind: Annotated[
        KindOption, typer.Option(help="server: your own programs; client: browsers; management: administration.")
    ] = KindOption.server,
    name: Annotated[str, typer.Option(help="A note for people: who has it.")] = "",
    origin: Annotated[
        list[str] | None, typer.Option(help="For a client key: a page it may be used from, https://…; repeat for more.")
    ] = None,
) -> None:
    """Make a key and print its two headers. The token is shown this once: the database keeps its hash alone."""
    origins = tuple(check_origin("--origin", given) for given in origin or ())
    if origins and kind is not KindOption.client:
        raise typer.BadParameter("only a client key (--kind client) has origins.", param_hint="--origin")
    key = asyncio.run(_create(project, kind, name, origins))
    id_header, token_header = HEADERS[kind.value]
    OUT.print(f"{id_header}: {key.app_id}")
    OUT.print(f"{token_header}: {key.token}")
    ERR.print("Keep the token now; it is not shown again.", style="dim")


@app.command("list")
def list_(project: Annotated[str | None, typer.Option(help="Only this project's keys.")] = None) -> None:
    """List keys, the revoked ones too. Tokens are not kept, so none is shown."""
    print_table(("id", "kind", "name", "project", "created", "revoked"), map(_line, asyncio.run(_list(project))))


@app.command()
def revoke(app_id: Annotated[str, typer.Argument(help="The key's id, as `patron keys list` shows it.")]) -> None:
    """Revoke a key for good. Running servers refuse it within a second."""
    if not asyncio.run(_revoke(app_id)):
        ERR.print("This key was revoked before.", style="dim")


def _line(key: ApiKey) -> tuple[str, ...]:
    revoked = "" if key.deleted_at is None else to_iso(key.deleted_at)
    return key.app_id, key.kind, key.name, key.project_id, to_iso(key.created_at), revoked


async def _create(project_id: str, kind: KindOption, name: str, origins: tuple[str, ...]) -> GivenKey:
    async with opened(read_settings(), migrating=False) as patron:
        return await create_key(patron.units, project_id, kind=kind.value, name=name, origins=origins)


async def _list(project_id: str | None) -> list[ApiKey]:
    async with opened(read_settings(), migrating=False) as patron:
        projects = await patron.database.scan(ALL_PROJECTS)
        chosen = [project.project_id for project in projects if project_id in (None, project.project_id)]
        return [key for each in chosen for key in await patron.database.scan(KEYS_OF_PROJECT, project_id=each)]


async def _revoke(app_id: str) -> list[ApiKey]:
    async with opened(read_settings(), migrating=False) as patron:
        return await revoke_key(patron.units, app_id)
