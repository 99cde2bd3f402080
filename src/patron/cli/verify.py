"""`patron verify`."""

import asyncio

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from patron.app import CHECKS, Backlog
from patron.cli.screen import ERR, OUT
from patron.config import read_settings
from patron.db.inspection import inspecting
from patron.db.verification import Finding
from patron.db.verification import verify as find_differences
from patron.domains.projects.store import ALL_PROJECTS


def verify() -> None:
    """Compute from what is stored what can be computed, and name the first difference of each kind.

    Changes nothing and may run beside a server: all of it is looked at as of one moment. Ends with code 1 where
    something differs.
    """
    findings = asyncio.run(_verify(read_settings().database_url))
    for finding in findings:
        OUT.print(_told(finding))
    if findings:
        raise typer.Exit(1)
    OUT.print(f"{len(CHECKS) + 1} checks, no difference.")


async def _verify(database_url: str) -> list[Finding]:
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
            )


def _told(finding: Finding) -> str:
    if isinstance(finding.what, str):
        return f"{finding.name}: {finding.rule} {finding.what}"
    what = finding.what
    return (
        f"{finding.name}: {finding.rule} Project {finding.project_id}, {what.row}: "
        f"stored is {what.stored or 'nothing'}, expected {what.expected or 'nothing'}."
    )
