"""Protecting a campaign, for which there is no operation: in a unit, beside a server."""

import asyncio
from secrets import token_bytes

import msgspec

from patron.config import Settings
from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.campaigns import CAMPAIGNS
from patron.kernel.clock import now_ms
from patron.running import opened, project_ids


async def _gather(_read: Read, ctx: Ctx, campaign_id: str) -> Wants:
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign_id))
    return wants


def _apply(rows: Rows, ctx: Ctx, campaign_id: str) -> Outcome:
    campaign = rows.get(CAMPAIGNS, (ctx.project_id, campaign_id))
    assert campaign is not None
    rows.put(CAMPAIGNS, msgspec.structs.replace(campaign, protected=1, version=rows.next_version()))
    return Reply(204)


PROTECT = Action("tests.protect", _gather, _apply)


def protect(database_url: str, campaign_id: str) -> None:
    """Protect this campaign of the one project of a database."""
    asyncio.run(_protect(database_url, campaign_id))


async def _protect(database_url: str, campaign_id: str) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        [project_id] = await project_ids(patron)
        await patron.units.write(PROTECT, Ctx(project_id, now_ms(), token_bytes(16)), campaign_id)
