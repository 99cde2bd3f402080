"""Comparing who is written down as a member with who passes, a range of customers at a time."""

import sqlalchemy as sa

from patron.db.filters.filtered import Filtered
from patron.db.statements import Statement
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS
from patron.domains.segments.model import SEGMENT_MEMBERS, SegmentMember

RANGE = 2_000
"""Customers that are looked at at once."""
LAST = "~"
"""Sorts after every id."""

_PROJECT: sa.ColumnElement[str] = sa.bindparam("project_id")
_SAME_CUSTOMER = sa.and_(
    CUSTOMER_TOTALS.c.project_id == CUSTOMERS.c.project_id, CUSTOMER_TOTALS.c.customer_id == CUSTOMERS.c.id
)

END_OF_RANGE = Statement(
    sa.select(CUSTOMERS.c.id)
    .where(CUSTOMERS.c.project_id == _PROJECT, CUSTOMERS.c.id > sa.bindparam("after"))
    .order_by(CUSTOMERS.c.id)
    .limit(1)
    .offset(RANGE - 1),
    str,
)
"""The last customer of the range that begins after an id; none where fewer are left."""


def differing(of: Filtered) -> Statement[str]:
    """The ids of customers of whom it is not written down whether they pass.

    Parameters: `project_id`, `segment_id`, `after`, `up_to` (an id, itself included), those of `Filtered.values`.
    """
    is_written = sa.exists().where(
        SEGMENT_MEMBERS.c.project_id == CUSTOMERS.c.project_id,
        SEGMENT_MEMBERS.c.segment_id == sa.bindparam("segment_id"),
        SEGMENT_MEMBERS.c.customer_id == CUSTOMERS.c.id,
    )
    return Statement(
        sa.select(CUSTOMERS.c.id)
        .join_from(CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME_CUSTOMER, isouter=True)
        .where(
            CUSTOMERS.c.project_id == _PROJECT,
            CUSTOMERS.c.id > sa.bindparam("after"),
            CUSTOMERS.c.id <= sa.bindparam("up_to"),
            sa.case((of.where, 1), else_=0) != sa.case((is_written, 1), else_=0),
        )
        .order_by(CUSTOMERS.c.id),
        str,
    )


SOME_MEMBERS = Statement(
    sa.select(SEGMENT_MEMBERS.sa)
    .where(SEGMENT_MEMBERS.c.project_id == _PROJECT, SEGMENT_MEMBERS.c.segment_id == sa.bindparam("segment_id"))
    .order_by(SEGMENT_MEMBERS.c.customer_id)
    .limit(sa.bindparam("limit")),
    SegmentMember,
)
"""The first members of a segment."""
