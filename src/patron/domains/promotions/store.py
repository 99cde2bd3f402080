"""What is asked of stored promotion tiers and stacks."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import JsonText, each_text, row_text
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.domains.promotions.model import (
    PROMOTION_STACKS,
    PROMOTION_TIER_TOTALS,
    PROMOTION_TIERS,
    PromotionStack,
    PromotionTier,
    PromotionTierTotals,
)

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")
_IDS: ColumnElement[str] = sa.bindparam("ids", type_=JsonText())


def _live(table: Table[Any]) -> sa.Select[Any]:
    return sa.select(table.sa).where(table.c.project_id == _PROJECT, table.c.deleted_at.is_(None))


def _binned(table: Table[Any]) -> sa.Select[Any]:
    # As text: with a parameter in its place, neither database could tell that the index has all such rows.
    return sa.select(table.sa).where(table.c.project_id == _PROJECT, sa.text("in_bin = 1"))


def _of_campaign(table: Table[Any], rows: sa.Select[Any]) -> Statement[Any]:
    return Statement(rows.where(table.c.campaign_id == sa.bindparam("campaign_id")).order_by(table.c.id), table.struct)


TIER = Statement(_live(PROMOTION_TIERS).where(PROMOTION_TIERS.c.id == sa.bindparam("id")), PromotionTier)
"""The tier with this id."""

STACK = Statement(_live(PROMOTION_STACKS).where(PROMOTION_STACKS.c.id == sa.bindparam("id")), PromotionStack)
"""The stack with this id."""

TIERS_OF: Statement[PromotionTier] = _of_campaign(PROMOTION_TIERS, _live(PROMOTION_TIERS))
"""The tiers of a campaign."""

STACKS_OF: Statement[PromotionStack] = _of_campaign(PROMOTION_STACKS, _live(PROMOTION_STACKS))
"""The stacks of a campaign."""

BINNED_TIERS_OF: Statement[PromotionTier] = _of_campaign(PROMOTION_TIERS, _binned(PROMOTION_TIERS))
"""The tiers that wait in the bin with their campaign."""

BINNED_STACKS_OF: Statement[PromotionStack] = _of_campaign(PROMOTION_STACKS, _binned(PROMOTION_STACKS))
"""The stacks that wait in the bin with their campaign."""

_given = each_text(_IDS).table_valued("value", name="given")


def _row(text: str | None) -> PromotionTierTotals | None:
    return None if text is None else PromotionTierTotals(*msgspec.json.decode(text))


TOTALS_OF: Statement[PromotionTierTotals | None] = Statement(
    sa.select(
        sa.select(row_text(*PROMOTION_TIER_TOTALS.sa.columns))
        .where(PROMOTION_TIER_TOTALS.c.project_id == _PROJECT, PROMOTION_TIER_TOTALS.c.tier_id == _given.c.value)
        .scalar_subquery()
    ).select_from(_given),
    _row,
)
"""What was done with these tiers (`ids` is a JSON array); None for one that has no totals."""
