"""What the list of publications may be filtered by (spec I 0.1, 2.4)."""

import sqlalchemy as sa

from patron.db.dialect import TEXT
from patron.db.filters.listed import NEVER_TRUE, Listed, creation, text
from patron.db.filters.sources import InJson
from patron.domains.events.model import NO_CODE, NO_SOURCE_ID, PUBLICATION_PREFIX, PUBLICATIONS
from patron.engine.conditions.fields import Type

PUBLICATION_FIELDS = Listed(
    {
        "id": text(PUBLICATIONS.c.id),
        "result": text(PUBLICATIONS.c.result),
        "failure_code": text(PUBLICATIONS.c.failure_code),
        "customer_id": text(PUBLICATIONS.c.customer_id),
        "tracking_id": text(PUBLICATIONS.c.tracking_id, PUBLICATIONS.c.tracking_id != sa.literal(NO_SOURCE_ID, TEXT)),
        "source_id": text(PUBLICATIONS.c.source_id),
        "campaign_name": text(PUBLICATIONS.c.campaign),
        "parent_object_id": text(PUBLICATIONS.c.campaign_id),
        "related_object_id": (Type.TEXT, InJson(PUBLICATIONS.c.voucher_ids, ())),
        "voucher_code": text(PUBLICATIONS.c.code, PUBLICATIONS.c.code != sa.literal(NO_CODE, TEXT)),
        "voucher_type": text(PUBLICATIONS.c.voucher_type),
        "is_referral_code": NEVER_TRUE,
        "channel": text(PUBLICATIONS.c.channel),
        "created_at": creation(PUBLICATIONS.c.created_at, PUBLICATIONS.c.id, PUBLICATION_PREFIX),
    },
    PUBLICATIONS.c.metadata,
)
"""Of the list of publications."""
