"""What is asked of one customer's standing."""

import sqlalchemy as sa

from patron.db.statements import Statement
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
