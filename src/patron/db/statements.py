"""Statements: built with SQLAlchemy Core, compiled once for each database, executed by the drivers directly."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from patron.db.dialect import POSTGRES, SQLITE

T = TypeVar("T")

Params = tuple[Any, ...]

_PROJECT = "project_id"
_PLACE = re.compile(r"\$(\d+)")
_TYPED_PLACE = re.compile(r"\$(\d+)::([A-Z]+)\b(?!\[)")


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


class SharedText:
    """SQL of PostgreSQL that asks for the first row of a statement once for each of several parameters.

    It takes the project's id, which all have in common, then an array for each other parameter; a row begins with the
    number (from 1) of whose it is. The inner LIMIT has it planned as the statement alone, whatever the statistics say.
    """

    def __init__(self, text: Text, types: dict[str, str]) -> None:
        kinds = ("TEXT" if kind == "VARCHAR" else kind for kind in types.values())  # the driver knows TEXT[] by itself
        arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(kinds, 2))
        columns = ", ".join(f'"{name}"' for name in types)
        given = {name: f'k."{name}"' for name in types} | {_PROJECT: "$1"}
        asked = _PLACE.sub(lambda place: given[text.names[int(place[1]) - 1]], text.sql)
        self.sql = (
            f"SELECT k.place, r.* FROM unnest({arrays}) WITH ORDINALITY AS k({columns}, place) "  # noqa: S608
            f"CROSS JOIN LATERAL (SELECT * FROM ({asked}) AS q LIMIT 1) AS r"
        )
        self._places = [text.names.index(name) for name in types]

    def arrays(self, asked: Sequence[Params]) -> list[list[Any]]:
        """The parameters of several reads, as the statement's own text takes them, one array for each."""
        return [[params[place] for params in asked] for place in self._places]


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

    @cached_property
    def shared(self) -> SharedText | None:
        """For several reads at once, of one project; None for a statement that is not plainly by project and key."""
        text = self.postgres
        types = {text.names[int(place) - 1]: kind for place, kind in _TYPED_PLACE.findall(text.sql)}
        if text.fixed or set(text.names) != types.keys() or types.pop(_PROJECT, None) is None or not types:
            return None
        return SharedText(text, types)


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
