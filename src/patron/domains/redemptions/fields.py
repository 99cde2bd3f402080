"""What the list of redemptions may be filtered by (spec I 4.6)."""

import sqlalchemy as sa

from patron.db.dialect import TEXT
from patron.db.filters.listed import Listed, text
from patron.domains.redemptions.model import NOBODY, NOTHING, REDEMPTIONS
from patron.domains.vouchers import CAMPAIGNS

_rows = REDEMPTIONS.c
_CAMPAIGN_NAME = (
    sa.select(CAMPAIGNS.c.name)
    .where(CAMPAIGNS.c.project_id == _rows.project_id, CAMPAIGNS.c.id == _rows.campaign_id)
    .correlate(REDEMPTIONS.sa)
    .scalar_subquery()
)

REDEMPTION_FIELDS = Listed(
    {
        "voucher_code": text(_rows.code, _rows.code != NOTHING),
        "related_object_id": text(_rows.related_id),
        "related_object_parent_id": text(_rows.campaign_id),
        "parent_redemption_id": text(_rows.parent_id),
        "failure_code": text(_rows.failure_code),
        "result": text(_rows.result),
        "object": text(_rows.object),
        "customer_id": text(_rows.customer_id, _rows.customer_id != NOBODY),
        "campaign_name": text(_CAMPAIGN_NAME),
        "user_login": text(sa.cast(sa.null(), TEXT)),
    }
)
"""Nobody redeems with a login here, so `user_login` is known of no row."""
