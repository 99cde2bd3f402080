"""What is asked of stored redemptions and rollbacks."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import INTEGER, JsonText, is_among
from patron.db.statements import Statement
from patron.domains.redemptions.model import REDEMPTION, REDEMPTIONS, ROLLBACK, SEVERAL, SUCCESS, Redemption

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")
_rows = REDEMPTIONS.c

BY_ID = Statement(
    sa.select(REDEMPTIONS.sa).where(
        _rows.project_id == _PROJECT, _rows.place == sa.bindparam("place"), _rows.id == sa.bindparam("id")
    ),
    Redemption,
)
"""The redemption or rollback with this id, at its place."""

PARTS_OF = Statement(
    sa.select(REDEMPTIONS.sa)
    .where(_rows.project_id == _PROJECT, _rows.parent_id == sa.bindparam("parent_id"))
    .order_by(_rows.place),
    Redemption,
)
"""The parts of a redemption of several redeemables, or of its rollback, in the order in which they were done."""

PARTS_OF_MANY = Statement(
    sa.select(REDEMPTIONS.sa).where(
        _rows.project_id == _PROJECT, is_among(_rows.parent_id, sa.bindparam("parent_ids", type_=JsonText()))
    ),
    Redemption,
)
"""The parts of these (a JSON array of ids), in no order."""

COLUMNS: dict[str, sa.Column[Any]] = {
    "id": _rows.place,
    "created_at": _rows.place,
    "voucher_code": _rows.code,
    "tracking_id": _rows.tracking_id,
    "customer_id": _rows.customer_id,
}
"""What each order goes by: places begin with the time of creation."""

_FILTERS: dict[str, ColumnElement[bool]] = {
    "succeeded": _rows.result == "SUCCESS",
    "failed": _rows.result == sa.literal_column("'FAILURE'"),
    "rollbacks": _rows.object == sa.literal_column(f"'{ROLLBACK}'"),
    "campaign_id": _rows.campaign_id == sa.bindparam("campaign_id"),
    "customer": _rows.customer_id == sa.bindparam("customer"),
    "customers": is_among(_rows.customer_id, sa.bindparam("customers", type_=JsonText())),
    "code": _rows.code == sa.bindparam("code"),
    "related_id": _rows.related_id == sa.bindparam("related_id"),
    "before": _rows.place < sa.bindparam("before"),
    "after": _rows.place >= sa.bindparam("after"),
}


@cache
def page_of(order: str, filters: tuple[str, ...], *, after: bool) -> Statement[Redemption]:
    """A page in this order (`-created_at` …) of the rows that pass the named filters.

    Parameters: `project_id`, `limit`, `offset`, one for each filter that takes one; if `after`, `value` and `id` (a
    place), the last entry's.
    """
    column = COLUMNS[order.removeprefix("-")]
    down = order.startswith("-")
    columns: list[ColumnElement[Any]] = [_rows.place] if column is _rows.place else [column, _rows.place]
    page = _filtered(sa.select(REDEMPTIONS.sa), filters)
    if after:
        value: ColumnElement[Any] = sa.bindparam("value")
        place: ColumnElement[Any] = sa.bindparam("id")
        here, there = (_rows.place, place) if len(columns) == 1 else (sa.tuple_(*columns), sa.tuple_(value, place))
        page = page.where(here < there if down else here > there)
    directed = [each.desc() if down else each.asc() for each in columns]
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), Redemption)


@cache
def count_of(filters: tuple[str, ...]) -> Statement[int]:
    """How many rows pass the named filters. Parameters: `project_id`, and one for each filter that takes one."""
    return Statement(_filtered(sa.select(sa.func.count(_rows.place)), filters), int)


def _filtered(select: sa.Select[Any], filters: tuple[str, ...]) -> sa.Select[Any]:
    return select.where(_rows.project_id == _PROJECT, *(_FILTERS[name] for name in filters))


REDEEMED_BY = Statement(
    sa.select(REDEMPTIONS.sa)
    .where(
        _rows.project_id == _PROJECT,
        _rows.customer_id == sa.bindparam("customer"),
        _rows.object == sa.literal_column(f"'{REDEMPTION}'"),
        _rows.result == sa.literal_column(f"'{SUCCESS}'"),
        _rows.related_type != sa.literal_column(f"'{SEVERAL}'"),
    )
    .order_by(_rows.place.desc())
    .limit(sa.bindparam("limit")),
    Redemption,
)
"""What stands under this customer's id as redeemed last, one by one."""

_ATTEMPT = _rows.object == sa.literal_column(f"'{REDEMPTION}'")
_UNDOING = _rows.object == sa.literal_column(f"'{ROLLBACK}'")
_WORKED = _rows.result == sa.literal_column(f"'{SUCCESS}'")
_N = sa.func.count(_rows.place)


def _sum(amount: sa.Column[Any], which: ColumnElement[bool]) -> ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(amount).filter(which), 0), INTEGER)


_SUMS: dict[str, ColumnElement[int]] = {
    "redemptions_succeeded": _N.filter(_ATTEMPT, _WORKED),
    "redemptions_failed": _N.filter(_ATTEMPT, ~_WORKED),
    "rollbacks_succeeded": _N.filter(_UNDOING, _WORKED),
    "rollbacks_failed": _N.filter(_UNDOING, ~_WORKED),
    "orders_amount": _sum(_rows.order_amount, _ATTEMPT),
    "orders_rolledback_amount": -_sum(_rows.order_amount, _UNDOING),
    "discounted_amount": _sum(_rows.discount_amount, _ATTEMPT),
    "rolledback_discounted_amount": -_sum(_rows.discount_amount, _UNDOING),
    "amount_redeemed": _sum(_rows.amount, _ATTEMPT),
    "amount_rolledback": -_sum(_rows.amount, _UNDOING),
}
SUMS_OF_CAMPAIGN: Statement[dict[str, int]] = Statement(
    sa.select(*(value.label(name) for name, value in _SUMS.items())).where(
        _rows.project_id == _PROJECT,
        _rows.campaign_id == sa.bindparam("campaign_id"),
        _rows.place >= sa.bindparam("first"),
        _rows.place < sa.bindparam("end"),
    ),
    lambda *values: dict(zip(_SUMS, values, strict=True)),
)
"""What was redeemed and rolled back in a campaign, at places from `first` up to `end`, by the names of a summary.

What failed has no amounts. It reads the entries of one index and no rows.
"""
