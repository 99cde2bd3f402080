"""Comparing who is written down as a member with who passes, a range of customers at a time."""

from typing import Any

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
_SAME_CUSTOMER = sa.and_(CUSTOMER_TOTALS.c.project_id == _PROJECT, CUSTOMER_TOTALS.c.customer_id == CUSTOMERS.c.id)

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
    # Each table is told the range: a plan that joins whole tables, or hashes all members, must look at the range alone.
    totals = sa.and_(_SAME_CUSTOMER, *_in_range(CUSTOMER_TOTALS.c.customer_id))
    member = SEGMENT_MEMBERS.c
    written = sa.and_(
        member.project_id == _PROJECT,
        member.segment_id == sa.bindparam("segment_id"),
        member.customer_id == CUSTOMERS.c.id,
        *_in_range(member.customer_id),
    )
    return Statement(
        sa.select(CUSTOMERS.c.id)
        .select_from(
            CUSTOMERS.sa.join(CUSTOMER_TOTALS.sa, totals, isouter=True).join(SEGMENT_MEMBERS.sa, written, isouter=True)
        )
        .where(
            CUSTOMERS.c.project_id == _PROJECT,
            *_in_range(CUSTOMERS.c.id),
            sa.case((of.where, 1), else_=0) != sa.case((member.customer_id.is_not(None), 1), else_=0),
        )
        .order_by(CUSTOMERS.c.id),
        str,
    )


def _in_range(customer_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return customer_id > sa.bindparam("after"), customer_id <= sa.bindparam("up_to")


SOME_MEMBERS = Statement(
    sa.select(SEGMENT_MEMBERS.sa)
    .where(SEGMENT_MEMBERS.c.project_id == _PROJECT, SEGMENT_MEMBERS.c.segment_id == sa.bindparam("segment_id"))
    .order_by(SEGMENT_MEMBERS.c.customer_id)
    .limit(sa.bindparam("limit")),
    SegmentMember,
)
"""The first members of a segment."""
