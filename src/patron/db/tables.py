"""Tables: declared once from a frozen struct, whose fields in order are the columns."""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import sqlalchemy as sa

from patron.db.dialect import INTEGER, TEXT, JsonText
from patron.kernel.problems import Problem

R = TypeVar("R", bound=msgspec.Struct)

Key = tuple[str | int, ...]
"""A primary key's values in order; the first is the project's id (except for the few global tables)."""

Json = Annotated[str, "json"]
"""A column that holds JSON as text: `jsonb` on PostgreSQL, TEXT on SQLite."""

METADATA = sa.MetaData()


@dataclass(frozen=True, slots=True)
class Partial:
    """An index over some of a table's rows: those for which `where` (SQL that both databases know) is true."""

    columns: tuple[str, ...]
    where: str


class Table(Generic[R]):
    """A table whose rows are frozen structs of type `R`.

    `rank` is its place in every lock pass, in foreign keys (a table refers to lower ranks only) and in the
    flush (unit-of-work rule 2); no two tables share one. `key` names the primary key's columns. `unique`
    names further unique keys; each value of them that a write may take is locked through the row that holds
    it, so a value that may be free is better kept as the primary key of a key row (rule 5). `partial` names
    indexes that most writes need not pay for. `busy_problem` is the answer to a write that waited in vain for a
    row of this table.
    """

    all: ClassVar[dict[str, "Table[Any]"]] = {}

    def __init__(
        self,
        struct: type[R],
        name: str,
        *,
        rank: int,
        key: tuple[str, ...] = ("project_id", "id"),
        unique: Mapping[str, tuple[str, ...]] = types.MappingProxyType({}),
        indexes: Mapping[str, tuple[str, ...]] = types.MappingProxyType({}),
        partial: Mapping[str, Partial] = types.MappingProxyType({}),
        references: Mapping[str, "Table[Any]"] = types.MappingProxyType({}),
        busy_problem: Callable[[], Problem] | None = None,
        metadata: sa.MetaData = METADATA,
    ) -> None:
        self.struct = struct
        self.name = name
        self.rank = rank
        self.key = key
        self.busy_problem = busy_problem
        self.unique = dict(unique)
        hints = get_type_hints(struct, include_extras=True)
        self.fields: tuple[str, ...] = struct.__struct_fields__
        self.sa = sa.Table(
            name,
            metadata,
            *(_column(field, hints[field]) for field in self.fields),
            sa.PrimaryKeyConstraint(*key, name=f"{name}_pkey"),
            *(sa.UniqueConstraint(*columns, name=f"{name}_{n}_key") for n, columns in self.unique.items()),
            *(sa.Index(f"{name}_{n}_idx", *columns) for n, columns in indexes.items()),
            *(_partial_index(f"{name}_{n}_idx", part) for n, part in partial.items()),
            *(
                sa.ForeignKeyConstraint(
                    ["project_id", column], [f"{other.name}.{c}" for c in other.key], name=f"{name}_{column}_fkey"
                )
                for column, other in references.items()
            ),
            sqlite_strict=True,
        )
        self.c = self.sa.c
        self.key_of: Callable[[R], Key] = _tuple_getter(key)
        self.values_of: Callable[[R], tuple[Any, ...]] = _tuple_getter(self.fields)
        self.unique_of: dict[str, Callable[[R], Key]] = {n: _tuple_getter(c) for n, c in self.unique.items()}
        if metadata is METADATA:
            self.all[name] = self

    def __repr__(self) -> str:
        return f"<Table {self.name}>"


def _partial_index(name: str, part: Partial) -> sa.Index:
    where = sa.text(part.where)
    return sa.Index(name, *part.columns, sqlite_where=where, postgresql_where=where)


def _column(name: str, hint: Any) -> sa.Column[Any]:
    nullable = False
    if get_origin(hint) in (types.UnionType, Union):
        nullable = types.NoneType in get_args(hint)
        hint = next(arg for arg in get_args(hint) if arg is not types.NoneType)
    return sa.Column(name, _column_type(hint), nullable=nullable)


def _column_type(hint: Any) -> sa.types.TypeEngine[Any]:
    if get_origin(hint) is Annotated and "json" in get_args(hint):
        return JsonText()
    if hint is int:
        return INTEGER
    if hint is str:
        return TEXT
    raise TypeError(f"no column type for {hint}: use str, int or Json, or their union with None")


def _tuple_getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    getter = attrgetter(*names)
    if len(names) > 1:
        return getter
    return lambda row: (getter(row),)
