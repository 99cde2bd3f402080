"""Statements: built with SQLAlchemy Core, compiled once for each database, executed by the drivers directly."""

from collections.abc import Callable
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from patron.db.dialect import POSTGRES, SQLITE

T = TypeVar("T")

Params = tuple[Any, ...]


class Text:
    """SQL of one database and the order in which it takes its parameters."""

    def __init__(self, clause: sa.ClauseElement, dialect: sa.Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
        _assert_no_processors(compiled, dialect)
        self.sql = compiled.string
        self.names = tuple(compiled.positiontup or ())
        self.fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self.take: Callable[[dict[str, Any]], Params] = self._taker()

    def _taker(self) -> Callable[[dict[str, Any]], Params]:
        names = self.names
        if not names:
            return lambda _params: ()
        if any(name in self.fixed for name in names):
            fixed = self.fixed
            return lambda params: tuple(params[n] if n in params else fixed[n] for n in names)
        getter = itemgetter(*names)
        return getter if len(names) > 1 else lambda params: (getter(params),)


class Statement(Generic[T]):
    """A question or a deed; each row that it returns becomes `into(*row)`.

    Parameters are `sa.bindparam`s, given by name at execution.
    """

    def __init__(self, clause: sa.ClauseElement, into: Callable[..., T]) -> None:
        self.clause = clause
        self.into = into

    @cached_property
    def sqlite(self) -> Text:
        return Text(self.clause, SQLITE)

    @cached_property
    def postgres(self) -> Text:
        return Text(self.clause, POSTGRES)


def _assert_no_processors(compiled: sa.sql.compiler.SQLCompiler, dialect: sa.Dialect) -> None:
    """SQLAlchemy converts values where it executes; we do not execute through it, so nothing may need that."""
    for bind in compiled.binds.values():
        if bind.type.dialect_impl(dialect).bind_processor(dialect) is not None:
            raise TypeError(f"parameter {bind.key} has a type with a bind processor: {bind.type!r}")
        if bind.expanding:
            raise TypeError(f"parameter {bind.key} is an in_() list: use an array or a join")
    for column in compiled._result_columns or ():
        if column[3].dialect_impl(dialect).result_processor(dialect, None) is not None:
            raise TypeError(f"column {column[0]} has a type with a result processor: {column[3]!r}")
