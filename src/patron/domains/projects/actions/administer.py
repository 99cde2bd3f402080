"""Creating, changing and deleting projects through the management API."""

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.rulebook import RULEBOOK_VERSIONS, RulebookVersion
from patron.domains.projects.actions.manage import check_reach, unknown
from patron.domains.projects.actions.open_project import StoredKey, key_row
from patron.domains.projects.managed_wire import ManagedProjectIn, ManagedProjectOut, ManagedProjectPatch
from patron.domains.projects.model import (
    API_KEYS,
    MANAGED_PROJECTS,
    PROJECTS,
    ManagedProject,
    Project,
    ProjectSettings,
)
from patron.domains.projects.store import ALL_MANAGED
from patron.kernel.problems import forbidden

MOST_MANAGED = 1_000
"""How many projects the keys of one project may have created and not deleted."""

_encode = msgspec.json.encode


class CreateProject(msgspec.Struct, frozen=True):
    """A project to create, and its first keys."""

    project: ManagedProjectIn
    server_key: StoredKey
    client_key: StoredKey


class Created(msgspec.Struct, frozen=True):
    """The answer, before the tokens are added: no token is written down."""

    project: ManagedProjectOut
    server_id: str
    client_id: str


class DeleteProject(msgspec.Struct, frozen=True):
    """The project to delete: the key's own, or one that its project has created."""

    project_id: str


async def _gather_create(_read: Read, ctx: Ctx, body: CreateProject) -> Wants:
    wants = Wants()
    for key in (body.server_key, body.client_key):
        wants.lock(API_KEYS, (key.app_id, key.kind))
    wants.scan(ALL_MANAGED, scope="managed_projects", project_id=ctx.project_id)
    return wants


def _apply_create(rows: Rows, ctx: Ctx, body: CreateProject) -> Outcome:
    if len(rows.scanned(ALL_MANAGED, project_id=ctx.project_id)) >= MOST_MANAGED:
        raise forbidden(f"A project manages at most {MOST_MANAGED} others; delete one first.")
    project_id, first = ctx.id("proj_"), 1
    blank = Project(
        project_id=project_id,
        name=body.project.name,
        rate_limit_per_minute=None,
        created_at=ctx.now,
        deleted_at=None,
        version=first,
        settings=_encode(ProjectSettings()).decode(),
    )
    project = body.project.laid_over(blank)
    rows.add(RULEBOOK_VERSIONS, RulebookVersion(project_id, first))
    rows.add(PROJECTS, project)
    rows.add(MANAGED_PROJECTS, ManagedProject(ctx.project_id, project_id, ctx.now))
    for key in (body.server_key, body.client_key):
        rows.add(API_KEYS, msgspec.structs.replace(key_row(key, ctx, first), project_id=project_id))
    created = Created(ManagedProjectOut.of(project), body.server_key.app_id, body.client_key.app_id)
    return Reply(200, _encode(created))


async def _gather_change(_read: Read, ctx: Ctx, _body: ManagedProjectPatch) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(PROJECTS, (ctx.project_id,))
    return wants


def _apply_change(rows: Rows, ctx: Ctx, body: ManagedProjectPatch) -> Outcome:
    project = rows.get(PROJECTS, (ctx.project_id,))
    if project is None or project.deleted_at is not None:
        raise unknown(ctx.project_id)
    after = body.laid_over(project)
    if after != project:
        after = msgspec.structs.replace(after, version=rows.next_version())
        rows.put(PROJECTS, after)
    return Reply(200, _encode(ManagedProjectOut.of(after)))


async def _gather_delete(read: Read, ctx: Ctx, body: DeleteProject) -> Wants:
    await check_reach(read, ctx.project_id, body.project_id)
    wants = Wants()
    wants.lock_rulebook(body.project_id)
    wants.lock(PROJECTS, (body.project_id,))
    return wants


def _apply_delete(rows: Rows, ctx: Ctx, body: DeleteProject) -> Outcome:
    project, version = rows.get(PROJECTS, (body.project_id,)), rows.get(RULEBOOK_VERSIONS, (body.project_id,))
    if project is None or project.deleted_at is not None or version is None:
        raise unknown(body.project_id)
    later = version.version + 1
    rows.put(RULEBOOK_VERSIONS, RulebookVersion(body.project_id, later))
    rows.put(PROJECTS, msgspec.structs.replace(project, deleted_at=ctx.now, version=later))
    return Reply(204)


CREATE_PROJECT = Action("projects.create", _gather_create, _apply_create)
"""Body: `CreateProject`, in the project whose key creates. Answers 200 with `Created`; Problem 403 past the bound."""

CHANGE_PROJECT = Action("projects.change", _gather_change, _apply_change)
"""Body: `ManagedProjectPatch`, in the project that is changed. Answers 200; Problem 404 for a deleted one."""

DELETE_PROJECT = Action("projects.delete", _gather_delete, _apply_delete)
"""Body: `DeleteProject`, in the project whose key deletes: its record of the retry outlives the other's keys.

Answers 204; Problem 404 for a project out of reach. From the commit on, no key opens the deleted project.
"""
