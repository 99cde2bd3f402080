"""Where the values of fields are: in columns of their own, or inside of JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patron.engine.conditions.fields import Field

Clause = sa.ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class InJson:
    """A value inside of a JSON column, by the names of the members that lead to it."""

    column: Clause
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InColumn:
    """A value of its own, which is unknown where it is NULL, or where `known` is there and does not hold.

    Where the value is a moment with which ids begin, `ids` is their column, and their prefix: spans are asked of that
    column, since it has an index.
    """

    value: Clause
    known: Clause | None = None
    ids: tuple[Clause, str] | None = None


@dataclass(frozen=True, slots=True)
class InStates:
    """States that a row is in or is not, each by its name; of a boolean, `true` and `false`."""

    states: Mapping[str, Clause]


Source = InColumn | InJson | InStates


@dataclass(frozen=True, slots=True)
class InRows:
    """Values in rows of another table, of which one must pass: `value` is such a row's.

    `some` says whether there is a row for which a clause holds.
    """

    value: InColumn
    some: Callable[[Clause], Clause]


Sources = Callable[[Field], Source | InRows]
"""Where the value of a field is."""
