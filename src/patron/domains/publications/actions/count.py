"""Counting the publications of a campaign, for its summary."""

from collections.abc import Mapping

from patron.db.actions import Read
from patron.domains.events.model import PUBLICATION_PREFIX
from patron.domains.publications.store import COUNTS_OF_CAMPAIGN
from patron.domains.vouchers import Campaign
from patron.kernel.ids import earliest_id


async def count_published(read: Read, campaign: Campaign, first: int, end: int) -> Mapping[str, int]:
    """How many publications of a campaign succeeded and failed from one moment (epoch ms) up to another."""
    [(succeeded, failed)] = await read.all(
        COUNTS_OF_CAMPAIGN,
        project_id=campaign.project_id,
        campaign=campaign.name,
        campaign_id=campaign.id,
        first=earliest_id(PUBLICATION_PREFIX, first),
        end=earliest_id(PUBLICATION_PREFIX, end),
    )
    return {"publications_succeeded": succeeded, "publications_failed": failed}
