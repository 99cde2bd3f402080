"""Pages of the customers in a segment whose members are kept, and who is still to be listed."""

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.customers import Among
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS
from patron.domains.segments.model import SEGMENT_LISTINGS, SEGMENT_MEMBERS, SegmentListing
from patron.domains.segments.store.members import Found, found

_MEMBERS = SEGMENT_MEMBERS.c
_OF_SEGMENT = (
    _MEMBERS.project_id == sa.bindparam("project_id"),
    _MEMBERS.segment_id == sa.bindparam("segment_id"),
)

KEPT = Among(sa.exists().where(*_OF_SEGMENT, _MEMBERS.customer_id == CUSTOMERS.c.id).correlate(CUSTOMERS.sa))
"""Who is in the segment `segment_id`."""

COUNT = Statement(sa.select(sa.func.count()).select_from(SEGMENT_MEMBERS.sa).where(*_OF_SEGMENT), int)
"""How many are in it."""

_Beyond = Callable[[Any, Any], sa.ColumnElement[bool]]


@cache
def page_by_creation(position: str | None, *, down: bool) -> Statement[Found]:
    """A page in the order in which customers were created, which goes by the segment's own index.

    Parameters: `project_id`, `segment_id`, `limit`, `offset`, those of the position as of the list of customers.
    """
    same = sa.and_(CUSTOMERS.c.project_id == _MEMBERS.project_id, CUSTOMERS.c.id == _MEMBERS.customer_id)
    totals = sa.and_(
        CUSTOMER_TOTALS.c.project_id == CUSTOMERS.c.project_id, CUSTOMER_TOTALS.c.customer_id == CUSTOMERS.c.id
    )
    page = (
        sa.select(CUSTOMERS.sa, CUSTOMER_TOTALS.sa)
        .select_from(SEGMENT_MEMBERS.sa.join(CUSTOMERS.sa, same).join(CUSTOMER_TOTALS.sa, totals))
        .where(*_OF_SEGMENT)
    )
    beyond: _Beyond = (lambda a, b: a < b) if down else (lambda a, b: a > b)
    if position == "moment":
        page = page.where(beyond(_MEMBERS.created_at, sa.bindparam("moment")))
    elif position == "cursor":
        place = sa.tuple_(_MEMBERS.created_at, _MEMBERS.customer_id)
        page = page.where(beyond(place, sa.tuple_(sa.bindparam("value"), sa.bindparam("id"))))
    by = (_MEMBERS.created_at, _MEMBERS.customer_id)
    page = page.order_by(*(each.desc() if down else each.asc() for each in by))
    return Statement(page.limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), found)


_listings = SEGMENT_LISTINGS.c
_IN_SEGMENT = (
    _listings.project_id == sa.bindparam("project_id"),
    _listings.segment_id == sa.bindparam("segment_id"),
)

LISTINGS = Statement(sa.select(_listings.id).where(*_IN_SEGMENT).order_by(_listings.id), str)
"""The ids of a segment's listings that wait."""

LISTING = Statement(
    sa.select(SEGMENT_LISTINGS.sa).where(*_IN_SEGMENT, _listings.id == sa.bindparam("id")), SegmentListing
)
"""One of them."""
