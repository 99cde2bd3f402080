"""`patron jobs …`"""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from patron.app import BACKGROUND
from patron.cli.screen import ERR, OUT, print_table
from patron.config import read_settings
from patron.domains.projects.store import ALL_PROJECTS
from patron.kernel.clock import to_iso
from patron.kernel.problems import not_found
from patron.queue import by_hand
from patron.queue.by_hand import JOB, NEWEST
from patron.queue.claims import ATTEMPTS
from patron.queue.jobs import JobRow
from patron.running import Opened, opened

app = typer.Typer(
    no_args_is_help=True,
    help=(
        "Jobs: background work such as imports. A job that fails is tried again by itself, at growing intervals; "
        "after the last attempt it is failed and waits for you."
    ),
)

ID = Annotated[str, typer.Argument(help="The job's id, as `patron jobs list` shows it.")]


class StatusOption(StrEnum):
    """What a job can be."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"
    canceled = "canceled"


@app.command("list")
def list_(
    project: Annotated[str | None, typer.Option(help="Only this project's jobs.")] = None,
    status: Annotated[StatusOption | None, typer.Option(help="Only jobs in this state.")] = None,
    task: Annotated[str | None, typer.Option(help="Only jobs of this task, such as jobs.purge.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many of each project, the newest first.")] = 100,
) -> None:
    """List jobs, the newest of each project first. What a job was told is not shown: it may be about people."""
    jobs = asyncio.run(_list(project, status, task, limit))
    header = ("job", "task", "status", "progress", "attempts", "due", "created", "project", "error")
    print_table(header, map(_line, jobs))


@app.command()
def show(job_id: ID) -> None:
    """Show all of a job but what it was told."""
    job = asyncio.run(_show(job_id))
    facts = {
        "job": job.id,
        "project": job.project_id,
        "task": job.task,
        "status": job.status,
        "progress": f"{job.progress} %",
        "attempts": f"{job.attempts} of {ATTEMPTS}",
        "lease ends" if job.status == "running" else "due": _time(job.due_at),
        "error": job.error or "",
        "created": to_iso(job.created_at),
        "updated": to_iso(job.updated_at),
        "ended": _time(job.finished_at),
    }
    for name, fact in facts.items():
        OUT.print(f"{name:<10}  {fact}".rstrip())


@app.command()
def retry(job_id: ID) -> None:
    """Have a failed or canceled job tried again, from its last step; or one that waits run now."""
    asyncio.run(_retry(job_id))


@app.command()
def cancel(job_id: ID) -> None:
    """Call a job off. One that is running stops at its next step; what it has done stays done."""
    if asyncio.run(_cancel(job_id)) == "running":
        ERR.print("It was running: it stops at its next step.", style="dim")


def _line(job: JobRow) -> tuple[str, ...]:
    due = _time(job.due_at) if job.status == "queued" else ""
    progress, attempts = f"{job.progress} %", f"{job.attempts} of {ATTEMPTS}"
    created = to_iso(job.created_at)
    return job.id, job.task, job.status, progress, attempts, due, created, job.project_id, job.error or ""


def _time(moment: int | None) -> str:
    return "" if moment is None else to_iso(moment)


async def _list(project_id: str | None, status: StatusOption | None, task: str | None, limit: int) -> list[JobRow]:
    async with opened(read_settings(), migrating=False) as patron:
        chosen = [each for each in await _project_ids(patron) if project_id in (None, each)]
        if project_id is not None and not chosen:
            raise not_found("project", project_id)
        named = {"status": status or "", "task": task or "", "limit": limit}
        return [job for each in chosen for job in await patron.database.scan(NEWEST, project_id=each, **named)]


async def _show(job_id: str) -> JobRow:
    async with opened(read_settings(), migrating=False) as patron:
        return await _find(patron, job_id)


async def _retry(job_id: str) -> None:
    async with opened(read_settings(), migrating=False) as patron:
        job = await _find(patron, job_id)
        await by_hand.retry(patron.units, job.project_id, job.id)


async def _cancel(job_id: str) -> str:
    async with opened(read_settings(), migrating=False) as patron:
        job = await _find(patron, job_id)
        return await by_hand.cancel(patron.units, BACKGROUND.all_tasks, job.project_id, job.id)


async def _find(patron: Opened, job_id: str) -> JobRow:
    """A job by its id alone: each project is asked. Raises Problem 404."""
    for project_id in await _project_ids(patron):
        job = await patron.database.one(JOB, project_id=project_id, id=job_id)
        if job is not None:
            return job
    raise not_found("job", job_id)


async def _project_ids(patron: Opened) -> list[str]:
    return [project.project_id for project in await patron.database.scan(ALL_PROJECTS)]
