"""Which vouchers of a campaign may be given away."""

from typing import Any

from patron.db.actions import Ctx
from patron.domains.vouchers import Campaign

MINUTE_MS = 60_000


def pool_of(ctx: Ctx, campaign: Campaign) -> dict[str, Any]:
    """The parameters with which `PUBLISHABLE` is drawn from.

    Time goes by whole minutes there, so that many writes share a draw: a code that ends within this minute is not given
    away any more.
    """
    end_of_minute = (ctx.now // MINUTE_MS + 1) * MINUTE_MS
    return {"project_id": ctx.project_id, "campaign_id": campaign.id, "now": end_of_minute}
