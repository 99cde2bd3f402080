"""What is asked of validation sessions."""

from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from patron.db.dialect import JsonText, each_text, is_among, row_text
from patron.db.statements import Statement
from patron.domains.redeemables.model import SESSION_LOCKS, Held
from patron.domains.vouchers.model import VOUCHER_TOTALS

_PROJECT: sa.ColumnElement[str] = sa.bindparam("project_id")
_locks, _totals = SESSION_LOCKS.c, VOUCHER_TOTALS.c

_SUM_OF_USES = sa.cast(sa.func.coalesce(sa.func.sum(_locks.quantity), 0), sa.BigInteger)
_SUM_OF_AMOUNTS = sa.cast(sa.func.coalesce(sa.func.sum(_locks.amount), 0), sa.BigInteger)

CODES_OF_SESSION = Statement(
    sa.select(_locks.code)
    .where(_locks.project_id == _PROJECT, _locks.session_key == sa.bindparam("session_key"))
    .order_by(_locks.code)
    .limit(sa.bindparam("limit")),
    str,
)
"""The codes of which a session holds something, or held it until it expired."""

_CODE: sa.ColumnElement[str] = sa.bindparam("code")
_OF_VOUCHER = (
    _locks.project_id == _PROJECT,
    _locks.code == _CODE,
    _locks.voucher_id == sa.bindparam("voucher_id"),
    _locks.expires_at > sa.bindparam("now"),
)

_given = each_text(sa.bindparam("codes", type_=JsonText())).table_valued("value", name="given")

HELD_BY_OTHERS = Statement(
    # A subquery for each code: a join may be planned as a search of all sessions that have not ended.
    sa.select(
        _given.c.value,
        sa.select(row_text(_SUM_OF_USES, _SUM_OF_AMOUNTS))
        .where(
            _locks.project_id == _PROJECT,
            _locks.code == _given.c.value,
            is_among(_locks.voucher_id, sa.bindparam("voucher_ids", type_=JsonText())),
            _locks.expires_at > sa.bindparam("now"),
            _locks.session_key != sa.bindparam("session_key"),
        )
        .scalar_subquery(),
    ).select_from(_given),
    lambda code, sums: (code, Held(*msgspec.json.decode(sums))),
)
"""What sessions but this one hold of vouchers with these codes and ids (JSON arrays) at a moment, by code."""


class Recount(NamedTuple):
    """What all sessions hold of a voucher, the first moment at which one of them ends (0: there is none), and what the
    voucher's totals said of it when it was counted.
    """

    held: Held
    until: int
    before: tuple[int, int, int]


def _stored(field: str) -> sa.ScalarSelect[int]:
    return sa.select(_totals[field]).where(_totals.project_id == _PROJECT, _totals.code == _CODE).scalar_subquery()


RECOUNT = Statement(
    sa.select(
        _SUM_OF_USES,
        _SUM_OF_AMOUNTS,
        sa.func.coalesce(sa.func.min(_locks.expires_at), 0),
        sa.func.coalesce(_stored("held_quantity"), 0),
        sa.func.coalesce(_stored("held_amount"), 0),
        sa.func.coalesce(_stored("held_until"), 0),
    ).where(*_OF_VOUCHER),
    lambda quantity, amount, until, *before: Recount(Held(quantity, amount), until, before),
)
"""What all sessions hold of a voucher at a moment."""
