"""Filters of lists: what a list's rows may be asked for, and the list's own questions about those that pass alone.

A statement that is filtered is compiled for its request; the filter's values are parameters of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from patron.db.dialect import INTEGER
from patron.db.filters.sources import Clause, InColumn, InJson, InStates, Source
from patron.db.statements import Statement
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Filter, only

T = TypeVar("T")

METADATA = "metadata"

NOW: sa.ColumnElement[int] = sa.bindparam("now", type_=INTEGER)
"""The moment of the question (epoch ms), for sources that depend on it."""


def text(value: Clause, known: Clause | None = None) -> tuple[Type, Source]:
    """A text, which is unknown where it is NULL, or where `known` does not hold."""
    return Type.TEXT, InColumn(value, known)


def moment(value: Clause, known: Clause | None = None) -> tuple[Type, Source]:
    """A moment (epoch ms), likewise."""
    return Type.MOMENT, InColumn(value, known)


def creation(value: Clause, ids: Clause, prefix: str) -> tuple[Type, Source]:
    """The moment (epoch ms) with which an id with this prefix begins."""
    return Type.MOMENT, InColumn(value, ids=(ids, prefix))


def states(**of: Clause) -> tuple[Type, Source]:
    """States that a row is in or is not: several at once, or none."""
    return Type.STATE, InStates(of)


NEVER_TRUE: tuple[Type, Source] = Type.BOOLEAN, InStates({"true": sa.false(), "false": sa.true()})
"""A boolean that is false for each row."""


class Listed:
    """The fields of a list by the names that callers write, each with its type and where it is; and its metadata."""

    def __init__(self, fields: Mapping[str, tuple[Type, Source]], metadata: Clause | None = None) -> None:
        self._fields = fields
        self._metadata = metadata
        self.known = ", ".join((*fields, *(("metadata.<key>",) if self.has_metadata else ())))
        """The fields, as a refusal tells them."""

    @property
    def has_metadata(self) -> bool:
        return self._metadata is not None

    def find(self, name: str) -> Field | None:
        """The field with this name; None where there is none, and for metadata, which schemas tell of."""
        return Field(name, (name,), self._fields[name][0]) if name in self._fields else None

    def source_of(self, field: Field) -> Source:
        """Where the values of a field are."""
        group, *names = field.path
        if group == METADATA and names:
            assert self._metadata is not None
            return InJson(self._metadata, tuple(names))
        return self._fields[group][1]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is left of a list by a filter: rows for which `where` holds (None: all), with the parameters of that."""

    where: Clause | None
    values: Mapping[str, Any]
    filter: Filter | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is no filter."""
        return self.where is None

    def only(self, name: str) -> str | None:
        """The text that a field has in every row that is left, where the filter says so: it may have an index."""
        return None if self.filter is None else only(self.filter, name)

    def of(self, statement: Statement[T]) -> Statement[T]:
        """The same question about those rows alone; it takes the narrowing's parameters too."""
        if self.where is None:
            return statement
        return Statement(cast("sa.Select[Any]", statement.clause).where(self.where), statement.into)


WHOLE = Narrowing(None, {})
"""A list without a filter."""
