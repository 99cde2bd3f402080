"""What is asked of stored customers."""

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import JsonText, each_text, is_among
from patron.db.statements import Statement
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    DELETED_CUSTOMERS,
    ERASURES,
    MERGED_CUSTOMERS,
    NEVER,
    Customer,
    CustomerKey,
    CustomerTotals,
    DeletedCustomer,
    Erasure,
    MergedCustomer,
)

Found = tuple[Customer, CustomerTotals]

_CUSTOMER_FIELDS = len(CUSTOMERS.fields)
_WIDTH = _CUSTOMER_FIELDS + len(CUSTOMER_TOTALS.fields)

_WHOLE = sa.select(CUSTOMERS.sa, CUSTOMER_TOTALS.sa)
_SAME_CUSTOMER = sa.and_(
    CUSTOMER_TOTALS.c.project_id == CUSTOMERS.c.project_id, CUSTOMER_TOTALS.c.customer_id == CUSTOMERS.c.id
)


def _found(*row: Any) -> Found:
    return Customer(*row[:_CUSTOMER_FIELDS]), CustomerTotals(*row[_CUSTOMER_FIELDS:_WIDTH])


BY_ID = Statement(
    _WHOLE.join_from(CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME_CUSTOMER).where(
        CUSTOMERS.c.project_id == sa.bindparam("project_id"), CUSTOMERS.c.id == sa.bindparam("id")
    ),
    _found,
)
"""The customer with this id, and its totals."""

BY_IDS = Statement(
    _WHOLE.join_from(CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME_CUSTOMER).where(
        CUSTOMERS.c.project_id == sa.bindparam("project_id"),
        is_among(CUSTOMERS.c.id, sa.bindparam("ids", type_=JsonText())),
    ),
    _found,
)
"""The customers with these ids (a JSON array), and their totals."""

BY_SOURCE_ID = Statement(
    _WHOLE.select_from(
        CUSTOMER_KEYS.sa.join(
            CUSTOMERS.sa,
            sa.and_(
                CUSTOMERS.c.project_id == CUSTOMER_KEYS.c.project_id, CUSTOMERS.c.id == CUSTOMER_KEYS.c.customer_id
            ),
        ).join(CUSTOMER_TOTALS.sa, _SAME_CUSTOMER)
    ).where(
        CUSTOMER_KEYS.c.project_id == sa.bindparam("project_id"),
        CUSTOMER_KEYS.c.source_id == sa.bindparam("source_id"),
    ),
    _found,
)
"""The customer with this source_id, and its totals."""

_MERGED_FIELDS = len(MERGED_CUSTOMERS.fields)
_OTHER = sa.and_(CUSTOMERS.c.project_id == MERGED_CUSTOMERS.c.project_id, CUSTOMERS.c.id == MERGED_CUSTOMERS.c.into_id)
_MERGED_ID = (MERGED_CUSTOMERS.c.project_id == sa.bindparam("project_id"), MERGED_CUSTOMERS.c.id == sa.bindparam("id"))

BY_FORMER_ID = Statement(
    sa.select(MERGED_CUSTOMERS.sa, CUSTOMERS.sa, CUSTOMER_TOTALS.sa)
    .select_from(MERGED_CUSTOMERS.sa.join(CUSTOMERS.sa, _OTHER).join(CUSTOMER_TOTALS.sa, _SAME_CUSTOMER))
    .where(*_MERGED_ID),
    lambda *row: (MergedCustomer(*row[:_MERGED_FIELDS]), _found(*row[_MERGED_FIELDS:])),
)
"""How the customer with this id became one with another, and that one with its totals."""

ID = Statement(
    sa.union_all(
        sa.select(CUSTOMERS.c.id).where(
            CUSTOMERS.c.project_id == sa.bindparam("project_id"), CUSTOMERS.c.id == sa.bindparam("id")
        ),
        sa.select(CUSTOMERS.c.id).select_from(MERGED_CUSTOMERS.sa.join(CUSTOMERS.sa, _OTHER)).where(*_MERGED_ID),
    ),
    str,
)
"""The id of the customer whom this id stands for: its own, or that of one who was merged into another."""

MERGED = Statement(sa.select(MERGED_CUSTOMERS.sa).where(*_MERGED_ID), MergedCustomer)
"""What became of the customer with this id, if it was merged into another."""

MERGED_INTO = Statement(
    sa.select(MERGED_CUSTOMERS.sa)
    .where(
        MERGED_CUSTOMERS.c.project_id == sa.bindparam("project_id"),
        MERGED_CUSTOMERS.c.into_id == sa.bindparam("customer_id"),
    )
    .order_by(MERGED_CUSTOMERS.c.id),
    MergedCustomer,
)
"""Who was merged into this customer; they are few."""

NOW_OF = (
    sa.select(MERGED_CUSTOMERS.c.into_id)
    .where(
        MERGED_CUSTOMERS.c.project_id == sa.bindparam("project_id"),
        MERGED_CUSTOMERS.c.id == sa.bindparam("subject"),
    )
    .scalar_subquery()
)
"""Whose the history of the merged `subject` is: a part of statements that move it."""

KEY = Statement(
    sa.select(CUSTOMER_KEYS.sa).where(
        CUSTOMER_KEYS.c.project_id == sa.bindparam("project_id"),
        CUSTOMER_KEYS.c.source_id == sa.bindparam("source_id"),
    ),
    CustomerKey,
)
"""Whose this source_id is."""

KEYS_OF = Statement(
    sa.select(CUSTOMER_KEYS.sa).where(
        CUSTOMER_KEYS.c.project_id == sa.bindparam("project_id"),
        CUSTOMER_KEYS.c.customer_id == sa.bindparam("customer_id"),
    ),
    CustomerKey,
)
"""Every source_id that leads to this customer: its own, and those of customers who were merged into it."""

_given = each_text(sa.bindparam("source_ids", type_=JsonText())).table_valued("value", name="given")
OWNERS: Statement[tuple[str, str | None]] = Statement(
    # A subquery for each value: a join may be planned as a scan of the whole table while its statistics are old.
    sa.select(
        _given.c.value,
        sa.select(CUSTOMER_KEYS.c.customer_id)
        .where(CUSTOMER_KEYS.c.project_id == sa.bindparam("project_id"), CUSTOMER_KEYS.c.source_id == _given.c.value)
        .scalar_subquery(),
    ),
    lambda source_id, customer_id: (source_id, customer_id),
)
"""Whose these source_ids (a JSON array) are: one row for each of them, with None where it is nobody's."""

_given_ids = each_text(sa.bindparam("ids", type_=JsonText())).table_valued("value", name="given")
HEIRS: Statement[tuple[str, str | None]] = Statement(
    sa.select(
        _given_ids.c.value,
        sa.select(MERGED_CUSTOMERS.c.into_id)
        .where(MERGED_CUSTOMERS.c.project_id == sa.bindparam("project_id"), MERGED_CUSTOMERS.c.id == _given_ids.c.value)
        .scalar_subquery(),
    ),
    lambda customer_id, heir: (customer_id, heir),
)
"""For whom these ids (a JSON array) stand: one row for each, with None where it was merged into nobody."""

DELETED = Statement(
    sa.select(DELETED_CUSTOMERS.sa).where(
        DELETED_CUSTOMERS.c.project_id == sa.bindparam("project_id"), DELETED_CUSTOMERS.c.id == sa.bindparam("id")
    ),
    DeletedCustomer,
)
"""What is left of the deleted customer with this id."""

ERASURE = Statement(
    sa.select(ERASURES.sa).where(
        ERASURES.c.project_id == sa.bindparam("project_id"), ERASURES.c.id == sa.bindparam("id")
    ),
    Erasure,
)
"""The erasure with this id."""

UNWIPED = Statement(
    sa.select(ERASURES.sa)
    .where(
        ERASURES.c.project_id == sa.bindparam("project_id"),
        ERASURES.c.wiped_at.is_(None),
        ERASURES.c.created_at < sa.bindparam("before"),
    )
    .order_by(ERASURES.c.created_at, ERASURES.c.id)
    .limit(1),
    Erasure,
)
"""The oldest erasure from before a moment (epoch ms) that has not come to its end."""

_FILTERS: dict[str, ColumnElement[bool]] = {
    "email": CUSTOMERS.c.email == sa.bindparam("email"),
    "name": CUSTOMERS.c.name == sa.bindparam("name"),
    "city": CUSTOMERS.c.city == sa.bindparam("city"),
    "created_before": CUSTOMERS.c.created_at < sa.bindparam("created_before"),
    "created_after": CUSTOMERS.c.created_at > sa.bindparam("created_after"),
    "updated_before": sa.and_(
        CUSTOMERS.c.updated_at < sa.bindparam("updated_before"), CUSTOMERS.c.updated_at > sa.literal(NEVER)
    ),
    "updated_after": CUSTOMERS.c.updated_at > sa.bindparam("updated_after"),
}

_POSITIONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "moment": lambda column, beyond: beyond(column, sa.bindparam("moment")),
    "cursor": lambda column, beyond: beyond(
        sa.tuple_(column, CUSTOMERS.c.id), sa.tuple_(sa.bindparam("value"), sa.bindparam("id"))
    ),
}


@cache
def page_of(order: str, filters: tuple[str, ...], position: str | None) -> Statement[Found]:
    """A page in this order (`-created_at` …) of the customers that pass the named filters, with their totals.

    Parameters: `project_id`, `limit`, `offset`, one for each filter; after a `moment` that one (epoch ms), after a
    `cursor` `value` and `id`, the last entry's.
    """
    return _page(order, _filters(filters), position)


@cache
def count_of(filters: tuple[str, ...]) -> Statement[int]:
    """How many customers pass the named filters. Parameters: `project_id`, and one for each filter."""
    return Statement(sa.select(sa.func.count()).select_from(CUSTOMERS.sa).where(*_filters(filters)), int)


class Among:
    """Customers of whom something is true: `where` is for rows of customers and their totals.

    The same questions as of all customers, made once for each that is asked.
    """

    def __init__(self, where: ColumnElement[bool]) -> None:
        self._where = where
        self._pages: dict[tuple[str, tuple[str, ...], str | None], Statement[Found]] = {}
        self._counts: dict[tuple[str, ...], Statement[int]] = {}

    def page_of(self, order: str, filters: tuple[str, ...], position: str | None) -> Statement[Found]:
        """As `page_of`, of these customers."""
        name = (order, filters, position)
        if name not in self._pages:
            self._pages[name] = _page(order, (*_filters(filters), self._where), position)
        return self._pages[name]

    def count_of(self, filters: tuple[str, ...]) -> Statement[int]:
        """As `count_of`, of these customers."""
        if filters not in self._counts:
            counted = sa.select(sa.func.count()).join_from(
                CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME_CUSTOMER, isouter=True
            )
            self._counts[filters] = Statement(counted.where(*_filters(filters), self._where), int)
        return self._counts[filters]


def _page(order: str, where: tuple[ColumnElement[bool], ...], position: str | None) -> Statement[Found]:
    column = CUSTOMERS.c[order.removeprefix("-")]
    down = order.startswith("-")
    # An outer join, although every customer has totals: it keeps the planner from beginning with those of everybody.
    page = _WHOLE.join_from(CUSTOMERS.sa, CUSTOMER_TOTALS.sa, _SAME_CUSTOMER, isouter=True).where(*where)
    if position is not None:
        page = page.where(_POSITIONS[position](column, (lambda a, b: a < b) if down else (lambda a, b: a > b)))
    directed = (column.desc(), CUSTOMERS.c.id.desc()) if down else (column.asc(), CUSTOMERS.c.id.asc())
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), _found)


def _filters(names: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    return (CUSTOMERS.c.project_id == sa.bindparam("project_id"), *(_FILTERS[name] for name in names))
