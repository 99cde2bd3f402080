"""What is asked of validation sessions."""

from typing import NamedTuple

import sqlalchemy as sa

from patron.db.dialect import JsonText, is_among
from patron.db.statements import Statement
from patron.domains.redeemables.model import SESSION_LOCKS, Held
from patron.domains.vouchers.model import VOUCHER_TOTALS

_PROJECT: sa.ColumnElement[str] = sa.bindparam("project_id")
_locks, _totals = SESSION_LOCKS.c, VOUCHER_TOTALS.c

_UNITS = sa.func.coalesce(sa.func.sum(_locks.quantity), 0)
_AMOUNT = sa.func.coalesce(sa.func.sum(_locks.amount), 0)
_LIVES = _locks.expires_at > sa.bindparam("now")

CODES_OF_SESSION = Statement(
    sa.select(_locks.code)
    .where(_locks.project_id == _PROJECT, _locks.session_key == sa.bindparam("session_key"))
    .order_by(_locks.code)
    .limit(sa.bindparam("limit")),
    str,
)
"""The codes of which a session holds something, or held it until it expired."""

HELD_BY_OTHERS: Statement[tuple[str, Held]] = Statement(
    sa.select(_locks.voucher_id, sa.cast(_UNITS, sa.BigInteger), sa.cast(_AMOUNT, sa.BigInteger))
    .where(
        _locks.project_id == _PROJECT,
        is_among(_locks.code, sa.bindparam("codes", type_=JsonText())),
        _locks.session_key != sa.bindparam("session_key"),
        _LIVES,
    )
    .group_by(_locks.voucher_id),
    lambda voucher_id, quantity, amount: (voucher_id, Held(quantity, amount)),
)
"""What sessions but this one hold of the vouchers with these codes (a JSON array) at a moment, by the voucher's id."""


class Recount(NamedTuple):
    """What all sessions hold of a voucher, the first moment at which one of them ends (0: there is none), and what the
    voucher's totals said of it when it was counted.
    """

    held: Held
    until: int
    before: tuple[int, int, int]


def _stored(field: str) -> sa.ScalarSelect[int]:
    return sa.select(_totals[field]).where(_totals.project_id == _PROJECT, _totals.code == _CODE).scalar_subquery()


_CODE: sa.ColumnElement[str] = sa.bindparam("code")
RECOUNT = Statement(
    sa.select(
        sa.cast(_UNITS, sa.BigInteger),
        sa.cast(_AMOUNT, sa.BigInteger),
        sa.func.coalesce(sa.func.min(_locks.expires_at), 0),
        sa.func.coalesce(_stored("held_quantity"), 0),
        sa.func.coalesce(_stored("held_amount"), 0),
        sa.func.coalesce(_stored("held_until"), 0),
    ).where(
        _locks.project_id == _PROJECT, _locks.code == _CODE, _locks.voucher_id == sa.bindparam("voucher_id"), _LIVES
    ),
    lambda quantity, amount, until, *before: Recount(Held(quantity, amount), until, before),
)
"""What all sessions hold of a voucher at a moment."""
