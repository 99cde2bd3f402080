"""What must hold of stored campaigns, whoever wrote them: every count is computed anew from the vouchers."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, absent_check, check, column_check
from patron.domains.vouchers import (
    CAMPAIGN_DAYS,
    CAMPAIGN_NAMES,
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    CampaignName,
    CampaignTotals,
)
from patron.domains.vouchers.model import VOUCHERS

_campaigns, _names, _totals, _days = CAMPAIGNS.c, CAMPAIGN_NAMES.c, CAMPAIGN_TOTALS.c, CAMPAIGN_DAYS.c
_vouchers = VOUCHERS.c

_NOTHING = sa.null()
_THERE = (
    sa.select(sa.func.count())
    .where(_vouchers.project_id == PROJECT, _vouchers.campaign_id == _totals.campaign_id)
    .scalar_subquery()
)
_CAME_AND_STAYED = (
    sa.select(sa.func.coalesce(sa.func.sum(_days.vouchers_created - _days.vouchers_deleted), 0))
    .where(_days.project_id == PROJECT, _days.campaign_id == _totals.campaign_id)
    .scalar_subquery()
)
_TAKES_OR_LOSES = sa.or_(
    sa.exists().where(
        _campaigns.project_id == PROJECT, _campaigns.id == _vouchers.campaign_id, _campaigns.deleted_at.is_(None)
    ),
    sa.exists().where(
        _totals.project_id == PROJECT, _totals.campaign_id == _vouchers.campaign_id, _totals.deleting == 1
    ),
)

CHECKS = (
    absent_check(
        "campaigns.without_totals",
        "Every campaign has a row of totals.",
        CAMPAIGNS,
        CAMPAIGN_TOTALS,
        [_campaigns.id],
        lambda campaign, campaign_id: CampaignTotals(campaign.project_id, campaign_id),
        where=[_campaigns.deleted_at.is_(None)],
    ),
    absent_check(
        "campaigns.without_name",
        "Every campaign is found by its name, and keeps it in the bin.",
        CAMPAIGNS,
        CAMPAIGN_NAMES,
        [_campaigns.name],
        lambda campaign, name: CampaignName(campaign.project_id, name, campaign.id),
        where=[sa.or_(_campaigns.deleted_at.is_(None), _campaigns.in_bin == 1)],
        also=[_names.campaign_id == _campaigns.id],
    ),
    check(
        "campaign_names.of_nobody",
        "Every name of a campaign leads to it.",
        sa.select(_names.campaign_id, sa.literal("a name"), _NOTHING).where(
            _names.project_id == PROJECT,
            ~sa.exists().where(
                _campaigns.project_id == PROJECT, _campaigns.id == _names.campaign_id, _campaigns.name == _names.name
            ),
        ),
    ),
    column_check(
        "campaign_totals.vouchers_count",
        "A campaign has as many vouchers as it has counted.",
        CAMPAIGN_TOTALS,
        "vouchers_count",
        _THERE,
    ),
    check(
        "campaign_days.vouchers",
        "Of the vouchers that came to a campaign, those that did not go are there.",
        sa.select(_totals.campaign_id, _CAME_AND_STAYED, _totals.vouchers_count).where(
            _totals.project_id == PROJECT, _totals.vouchers_count != _CAME_AND_STAYED
        ),
    ),
    check(
        "vouchers.of_no_campaign",
        "No voucher is left of a campaign whose deletion is done.",
        sa.select(_vouchers.code, _vouchers.campaign_id, _NOTHING).where(
            _vouchers.project_id == PROJECT, _vouchers.campaign_id.is_not(None), ~_TAKES_OR_LOSES
        ),
    ),
)
