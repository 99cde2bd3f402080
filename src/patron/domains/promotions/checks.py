"""What must hold of stored promotions, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, absent_check, check
from patron.domains.promotions.model import (
    PROMOTION_STACKS,
    PROMOTION_TIER_TOTALS,
    PROMOTION_TIERS,
    PromotionTierTotals,
)
from patron.domains.vouchers import CAMPAIGNS

_tiers, _stacks, _campaigns = PROMOTION_TIERS.c, PROMOTION_STACKS.c, CAMPAIGNS.c
_other = PROMOTION_TIERS.sa.alias("other_tiers")

_IS_PROMOTION = sa.exists().where(
    _campaigns.project_id == PROJECT,
    _campaigns.id == _tiers.campaign_id,
    _campaigns.campaign_type == "PROMOTION",
    _campaigns.deleted_at.is_(None),
)

CHECKS = (
    absent_check(
        "promotion_tiers.without_totals",
        "Every promotion tier has a row of totals.",
        PROMOTION_TIERS,
        PROMOTION_TIER_TOTALS,
        [_tiers.id],
        lambda tier, tier_id: PromotionTierTotals(tier.project_id, tier_id),
        where=[_tiers.deleted_at.is_(None)],
    ),
    check(
        "promotion_tiers.of_no_campaign",
        "Every promotion tier is of a campaign that has tiers.",
        sa.select(_tiers.id, _tiers.campaign_id, sa.null()).where(
            _tiers.project_id == PROJECT, _tiers.deleted_at.is_(None), ~_IS_PROMOTION
        ),
    ),
    check(
        "promotion_tiers.hierarchy",
        "No two tiers of a campaign have the same place.",
        sa.select(_tiers.id, _tiers.hierarchy, sa.null()).where(
            _tiers.project_id == PROJECT,
            _tiers.deleted_at.is_(None),
            sa.exists().where(
                _other.c.project_id == PROJECT,
                _other.c.campaign_id == _tiers.campaign_id,
                _other.c.hierarchy == _tiers.hierarchy,
                _other.c.deleted_at.is_(None),
                _other.c.id != _tiers.id,
            ),
        ),
    ),
    check(
        "promotion_stacks.of_no_campaign",
        "Every promotion stack is of a campaign that is there.",
        sa.select(_stacks.id, _stacks.campaign_id, sa.null()).where(
            _stacks.project_id == PROJECT,
            _stacks.deleted_at.is_(None),
            ~sa.exists().where(
                _campaigns.project_id == PROJECT,
                _campaigns.id == _stacks.campaign_id,
                _campaigns.deleted_at.is_(None),
            ),
        ),
    ),
)
