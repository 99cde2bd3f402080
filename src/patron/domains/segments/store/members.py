"""Who passes a filter: how many, and the newest of them."""

from typing import Any

import sqlalchemy as sa

from patron.db.filters.filtered import Filtered
from patron.db.statements import Statement
from patron.domains.customers.model import CUSTOMER_TOTALS, CUSTOMERS, Customer, CustomerTotals

Found = tuple[Customer, CustomerTotals]

_WIDTH = len(CUSTOMERS.fields)
_SAME_CUSTOMER = sa.and_(
    CUSTOMER_TOTALS.c.project_id == CUSTOMERS.c.project_id, CUSTOMER_TOTALS.c.customer_id == CUSTOMERS.c.id
)


def found(*row: Any) -> Found:
    """A row of both tables."""
    return Customer(*row[:_WIDTH]), CustomerTotals(*row[_WIDTH:])


def count_of(of: Filtered) -> Statement[int]:
    """How many customers pass. Parameters: `project_id`, and those of `Filtered.values`."""
    return Statement(_passing(sa.select(sa.func.count()), of), int)


def newest_of(of: Filtered) -> Statement[Found]:
    """The newest who pass, with their totals. Parameters: `project_id`, `limit`, those of `Filtered.values`."""
    newest = (CUSTOMERS.c.created_at.desc(), CUSTOMERS.c.id.desc())
    passing = _passing(sa.select(CUSTOMERS.sa, CUSTOMER_TOTALS.sa), of)
    return Statement(passing.order_by(*newest).limit(sa.bindparam("limit")), found)


def _passing(select: sa.Select[Any], of: Filtered) -> sa.Select[Any]:
    # An outer join, although every customer has totals: it keeps the planner from beginning with those of everybody.
    return select.join_from(CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME_CUSTOMER, isouter=True).where(
        CUSTOMERS.c.project_id == sa.bindparam("project_id"), of.where
    )
