"""Which projects a management key reaches: its own, and those that keys of its project have created."""

from patron.db.actions import Read
from patron.db.units import Units
from patron.domains.projects.model import Project
from patron.domains.projects.store import ALL_MANAGED, MANAGED, PROJECT
from patron.http.authentication import Who
from patron.kernel.problems import Problem, not_found


async def reach(units: Units, who: Who, project_id: str) -> None:
    """Return where this key may work in this project. Problem 404 otherwise, as if there were none."""
    await check_reach(await units.reading(who.project_id), who.project_id, project_id)


async def check_reach(read: Read, own_id: str, project_id: str) -> None:
    """As `reach`, for keys of the project `own_id`, whose read this is."""
    if project_id != own_id and await read.one(MANAGED, project_id=own_id, managed_id=project_id) is None:
        raise unknown(project_id)


async def find(read: Read, project_id: str) -> Project:
    """A project. Problem 404 for one that is deleted."""
    project = await read.one(PROJECT, project_id=project_id)
    if project is None or project.deleted_at is not None:
        raise unknown(project_id)
    return project


async def all_within_reach(read: Read, own_id: str) -> list[Project]:
    """Every project that keys of this one reach, oldest first."""
    projects = [await find(read, own_id), *await read.scan(ALL_MANAGED, project_id=own_id)]
    return sorted(projects, key=lambda project: (project.created_at, project.project_id))


def unknown(project_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found("project", project_id)
