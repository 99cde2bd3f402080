"""What is asked of feeds and definitions."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.statements import Statement
from patron.domains.events.model import (
    ACTIVITY,
    CONSENTS_GIVEN,
    CONSENTS_REVOKED,
    EFFECT,
    ENTRY_PREFIX,
    EVENT_DEFINITIONS,
    Activity,
    EventDefinition,
)

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
