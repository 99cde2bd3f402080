"""`patron projects …`"""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import typer

from patron.cli.screen import OUT, print_table
from patron.config import read_settings
from patron.domains.projects.actions.change_settings import change_settings
from patron.domains.projects.actions.open_project import open_project
from patron.domains.projects.model import Project
from patron.domains.projects.store import ALL_PROJECTS
from patron.domains.projects.store import PROJECT as PROJECT_WITH_ID
from patron.domains.projects.wire import ProjectOut, ProjectPatch
from patron.http.faults import fault_details
from patron.kernel.clock import to_iso
from patron.kernel.problems import not_found
from patron.running import opened

app = typer.Typer(
    no_args_is_help=True, help="Projects: each is a shop's whole world; nothing of one is seen from another."
)


PROJECT = Annotated[str, typer.Argument(help="The project's id, as `patron projects list` shows it.")]


@app.command()
def create(name: Annotated[str, typer.Argument(help="What people call it, such as 'Shop Berlin'.")]) -> None:
    """Open an empty project and print its id. Make keys for it with `patron keys create --project ID`."""
    OUT.print(asyncio.run(_create(name)))


@app.command("list")
def list_() -> None:
    """List the projects of this installation."""
    print_table(("project", "name", "rate limit", "created"), map(_line, asyncio.run(_all())))


@app.command()
def show(project: PROJECT) -> None:
    """Show a project's settings."""
    shown = ProjectOut.of(asyncio.run(_find(project)))
    for name, value in _flat(msgspec.to_builtins(shown)):
        OUT.print(f"{name}: {value}")


@app.command("set")
def set_(
    project: PROJECT,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    rate_limit: Annotated[
        int | None, typer.Option(min=0, help="Requests that are answered a minute; 0 lifts the limit.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Where its days begin and end, such as Europe/Berlin.")] = None,
    week_start: Annotated[str | None, typer.Option(help="What its weeks begin with: monday, saturday, sunday.")] = None,
    create_customers: Annotated[
        bool | None, typer.Option(help="Whether pages with a client key may create customers.")
    ] = None,
    track_events: Annotated[bool | None, typer.Option(help="Whether pages with a client key may send events.")] = None,
    change_consents: Annotated[
        bool | None, typer.Option(help="Whether pages with a client key may change consents.")
    ] = None,
    publish: Annotated[bool | None, typer.Option(help="Whether pages with a client key may publish codes.")] = None,
    redeem: Annotated[bool | None, typer.Option(help="Whether pages with a client key may redeem.")] = None,
    redeem_once_per_order: Annotated[
        bool | None, typer.Option(help="Whether the same is redeemed once for an order with the same source_id.")
    ] = None,
    client_requests: Annotated[
        int | None, typer.Option(help="Requests that one address may make with client keys …")
    ] = None,
    client_seconds: Annotated[int | None, typer.Option(help="… in so many seconds.")] = None,
    cockpit: Annotated[bool | None, typer.Option(help="Whether customers have pages of their own.")] = None,
    cockpit_name: Annotated[str | None, typer.Option(help="The shop's name there.")] = None,
    cockpit_color: Annotated[str | None, typer.Option(help="The shop's color there, #rrggbb.")] = None,
    cockpit_logo: Annotated[
        str | None, typer.Option(help="The shop's logo there, https://…; an empty one takes it away.")
    ] = None,
    cockpit_link_days: Annotated[int | None, typer.Option(help="Days for which a link to such a page is good.")] = None,
    cockpit_metadata: Annotated[
        list[str] | None,
        typer.Option(help="A key of customers' metadata that is shown there; once for each, an empty one for none."),
    ] = None,
    segments: Annotated[int | None, typer.Option(help="How many segments with a filter it may have.")] = None,
    segment_customers: Annotated[int | None, typer.Option(help="How many customers a static segment may list.")] = None,
) -> None:
    """Change a project's settings; what is not given stays. Running servers follow within a second."""
    client = {
        "create_customers": create_customers,
        "track_events": track_events,
        "change_consents": change_consents,
        "publish": publish,
        "redeem": redeem,
        "requests": client_requests,
        "per_seconds": client_seconds,
    }
    page = {"enabled": cockpit, "name": cockpit_name, "color": cockpit_color, "link_days": cockpit_link_days}
    own = {"name": name, "timezone": timezone, "week_start": week_start, "redeem_once_per_order": redeem_once_per_order}
    changes: dict[str, Any] = _given(own)
    bounds = _given({"dynamic": segments, "static_customers": segment_customers})
    parts = (("client", _given(client)), ("cockpit", _given(page)), ("segments", bounds))
    changes |= {part: given for part, given in parts if given}
    if rate_limit is not None:
        changes["rate_limit_per_minute"] = rate_limit or None
    if cockpit_logo is not None:
        changes.setdefault("cockpit", {})["logo_url"] = cockpit_logo or None
    if cockpit_metadata:
        changes.setdefault("cockpit", {})["metadata"] = [key for key in cockpit_metadata if key]
    if not changes:
        raise typer.BadParameter("name a setting to change; `patron projects set --help` lists them.")
    asyncio.run(_change(project, _patch(changes)))


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _patch(changes: dict[str, Any]) -> ProjectPatch:
    try:
        return msgspec.convert(changes, ProjectPatch)
    except msgspec.ValidationError as fault:
        raise typer.BadParameter(fault_details(str(fault), ProjectPatch, root="project")) from None


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, part in value.items():
        if isinstance(part, dict):
            yield from _flat(part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _told(part)


def _told(part: Any) -> str:
    if isinstance(part, list | tuple):
        return ", ".join(part) or "none"
    return {None: "none", True: "on", False: "off"}.get(part, str(part))


def _line(project: Project) -> tuple[str, ...]:
    limit = "off" if project.rate_limit_per_minute is None else f"{project.rate_limit_per_minute} a minute"
    return project.project_id, project.name, limit, to_iso(project.created_at)


async def _create(name: str) -> str:
    async with opened(read_settings(), migrating=False) as patron:
        return await open_project(patron.units, name)


async def _all() -> list[Project]:
    async with opened(read_settings(), migrating=False) as patron:
        return await patron.database.scan(ALL_PROJECTS)


async def _find(project_id: str) -> Project:
    async with opened(read_settings(), migrating=False) as patron:
        project = await patron.database.one(PROJECT_WITH_ID, project_id=project_id)
    if project is None:
        raise not_found("project", project_id)
    return project


async def _change(project_id: str, patch: ProjectPatch) -> None:
    async with opened(read_settings(), migrating=False) as patron:
        await change_settings(patron.units, project_id, patch)
