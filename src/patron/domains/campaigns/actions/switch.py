"""Switching a campaign on and off (spec I 2.2); its vouchers keep switches of their own."""

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.vouchers import CAMPAIGNS, find_campaign, lock_campaign


class Switch(msgspec.Struct, frozen=True):
    """Switch the campaign with this id or name on or off."""

    reference: str
    active: bool


async def _gather(read: Read, ctx: Ctx, body: Switch) -> Wants:
    campaign = await find_campaign(read, ctx.project_id, body.reference)
    wants = Wants()
    wants.lock_rulebook(ctx.project_id)
    wants.lock(CAMPAIGNS, (ctx.project_id, campaign.id))
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Switch) -> Outcome:
    campaign = lock_campaign(rows, ctx, body.reference)
    if campaign is None:
        return More()
    if campaign.active != body.active:
        after = replace(campaign, active=int(body.active), updated_at=ctx.now, version=rows.next_version())
        rows.put(CAMPAIGNS, after)
    return Reply(200, b"{}")


SWITCH = Action("campaigns.switch", _gather, _apply)
"""Body: `Switch`. Answers 200 with an empty object; Problem 404 for an unknown campaign."""
