"""What is asked of feeds, events and definitions, and how what is kept of one customer goes."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.statements import Statement
from patron.db.tables import Table
from patron.domains.events.model import (
    ACTIVITY,
    CONSENTS_GIVEN,
    CONSENTS_REVOKED,
    EFFECT,
    ENTRY_PREFIX,
    EVENT_COUNTS,
    EVENT_DEFINITIONS,
    EVENTS,
    Activity,
    EventDefinition,
)

CHUNK = 500
FROM_THE_FIRST = ENTRY_PREFIX
TO_THE_LAST = ENTRY_PREFIX + "~"
"""Bounds that every entry's id lies between."""

_FILTERS: dict[str, ColumnElement[bool]] = {
    "type": ACTIVITY.c.type == sa.bindparam("type"),
    "known": sa.and_(
        ACTIVITY.c.type != sa.literal_column(f"'{CONSENTS_GIVEN}'"),
        ACTIVITY.c.type != sa.literal_column(f"'{CONSENTS_REVOKED}'"),
    ),
    "action": ACTIVITY.c.category != sa.literal_column(f"'{EFFECT}'"),
    "effect": ACTIVITY.c.category == sa.literal_column(f"'{EFFECT}'"),  # as the partial index says it
    "campaign_type": ACTIVITY.c.campaign_type == sa.bindparam("campaign_type"),
    "campaign_id": ACTIVITY.c.campaign_id == sa.bindparam("campaign_id"),
    "product_id": ACTIVITY.c.product_id == sa.bindparam("product_id"),
}

ENTRY = Statement(
    sa.select(ACTIVITY.sa).where(
        ACTIVITY.c.project_id == sa.bindparam("project_id"),
        ACTIVITY.c.customer_id == sa.bindparam("customer_id"),
        ACTIVITY.c.id == sa.bindparam("id"),
    ),
    Activity,
)
"""The entry with this id in this customer's feed."""


@cache
def page_of(order: str, filters: tuple[str, ...], *, after: bool) -> Statement[Activity]:
    """A page of one customer's feed in this order: `id`, which is by time, or another column; `-` for downwards.

    Parameters: `project_id`, `customer_id`, `limit`, `above` and `below` (ids, themselves not included), one for each
    filter but `known`, `action` and `effect`; with `after`, in an order by another column, `value` and `id` of the
    entry after which the page begins.
    """
    column = ACTIVITY.c[order.removeprefix("-")]
    keys = [column] if column is ACTIVITY.c.id else [column, ACTIVITY.c.id]
    down = order.startswith("-")
    page = _filtered(sa.select(ACTIVITY.sa), filters)
    if after:
        place, entry = sa.tuple_(*keys), sa.tuple_(sa.bindparam("value"), sa.bindparam("id"))
        page = page.where(place < entry if down else place > entry)
    page = page.order_by(*(key.desc() if down else key.asc() for key in keys))
    return Statement(page.limit(sa.bindparam("limit")), Activity)


@cache
def count_of(filters: tuple[str, ...]) -> Statement[int]:
    """How many entries of one customer's feed pass the filters. Parameters as those of `page_of`."""
    return Statement(_filtered(sa.select(sa.func.count()).select_from(ACTIVITY.sa), filters), int)


def _filtered(select: sa.Select[Any], filters: tuple[str, ...]) -> sa.Select[Any]:
    return select.where(
        ACTIVITY.c.project_id == sa.bindparam("project_id"),
        ACTIVITY.c.customer_id == sa.bindparam("customer_id"),
        ACTIVITY.c.id > sa.bindparam("above"),
        ACTIVITY.c.id < sa.bindparam("below"),
        *(_FILTERS[name] for name in filters),
    )


DEFINITION = Statement(
    sa.select(EVENT_DEFINITIONS.sa).where(
        EVENT_DEFINITIONS.c.project_id == sa.bindparam("project_id"),
        EVENT_DEFINITIONS.c.id == sa.bindparam("id"),
        EVENT_DEFINITIONS.c.deleted_at.is_(None),
    ),
    EventDefinition,
)
"""The definition with this id, unless it was removed."""

DEFINITIONS = Statement(
    sa.select(EVENT_DEFINITIONS.sa)
    .where(EVENT_DEFINITIONS.c.project_id == sa.bindparam("project_id"), EVENT_DEFINITIONS.c.deleted_at.is_(None))
    .order_by(EVENT_DEFINITIONS.c.created_at.desc(), EVENT_DEFINITIONS.c.name),
    EventDefinition,
)
"""A project's definitions, newest first."""


def erasing(table: Table[Any], last: str) -> Statement[str]:
    """Delete up to `CHUNK` of what a table keeps of one customer, in the order of the column that ends its key.

    Parameters: `project_id`, `customer_id`. Returns that column's values: fewer than `CHUNK` when nothing is left.
    """
    other = table.sa.alias()
    of_customer = (
        table.c.project_id == sa.bindparam("project_id"),
        table.c.customer_id == sa.bindparam("customer_id"),
    )
    last_of_chunk = (
        sa.select(other.c[last])
        .where(other.c.project_id == sa.bindparam("project_id"), other.c.customer_id == sa.bindparam("customer_id"))
        .order_by(other.c[last].desc())
        .limit(1)
        .offset(CHUNK - 1)
        .scalar_subquery()
    )
    from_there = sa.func.coalesce(last_of_chunk, sa.literal_column("''"))
    return Statement(sa.delete(table.sa).where(*of_customer, table.c[last] >= from_there).returning(table.c[last]), str)


ERASE_ACTIVITY = erasing(ACTIVITY, "id")
ERASE_EVENTS = erasing(EVENTS, "id")
ERASE_EVENT_COUNTS = erasing(EVENT_COUNTS, "type")
"""All that this domain keeps of one customer, a chunk at a time."""
