"""Changing how often a project may ask."""

from secrets import token_bytes

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.domains.projects.model import PROJECTS
from patron.kernel.clock import now_ms
from patron.kernel.problems import not_found


class RateLimit(msgspec.Struct, frozen=True):
    """So many requests a minute; None is no limit."""

    per_minute: int | None


async def set_rate_limit(units: Units, project_id: str, per_minute: int | None) -> None:
    """Limit a project's requests a minute, or lift the limit with None. Raises Problem 404 for an unknown project."""
    ctx = Ctx(project_id, now_ms(), token_bytes(16), channel="CLI")
    await units.write(SET_RATE_LIMIT, ctx, RateLimit(per_minute))


async def _gather(_read: Read, ctx: Ctx, _body: RateLimit) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(PROJECTS, (ctx.project_id,))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: RateLimit) -> Reply:
    project = rows.get(PROJECTS, (ctx.project_id,))
    if project is None:
        raise not_found("project", ctx.project_id)
    version = rows.next_version()
    rows.put(PROJECTS, msgspec.structs.replace(project, rate_limit_per_minute=body.per_minute, version=version))
    return Reply(200)


SET_RATE_LIMIT = Action("set_rate_limit", _gather, _apply)
