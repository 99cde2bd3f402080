"""What is asked of stored orders."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from patron.db.dialect import JsonText, each_text
from patron.db.statements import Statement
from patron.domains.orders.model import COUNTED, ORDER_IMPORTS, ORDER_KEYS, ORDERS, Order, OrderImport
from patron.domains.orders.totals import Counted

_PROJECT: sa.BindParameter[str] = sa.bindparam("project_id")

BY_ID = Statement(sa.select(ORDERS.sa).where(ORDERS.c.project_id == _PROJECT, ORDERS.c.id == sa.bindparam("id")), Order)
"""The order with this id."""

BY_SOURCE_ID = Statement(
    sa.select(ORDERS.sa)
    .join(
        ORDER_KEYS.sa,
        sa.and_(ORDERS.c.project_id == ORDER_KEYS.c.project_id, ORDERS.c.id == ORDER_KEYS.c.order_id),
    )
    .where(ORDER_KEYS.c.project_id == _PROJECT, ORDER_KEYS.c.source_id == sa.bindparam("source_id")),
    Order,
)
"""The order with this source_id."""

_given = each_text(sa.bindparam("source_ids", type_=JsonText())).table_valued("value", name="given")
OWNERS: Statement[tuple[str, str | None]] = Statement(
    # A subquery for each value: a join may be planned as a scan of the whole table while its statistics are old.
    sa.select(
        _given.c.value,
        sa.select(ORDER_KEYS.c.order_id)
        .where(ORDER_KEYS.c.project_id == _PROJECT, ORDER_KEYS.c.source_id == _given.c.value)
        .scalar_subquery(),
    ),
    lambda source_id, order_id: (source_id, order_id),
)
"""Which orders have these source_ids (a JSON array): one row for each of them, with None where none has it."""

_without = each_text(sa.bindparam("without", type_=JsonText())).table_valued("value", name="without")
LAST_OF: Statement[Counted] = Statement(
    sa.select(ORDERS.c.created_at, ORDERS.c.total_amount)
    .where(
        ORDERS.c.project_id == _PROJECT,
        ORDERS.c.customer_id == sa.bindparam("customer_id"),
        sa.text(COUNTED),
        ~sa.exists().where(_without.c.value == ORDERS.c.id),
    )
    .order_by(ORDERS.c.created_at.desc(), ORDERS.c.total_amount.desc())
    .limit(1),
    lambda created_at, total_amount: (created_at, total_amount),
)
"""The last order that counts for a customer, without those that are being written (a JSON array of ids)."""

IMPORT = Statement(sa.select(ORDER_IMPORTS.sa).where(ORDER_IMPORTS.c.project_id == _PROJECT), OrderImport)
"""The project's import of orders."""


@cache
def page_of(order: str, *, after_cursor: bool) -> Statement[Order]:
    """A page in this order (`-created_at` …), from the beginning or after a cursor.

    Parameters: `project_id`, `limit`, `offset`; after a cursor `value` and `id`, the last entry's.
    """
    column = ORDERS.c[order.removeprefix("-")]
    down = order.startswith("-")
    page = sa.select(ORDERS.sa).where(ORDERS.c.project_id == _PROJECT)
    if after_cursor:
        place: Any = sa.tuple_(column, ORDERS.c.id)
        last = sa.tuple_(sa.bindparam("value"), sa.bindparam("id"))
        page = page.where(place < last if down else place > last)
    directed = (column.desc(), ORDERS.c.id.desc()) if down else (column.asc(), ORDERS.c.id.asc())
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), Order)
