"""Making and revoking keys of a project."""

from secrets import token_bytes
from uuid import uuid4

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.domains.projects.actions.open_project import GivenKey, StoredKey, key_row
from patron.domains.projects.model import API_KEYS, PROJECTS, ApiKey, Kind
from patron.domains.projects.policy import token_hash
from patron.domains.projects.store import KEYS_NAMED
from patron.kernel.clock import now_ms
from patron.kernel.problems import not_found


async def create_key(
    units: Units, project_id: str, *, kind: Kind, name: str, origins: tuple[str, ...] = ()
) -> GivenKey:
    """A new key of a project, with the token that is shown this once: two random UUIDs (spec C 7.4).

    Raises Problem 404 for an unknown project.
    """
    app_id, token = str(uuid4()), str(uuid4())
    stored = StoredKey(kind, app_id, name, token_hash(token), origins)
    await units.write(CREATE_KEY, _ctx(project_id), stored)
    return GivenKey(kind, app_id, token, origins)


async def revoke_key(units: Units, app_id: str) -> list[ApiKey]:
    """Revoke the key of this id; within a second no server takes it any more. The keys that were revoked by this.

    Raises Problem 404 for an unknown id. A key that was revoked before stays as it is.
    """
    named = await units.database.all(KEYS_NAMED, app_id=app_id)
    if not named:
        raise not_found("key", app_id)
    live = [key for key in named if key.deleted_at is None]
    for key in live:
        await units.write(REVOKE_KEY, _ctx(key.project_id), key)
    return live


def _ctx(project_id: str) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16), channel="CLI")


async def _gather_create(_read: Read, ctx: Ctx, body: StoredKey) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(PROJECTS, (ctx.project_id,))
    wants.lock(API_KEYS, (body.app_id, body.kind))
    return wants


def _apply_create(rows: Rows, ctx: Ctx, body: StoredKey) -> Reply:
    project = rows.get(PROJECTS, (ctx.project_id,))
    if project is None or project.deleted_at is not None:
        raise not_found("project", ctx.project_id)
    rows.add(API_KEYS, key_row(body, ctx, rows.next_version()))
    return Reply(200)


async def _gather_revoke(_read: Read, ctx: Ctx, body: ApiKey) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(API_KEYS, API_KEYS.key_of(body))
    return wants


def _apply_revoke(rows: Rows, ctx: Ctx, body: ApiKey) -> Reply:
    key = rows.get(API_KEYS, API_KEYS.key_of(body))
    if key is not None and key.deleted_at is None:
        rows.put(API_KEYS, msgspec.structs.replace(key, deleted_at=ctx.now, version=rows.next_version()))
    return Reply(200)


CREATE_KEY = Action("create_key", _gather_create, _apply_create)
REVOKE_KEY = Action("revoke_key", _gather_revoke, _apply_revoke)
