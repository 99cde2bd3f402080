"""What lists of vouchers, and of what goes with them, may be filtered by (spec I 0.1)."""

import sqlalchemy as sa

from patron.db.dialect import TEXT
from patron.db.filters.listed import NEVER_TRUE, NOW, Listed, creation, moment, states, text
from patron.db.filters.sources import Clause, InJson
from patron.domains.vouchers.campaign import CAMPAIGNS
from patron.domains.vouchers.model import (
    HOLDER_PREFIX,
    NEVER,
    PREFIX,
    TRANSACTION_PREFIX,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
)
from patron.domains.vouchers.store import HELD, beside
from patron.engine.conditions.fields import Type

_redeemed = sa.func.coalesce(beside(VOUCHER_TOTALS.c.redeemed_quantity), 0)


def of_campaign(column: sa.Column[str]) -> sa.ScalarSelect[str]:
    """A column of the campaign that a voucher is of."""
    return (
        sa.select(column)
        .where(CAMPAIGNS.c.project_id == VOUCHERS.c.project_id, CAMPAIGNS.c.id == VOUCHERS.c.campaign_id)
        .correlate(VOUCHERS.sa)
        .scalar_subquery()
    )


def is_active(table: sa.FromClause) -> dict[str, Clause]:
    """The states of what can be switched off and has its time, by their names."""
    begun = sa.or_(table.c.start_at.is_(None), table.c.start_at <= NOW)
    ended = sa.and_(table.c.expires_at.is_not(None), table.c.expires_at <= NOW)
    return {
        "enabled": table.c.active == sa.literal(1),
        "disabled": table.c.active == sa.literal(0),
        "expired": ended,
        "before_start": sa.not_(begun),
        "active": sa.and_(table.c.active == sa.literal(1), begun, sa.not_(ended)),
    }


VOUCHER_FIELDS = Listed(
    {
        "id": text(VOUCHERS.c.id),
        "code": text(VOUCHERS.c.code),
        "type": text(VOUCHERS.c.type),
        "voucher_type": text(VOUCHERS.c.type),
        "campaign": text(of_campaign(CAMPAIGNS.c.name)),
        "campaign_id": text(VOUCHERS.c.campaign_id),
        "category": text(VOUCHERS.c.category),
        "categories": text(VOUCHERS.c.category),
        "category_id": text(VOUCHERS.c.category_id),
        "category_ids": text(VOUCHERS.c.category_id),
        "holder_id": text(beside(VOUCHER_HOLDERS.c.customer_id)),
        "active": states(**is_active(VOUCHERS.sa)),
        "redemption_status": states(
            redeemed=_redeemed > sa.literal(0),
            redeemable=sa.or_(VOUCHERS.c.quantity.is_(None), VOUCHERS.c.quantity > _redeemed),
        ),
        "is_referral_code": NEVER_TRUE,
        "additional_info": text(VOUCHERS.c.additional_info),
        "created_at": creation(VOUCHERS.c.created_at, VOUCHERS.c.id, PREFIX),
        "created_date": creation(VOUCHERS.c.created_at, VOUCHERS.c.id, PREFIX),
        "updated_at": moment(VOUCHERS.c.updated_at, VOUCHERS.c.updated_at != sa.literal(NEVER)),
        "start_date": moment(VOUCHERS.c.start_at),
        "expiration_date": moment(VOUCHERS.c.expires_at),
        "validity_timeframe": (Type.OBJECT, InJson(VOUCHERS.c.validity, ("timeframe",))),
        "validity_day_of_week": (Type.NUMBER, InJson(VOUCHERS.c.validity, ("day_of_week",))),
    },
    VOUCHERS.c.metadata,
)
"""Of the list of vouchers."""

HOLDING_FIELDS = Listed(
    {
        "id": text(HELD.c.id),
        "created_at": creation(HELD.c.created_at, HELD.c.id, HOLDER_PREFIX),
        "redeemable_id": text(HELD.c.voucher_id),
        "redeemable_object": text(sa.literal("voucher", TEXT)),
        "holder_role": text(sa.literal("OWNER", TEXT)),
        "campaign_id": text(VOUCHERS.c.campaign_id),
        "campaign_type": text(of_campaign(CAMPAIGNS.c.campaign_type)),
        "voucher_type": text(VOUCHERS.c.type),
    }
)
"""Of what a customer holds."""

TRANSACTION_FIELDS = Listed(
    {
        "id": text(VOUCHER_TRANSACTIONS.c.id),
        "voucher_id": text(VOUCHER_TRANSACTIONS.c.voucher_id),
        "type": text(VOUCHER_TRANSACTIONS.c.type),
        "created_at": creation(VOUCHER_TRANSACTIONS.c.created_at, VOUCHER_TRANSACTIONS.c.id, TRANSACTION_PREFIX),
    }
)
"""Of the transactions of cards."""
