"""`patron verify`."""

import asyncio
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from patron.app import CHECKS, MADE_CHECKS
from patron.cli.screen import ERR, OUT
from patron.config import Settings, read_settings
from patron.db.checks import ADVICE, Check
from patron.db.inspection import inspecting
from patron.db.repairing import Change, repaired
from patron.db.verification import Finding
from patron.db.verification import verify as find_differences
from patron.domains.projects.store import ALL_PROJECTS
from patron.running import Backlog, opened

_BY_NAME = {check.name: check for check in CHECKS}


def verify(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Write what was expected, where other rows tell it; then look once more."),
    ] = False,
) -> None:
    """Compute from what is stored what can be computed, and name the first difference of each kind.

    It changes nothing and may run beside a server: all of it is looked at as of one moment.

    With --repair, sums, counters, copies and missing rows that follow from other rows are computed anew and written,
    each told with what it was and what it is now. That, too, may run beside servers: each row is locked while it is
    computed. Where rows contradict each other and none tells which of them is right, nothing is changed; it is said
    what you may do. Make a backup before.

    Ends with code 0 where nothing differs (any more), with 1 where something does, or where it could not look.
    """
    settings = read_settings()
    findings = asyncio.run(_look(settings.database_url))
    if repair and any(finding.project_id is None for finding in findings):
        OUT.print("Nothing is repaired, as the file itself is damaged: restore a backup.")
    elif repair and findings:
        n = asyncio.run(_repair(settings))
        findings = asyncio.run(_look(settings.database_url))
        OUT.print(f"{n} rows repaired.")
    for finding in findings:
        OUT.print(_told(finding))
        if repair:
            OUT.print(f"  Not repaired. {_advice(finding)}")
    if findings:
        raise typer.Exit(1)
    OUT.print(f"{len(CHECKS) + 1} checks, no difference.")


async def _look(database_url: str) -> list[Finding]:
    shown = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=ERR, transient=True)
    async with inspecting(database_url) as inspection:
        if lacking := await inspection.lacking():
            raise Backlog(lacking)
        projects = [project.project_id for project in await inspection.all(ALL_PROJECTS)]
        with shown:
            task = shown.add_task("")
            return await find_differences(
                inspection,
                projects,
                CHECKS,
                lambda rule, n, of: shown.update(task, description=rule, completed=n, total=of),
                *MADE_CHECKS,
            )


async def _repair(settings: Settings) -> int:
    """Repair what can be, and say so; how many rows were."""
    n = 0
    async with inspecting(settings.database_url) as inspection:
        projects = [project.project_id for project in await inspection.all(ALL_PROJECTS)]
    async with opened(settings, migrating=False) as patron:
        async for check, project_id, change in repaired(settings.database_url, patron.units, projects, CHECKS):
            OUT.print(_changed(check, project_id, change))
            n += 1
    return n


def _changed(check: Check, project_id: str, change: Change) -> str:
    where = f"{check.name}: Project {project_id}, {change.row}:"
    if check.personal:
        return f"{where} written anew."
    return f"{where} was {change.before or 'nothing'}, is now {change.after or 'nothing'}."


def _told(finding: Finding) -> str:
    if isinstance(finding.what, str):
        return f"{finding.name}: {finding.rule} {finding.what}"
    what = finding.what
    where = f"{finding.name}: {finding.rule} Project {finding.project_id}, {what.row}:"
    check = _BY_NAME.get(finding.name)
    if check is not None and check.personal:
        return f"{where} stored is something else."
    return f"{where} stored is {what.stored or 'nothing'}, expected {what.expected or 'nothing'}."


def _advice(finding: Finding) -> str:
    check = _BY_NAME.get(finding.name)
    return ADVICE if check is None else check.advice
