"""Changing what a project has chosen; servers follow within a second."""

from secrets import token_bytes

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.domains.projects.model import PROJECTS
from patron.domains.projects.policy import patched
from patron.domains.projects.wire import ProjectOut, ProjectPatch
from patron.kernel.clock import now_ms
from patron.kernel.problems import not_found


async def change_settings(units: Units, project_id: str, patch: ProjectPatch) -> None:
    """Change a project by command. Raises Problem 404 for an unknown project and for a deleted one."""
    await units.write(CHANGE_SETTINGS, Ctx(project_id, now_ms(), token_bytes(16), channel="CLI"), patch)


async def _gather(_read: Read, ctx: Ctx, _patch: ProjectPatch) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(PROJECTS, (ctx.project_id,))
    return wants


def _apply(rows: Rows, ctx: Ctx, patch: ProjectPatch) -> Reply:
    project = rows.get(PROJECTS, (ctx.project_id,))
    if project is None or project.deleted_at is not None:
        raise not_found("project", ctx.project_id)
    after = patched(project, patch)
    if after != project:
        after = msgspec.structs.replace(after, version=rows.next_version())
        rows.put(PROJECTS, after)
    return Reply(200, msgspec.json.encode(ProjectOut.of(after)))


CHANGE_SETTINGS = Action("change_settings", _gather, _apply)
"""Body: `ProjectPatch`, of the project of the context. Answers 200 with `ProjectOut`; Problem 404 for none."""
