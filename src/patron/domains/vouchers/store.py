"""What is asked of stored vouchers."""

from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from patron.db.dialect import JsonText, each_text, is_among, row_text
from patron.db.statements import Statement
from patron.domains.vouchers.model import (
    BINNED_VOUCHERS,
    NEVER,
    TRANSACTION_KEYS,
    VOUCHER_HOLDERS,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
    BinnedVoucher,
    Voucher,
    VoucherTotals,
    VoucherTransaction,
)

Found = tuple[Voucher, VoucherTotals, str | None]
"""A voucher, what was done with it, and whose it is."""

Holding = tuple[str, int, Found]
"""The id of a holding, when it began (epoch ms), and the voucher that is held."""

_PROJECT: ColumnElement[str] = sa.bindparam("project_id")
_CODE: ColumnElement[str] = sa.bindparam("code")

_VOUCHER_FIELDS = len(VOUCHERS.fields)


def beside(column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    """A column of the row that another table may have for a voucher.

    Subqueries rather than joins: a page's plan is made once for all limits, and joins that fit a large one look at
    everybody's rows.
    """
    table = column.table
    return (
        sa.select(column)
        .where(table.c.project_id == VOUCHERS.c.project_id, table.c.code == VOUCHERS.c.code)
        .correlate(VOUCHERS.sa)
        .scalar_subquery()
    )


_TOTALS = VOUCHER_TOTALS.fields[len(VOUCHER_TOTALS.key) :]
WHOLE = sa.select(
    VOUCHERS.sa,
    *(beside(VOUCHER_TOTALS.c[field]).label(f"its_{field}") for field in _TOTALS),
    beside(VOUCHER_HOLDERS.c.customer_id).label("holder_id"),
)


def found_of(*row: Any) -> Found:
    voucher = Voucher(*row[:_VOUCHER_FIELDS])
    totals = row[_VOUCHER_FIELDS:-1]
    known = None if totals[0] is None else VoucherTotals(voucher.project_id, voucher.code, *totals)
    return voucher, totals_of(voucher, known), row[-1]


def totals_of(voucher: Voucher, totals: VoucherTotals | None) -> VoucherTotals:
    """What was done with a voucher, also where nothing was and so no row says it."""
    return VoucherTotals(voucher.project_id, voucher.code) if totals is None else totals


def _one(column: sa.Column[str], name: str) -> Statement[Found]:
    """One voucher by a key: joins, whose plan is certain for one row, and which cost half of what subqueries do."""
    totals, holders = VOUCHER_TOTALS.c, VOUCHER_HOLDERS.c
    whole = sa.select(VOUCHERS.sa, *(totals[field] for field in _TOTALS), holders.customer_id)
    for other in (totals, holders):
        same = sa.and_(other.project_id == VOUCHERS.c.project_id, other.code == VOUCHERS.c.code)
        whole = whole.outerjoin_from(VOUCHERS.sa, other.code.table, same)
    return Statement(whole.where(VOUCHERS.c.project_id == _PROJECT, column == sa.bindparam(name)), found_of)


BY_CODE = _one(VOUCHERS.c.code, "code")
"""The voucher with this code."""

BY_ID = _one(VOUCHERS.c.id, "id")
"""The voucher with this id."""

BY_IDS = Statement(
    WHOLE.where(VOUCHERS.c.project_id == _PROJECT, is_among(VOUCHERS.c.id, sa.bindparam("ids", type_=JsonText()))),
    found_of,
)
"""The vouchers with these ids (a JSON array)."""

CODE_OF = Statement(
    sa.select(VOUCHERS.c.code).where(VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.id == sa.bindparam("id")), str
)
"""The code of the voucher with this id."""

HOLDER_OF = Statement(
    sa.select(VOUCHER_HOLDERS.c.customer_id).where(
        VOUCHER_HOLDERS.c.project_id == _PROJECT, VOUCHER_HOLDERS.c.code == _CODE
    ),
    str,
)
"""The id of the customer who holds the voucher with this code."""

_given = each_text(sa.bindparam("codes", type_=JsonText())).table_valued("value", name="given")
COLUMNS_OF_FOUND = (
    *VOUCHERS.c,
    *(beside(VOUCHER_TOTALS.c[field]) for field in _TOTALS),
    beside(VOUCHER_HOLDERS.c.customer_id),
)
BY_CODES: Statement[Found | None] = Statement(
    sa.select(
        sa.select(row_text(*COLUMNS_OF_FOUND))
        .where(VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.code == _given.c.value)
        .scalar_subquery()
    ).select_from(_given),
    lambda text: None if text is None else found_of(*msgspec.json.decode(text)),
)
"""The vouchers with these codes (a JSON array): one row for each, None where there is none."""

FREE = Statement(
    # A subquery for each value: a join may be planned as a scan of the whole table while its statistics are old.
    sa.select(_given.c.value).where(
        sa.select(VOUCHERS.c.code)
        .where(VOUCHERS.c.project_id == _PROJECT, VOUCHERS.c.code == _given.c.value)
        .scalar_subquery()
        .is_(None),
        sa.select(BINNED_VOUCHERS.c.code)
        .where(BINNED_VOUCHERS.c.project_id == _PROJECT, BINNED_VOUCHERS.c.code == _given.c.value)
        .scalar_subquery()
        .is_(None),
    ),
    str,
)
"""Those of these codes (a JSON array) that no voucher has, in the bin or out of it."""


BINNED = Statement(
    sa.select(BINNED_VOUCHERS.sa).where(
        BINNED_VOUCHERS.c.project_id == _PROJECT, BINNED_VOUCHERS.c.id == sa.bindparam("id")
    ),
    BinnedVoucher,
)
"""The voucher in the bin with this id."""


def _deletion(table: sa.Table) -> Statement[str]:
    """Deletes what is kept of a voucher, as long as the one with this code is the one that was asked for."""
    reference: ColumnElement[str] = sa.bindparam("reference")
    still_there = sa.exists().where(
        VOUCHERS.c.project_id == _PROJECT,
        VOUCHERS.c.code == _CODE,
        sa.or_(VOUCHERS.c.id == reference, VOUCHERS.c.code == reference),
    )
    return _deletion_while(table, still_there)


def _purge(table: sa.Table) -> Statement[str]:
    """Deletes what is kept of a voucher in the bin, as long as the one with this code is the one that was asked for."""
    still_there = sa.exists().where(
        BINNED_VOUCHERS.c.project_id == _PROJECT,
        BINNED_VOUCHERS.c.code == _CODE,
        BINNED_VOUCHERS.c.id == sa.bindparam("id"),
        BINNED_VOUCHERS.c.deleted_at == sa.bindparam("deleted_at"),
    )
    return _deletion_while(table, still_there)


def _deletion_while(table: sa.Table, still_there: ColumnElement[bool]) -> Statement[str]:
    return Statement(
        sa.delete(table).where(table.c.project_id == _PROJECT, table.c.code == _CODE, still_there).returning(
            table.c.code
        ),
        str,
    )  # fmt: skip


DELETE_TRANSACTIONS = _deletion(VOUCHER_TRANSACTIONS.sa)
DELETE_TRANSACTION_KEYS = _deletion(TRANSACTION_KEYS.sa)
PURGE_TRANSACTIONS = _purge(VOUCHER_TRANSACTIONS.sa)
PURGE_TRANSACTION_KEYS = _purge(TRANSACTION_KEYS.sa)

TRANSACTION = Statement(
    sa.select(VOUCHER_TRANSACTIONS.c.n).where(
        VOUCHER_TRANSACTIONS.c.project_id == _PROJECT,
        VOUCHER_TRANSACTIONS.c.id == sa.bindparam("id"),
        VOUCHER_TRANSACTIONS.c.code == _CODE,
    ),
    int,
)
"""The number of the transaction with this id, if it is this voucher's."""

BEFORE_THE_FIRST, AFTER_THE_LAST = 0, 1 << 62


@cache
def transactions_of(*, down: bool) -> Statement[VoucherTransaction]:
    """A page of a voucher's transactions, by their numbers `above` and `below`, the newest first if `down`."""
    n = VOUCHER_TRANSACTIONS.c.n
    return Statement(
        sa.select(VOUCHER_TRANSACTIONS.sa)
        .where(
            VOUCHER_TRANSACTIONS.c.project_id == _PROJECT,
            VOUCHER_TRANSACTIONS.c.code == _CODE,
            n > sa.bindparam("above"),
            n < sa.bindparam("below"),
        )
        .order_by(n.desc() if down else n.asc())
        .limit(sa.bindparam("limit")),
        VoucherTransaction,
    )


COLUMNS = {"created_at": VOUCHERS.c.id, "updated_at": VOUCHERS.c.updated_at, "code": VOUCHERS.c.code}
"""What each order goes by: ids begin with the time of creation."""

_FILTERS: dict[str, ColumnElement[bool]] = {
    "category": VOUCHERS.c.category == sa.bindparam("category"),
    "campaign_id": VOUCHERS.c.campaign_id == sa.bindparam("campaign_id"),
    "standalone": VOUCHERS.c.campaign_id.is_(None),
    "code": VOUCHERS.c.code == _CODE,
    "ids": is_among(VOUCHERS.c.id, sa.bindparam("ids", type_=JsonText())),
    "created_before": VOUCHERS.c.id < sa.bindparam("created_before"),
    "created_after": VOUCHERS.c.id > sa.bindparam("created_after"),
    "updated_before": sa.and_(
        VOUCHERS.c.updated_at < sa.bindparam("updated_before"), VOUCHERS.c.updated_at > sa.literal(NEVER)
    ),
    "updated_after": VOUCHERS.c.updated_at > sa.bindparam("updated_after"),
}

HELD = VOUCHER_HOLDERS.sa.alias("held")
"""What a customer holds, where a list begins with that."""
_HELD_VOUCHERS = HELD.join(
    VOUCHERS.sa, sa.and_(VOUCHERS.c.project_id == HELD.c.project_id, VOUCHERS.c.id == HELD.c.voucher_id)
)
FIRST_HOLDING, LAST_HOLDING = "", "rh_~"
_HELD_BY = sa.and_(HELD.c.project_id == _PROJECT, HELD.c.customer_id == sa.bindparam("customer_id"))

HOLDINGS = Statement(sa.select(sa.func.count(VOUCHERS.c.code)).select_from(_HELD_VOUCHERS).where(_HELD_BY), int)
"""How many vouchers a customer holds."""


def _holding(*row: Any) -> Holding:
    return row[-2], row[-1], found_of(*row[:-2])


@cache
def holdings_of(*, down: bool) -> Statement[Holding]:
    """A page of what a customer holds, by the ids of holdings `above` and `below`, the latest first if `down`."""
    return Statement(
        WHOLE.add_columns(HELD.c.id.label("holding_id"), HELD.c.created_at.label("held_since"))
        .select_from(_HELD_VOUCHERS)
        .where(_HELD_BY, HELD.c.id > sa.bindparam("above"), HELD.c.id < sa.bindparam("below"))
        .order_by(HELD.c.id.desc() if down else HELD.c.id.asc())
        .limit(sa.bindparam("limit")),
        _holding,
    )


@cache
def page_of(order: str, filters: tuple[str, ...], *, after: bool) -> Statement[Found]:
    """A page in this order (`-created_at` …) of the vouchers that pass the named filters.

    Parameters: `project_id`, `limit`, `offset`, one for each filter; if `after`, `value` and `id`, the last entry's.
    """
    field = order.removeprefix("-")
    down = order.startswith("-")
    columns = [_ordered(field, filters), VOUCHERS.c.id] if field == "updated_at" else [_ordered(field, filters)]
    page = _filtered(WHOLE, filters)
    if after:
        value: ColumnElement[Any] = sa.bindparam("value")
        voucher_id: ColumnElement[Any] = sa.bindparam("id")
        here, there = (columns[0], value) if len(columns) == 1 else (sa.tuple_(*columns), sa.tuple_(value, voucher_id))
        page = page.where(here < there if down else here > there)
    directed = [column.desc() if down else column.asc() for column in columns]
    return Statement(page.order_by(*directed).limit(sa.bindparam("limit")).offset(sa.bindparam("offset")), found_of)


@cache
def count_of(filters: tuple[str, ...]) -> Statement[int]:
    """How many vouchers pass the named filters. Parameters: `project_id`, and one for each filter."""
    return Statement(_filtered(sa.select(sa.func.count(VOUCHERS.c.code)), filters), int)


def _ordered(field: str, filters: tuple[str, ...]) -> ColumnElement[Any]:
    """The column to go by; what a customer holds has an index in the order of creation."""
    return HELD.c.voucher_id if field == "created_at" and "customer_id" in filters else COLUMNS[field]


def _filtered(select: sa.Select[Any], filters: tuple[str, ...]) -> sa.Select[Any]:
    conditions = [_FILTERS[name] for name in filters if name in _FILTERS]
    if "customer_id" in filters:
        select = select.select_from(_HELD_VOUCHERS)
        conditions += (HELD.c.project_id == _PROJECT, HELD.c.customer_id == sa.bindparam("customer_id"))
    return select.where(VOUCHERS.c.project_id == _PROJECT, *conditions)
