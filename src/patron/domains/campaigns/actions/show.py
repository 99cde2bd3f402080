"""Telling campaigns, those of type PROMOTION with their tiers (spec I 2.1)."""

from collections.abc import Mapping, Sequence

from patron.db.actions import Ctx, Read
from patron.db.rows import Rows
from patron.domains.campaigns.store import Found
from patron.domains.campaigns.wire.told import CampaignOut
from patron.domains.categories import Categories
from patron.domains.promotions import Held, Promotions, PromotionTierTotals, told_with, totals_by_tier, totals_of
from patron.domains.promotions.wire.told import TierList
from patron.domains.validation_rules import Rules
from patron.domains.validation_rules.model import CAMPAIGN
from patron.domains.vouchers import PROMOTION, Campaign, CampaignTotals


async def tell(read: Read, project_id: str, found: Sequence[Found]) -> list[CampaignOut]:
    """The answers for stored campaigns; tiers are told as every process knows them, a second old at most."""
    tiers = Promotions.of(read.rulebook)
    ids = [tier.id for campaign, _ in found for tier in tiers.tiers_of(campaign.id)]
    totals = await totals_by_tier(read, project_id, ids)
    categories, rules = Categories.of(read.rulebook), Rules.of(read.rulebook)
    return [
        CampaignOut.of(
            categories, campaign, counts, _promotion(read, campaign, totals), rules.assignment(CAMPAIGN, campaign.id)
        )
        for campaign, counts in found
    ]


def _promotion(read: Read, campaign: Campaign, totals: Mapping[str, PromotionTierTotals]) -> TierList | None:
    if campaign.campaign_type != PROMOTION:
        return None
    return TierList.whole(read.rulebook, Promotions.of(read.rulebook).tiers_of(campaign.id), totals, campaign)


def shown(rows: Rows, ctx: Ctx, campaign: Campaign, counts: CampaignTotals, of: Held | None) -> CampaignOut:
    """The answer for a campaign that a write has changed; `of` are its tiers, where it has such."""
    promotion = None
    if of is not None:
        totals = {tier.id: totals_of(rows, ctx, tier.id) for tier in of.tiers}
        promotion = told_with(rows.rulebook, campaign, of.tiers, totals)
    rule = Rules.of(rows.rulebook).assignment(CAMPAIGN, campaign.id)
    return CampaignOut.of(Categories.of(rows.rulebook), campaign, counts, promotion, rule)
