"""What the list of campaigns may be filtered by (spec I 0.1, 2.2)."""

import sqlalchemy as sa

from patron.db.dialect import TEXT
from patron.db.filters.listed import NEVER_TRUE, Listed, creation, moment, states, text
from patron.db.filters.sources import InJson
from patron.domains.campaigns.model import PREFIX
from patron.domains.campaigns.store import STATUSES
from patron.domains.vouchers import CAMPAIGNS, DISCOUNT_COUPONS, GIFT_VOUCHERS, is_active
from patron.domains.vouchers.model import DISCOUNT, GIFT, NEVER
from patron.engine.conditions.fields import Type

_status = sa.case(*((holds, sa.literal(name, TEXT)) for name, holds in STATUSES.items()))
_VOUCHERS = {DISCOUNT_COUPONS: DISCOUNT, GIFT_VOUCHERS: GIFT}
_voucher_type = sa.case(
    *((CAMPAIGNS.c.campaign_type == sa.literal(kind, TEXT), sa.literal(of, TEXT)) for kind, of in _VOUCHERS.items())
)
_ACTIVE = is_active(CAMPAIGNS.sa)

CAMPAIGN_FIELDS = Listed(
    {
        "campaigns": text(CAMPAIGNS.c.name),
        "campaigns_id": text(CAMPAIGNS.c.id),
        "id": text(CAMPAIGNS.c.id),
        "name": text(CAMPAIGNS.c.name),
        "description": text(CAMPAIGNS.c.description),
        "campaign_type": text(CAMPAIGNS.c.campaign_type),
        "type": text(CAMPAIGNS.c.type),
        "voucher_type": text(_voucher_type),
        "campaign_status": text(_status),
        "status": states(**_ACTIVE, failed=STATUSES["FAILED"], in_progress=STATUSES["IN_PROGRESS"]),
        "active": states(**_ACTIVE),
        "is_referral_code": NEVER_TRUE,
        "categories": text(CAMPAIGNS.c.category),
        "category_id": text(CAMPAIGNS.c.category_id),
        "category_ids": text(CAMPAIGNS.c.category_id),
        "category": text(CAMPAIGNS.c.category),
        "created_date": creation(CAMPAIGNS.c.created_at, CAMPAIGNS.c.id, PREFIX),
        "created_at": creation(CAMPAIGNS.c.created_at, CAMPAIGNS.c.id, PREFIX),
        "updated_at": moment(CAMPAIGNS.c.updated_at, CAMPAIGNS.c.updated_at != sa.literal(NEVER)),
        "start_date": moment(CAMPAIGNS.c.start_at),
        "expiration_date": moment(CAMPAIGNS.c.expires_at),
        "validity_timeframe": (Type.OBJECT, InJson(CAMPAIGNS.c.validity, ("timeframe",))),
        "validity_day_of_week": (Type.NUMBER, InJson(CAMPAIGNS.c.validity, ("day_of_week",))),
    },
    CAMPAIGNS.c.metadata,
)
"""Of the list of campaigns."""
