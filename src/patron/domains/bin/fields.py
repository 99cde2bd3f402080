"""What the bin may be filtered by (spec I 0.1, C 5.6)."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from patron.db.binned import Kind
from patron.db.dialect import TEXT
from patron.db.filters.listed import Listed, text
from patron.domains.bin.policy import PREFIX
from patron.kernel.ids import ALPHABET, TIME_DIGITS


@cache
def fields_of(kind: Kind) -> Listed:
    """The fields of entries of this kind; the names are those of every kind."""
    columns = kind.table.c
    return Listed(
        {
            "id": text(_entry_id(columns.deleted_at, columns.id)),
            "resource_type": text(sa.literal(kind.name, TEXT)),
            "resource_name": text(kind.called),
            "resource_id": text(columns.id),
        }
    )


def _entry_id(deleted_at: sa.ColumnElement[int], resource_id: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """As `entry_id` makes it."""
    digits = (_digit(deleted_at, place) for place in reversed(range(TIME_DIGITS)))
    text: sa.ColumnElement[Any] = sa.literal(PREFIX, TEXT)
    for digit in digits:
        text = text.concat(digit)
    return text.concat(resource_id)


def _digit(number: sa.ColumnElement[int], place: int) -> sa.ColumnElement[Any]:
    base = len(ALPHABET)
    value = (number // sa.literal(base**place, sa.BigInteger())) % sa.literal(base, sa.BigInteger())
    return sa.func.substr(sa.literal(ALPHABET, TEXT), sa.cast(value, sa.Integer()) + 1, 1, type_=TEXT)
