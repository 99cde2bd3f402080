"""Campaigns as objects that validation rules are assigned to."""

from patron.db.actions import Ctx, Read, Wants
from patron.db.rows import Rows
from patron.domains.validation_rules import Target
from patron.domains.validation_rules.model import CAMPAIGN
from patron.domains.vouchers import CAMPAIGNS, find_campaign, lock_campaign


async def _want(read: Read, ctx: Ctx, wants: Wants, reference: str) -> tuple[str, str]:
    campaign = await find_campaign(read, ctx.project_id, reference)
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign.id))
    return campaign.id, campaign.id


def _found(rows: Rows, ctx: Ctx, reference: str) -> tuple[str, str] | None:
    campaign = lock_campaign(rows, ctx, reference)
    return None if campaign is None else (campaign.id, campaign.id)


TARGETS = (Target(CAMPAIGN, _want, _found),)
