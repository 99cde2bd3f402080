"""Counting the redemptions and rollbacks of a campaign, for its summary."""

from collections.abc import Mapping

from patron.db.actions import Read
from patron.domains.redemptions.store import SUMS_OF_CAMPAIGN
from patron.domains.vouchers import Campaign
from patron.kernel.ids import earliest_id


async def count_redeemed(read: Read, campaign: Campaign, first: int, end: int) -> Mapping[str, int]:
    """What was redeemed and rolled back in a campaign from one moment (epoch ms) up to another (spec I 2.2)."""
    [sums] = await read.scan(
        SUMS_OF_CAMPAIGN,
        project_id=campaign.project_id,
        campaign_id=campaign.id,
        first=earliest_id("", first),
        end=earliest_id("", end),
    )
    return sums
