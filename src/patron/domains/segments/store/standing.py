"""What is asked of one customer's standing."""

import sqlalchemy as sa

from patron.db.dialect import JsonText, is_among
from patron.db.statements import Statement
from patron.domains.events.model import EVENT_COUNTS, EventCount
from patron.domains.segments.model import SEGMENTS_OF_CUSTOMERS, SegmentsOfCustomer

OF_CUSTOMER = Statement(
    sa.select(SEGMENTS_OF_CUSTOMERS.sa).where(
        SEGMENTS_OF_CUSTOMERS.c.project_id == sa.bindparam("project_id"),
        SEGMENTS_OF_CUSTOMERS.c.customer_id == sa.bindparam("customer_id"),
        SEGMENTS_OF_CUSTOMERS.c.kind == sa.bindparam("kind"),
    ),
    SegmentsOfCustomer,
)
"""The segments of one kind that a customer is in."""

COUNTS_OF = Statement(
    sa.select(EVENT_COUNTS.sa).where(
        EVENT_COUNTS.c.project_id == sa.bindparam("project_id"),
        EVENT_COUNTS.c.customer_id == sa.bindparam("customer_id"),
        is_among(EVENT_COUNTS.c.type, sa.bindparam("types", type_=JsonText())),
    ),
    EventCount,
)
"""How often these events (a JSON array of names) have happened to a customer."""
