# ruff: noqa: S608 - every name in this SQL comes from a table's declaration, every value is a parameter
"""The SQL of a unit's steps, made from a table's declaration; the statements of domains are not here.

PostgreSQL takes a step's rows as one array a column. Locks go by key through a lateral join and updates
through an upsert: their plans stay keyed however stale the statistics are (unit-of-work rule 7).
"""

from functools import cached_property, lru_cache
from typing import Any

from patron.db.dialect import POSTGRES
from patron.db.tables import Table

MANY = 64
"""Rows from which on it pays to make a statement for the columns in which just these are alike."""


def _names(columns: tuple[str, ...], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)


class SqliteSql:
    """One row a statement: SQLite runs them prepared, in the same process."""

    def __init__(self, table: Table[Any]) -> None:
        key = " AND ".join(f'"{column}" = ?' for column in table.key)
        rest = tuple(field for field in table.fields if field not in table.key)
        marks = ", ".join("?" * len(table.fields))
        self.lock = f'SELECT {_names(table.fields)} FROM "{table.name}" WHERE {key}'
        self.insert = f'INSERT INTO "{table.name}" ({_names(table.fields)}) VALUES ({marks})'
        self.make = f"{self.insert} ON CONFLICT DO NOTHING"
        self.delete = f'DELETE FROM "{table.name}" WHERE {key}'
        sets = ", ".join(f'"{column}" = ?' for column in rest)
        self.update = f'UPDATE "{table.name}" SET {sets} WHERE {key}'
        self.update_order = tuple(table.fields.index(column) for column in (*rest, *table.key))
        self.resolve = {
            name: f'SELECT {_names(table.key)} FROM "{table.name}" WHERE '
            + " AND ".join(f'"{column}" = ?' for column in columns)
            for name, columns in table.unique.items()
        }


class PostgresSql:
    """One set a statement. A key's leading `project_id` is the same for a whole unit and goes as a scalar."""

    def __init__(self, table: Table[Any]) -> None:
        self.table = table
        self.types = {field: table.c[field].type.compile(dialect=POSTGRES) for field in table.fields}
        self._ever_alike = (True,) * len(table.fields)

    @cached_property
    def lock(self) -> str:
        return self._select_keyed(self.table.fields, self.table.key, "FOR NO KEY UPDATE")

    @cached_property
    def lock_strong(self) -> str:
        return self._select_keyed(self.table.fields, self.table.key, "FOR UPDATE")

    @cached_property
    def insert(self) -> str:
        fields = self.table.fields
        return f'INSERT INTO "{self.table.name}" ({_names(fields)}) SELECT * FROM unnest({self._arrays(fields)})'

    def insertion(self, rows: list[Any]) -> tuple[str, tuple[Any, ...]]:
        """The statement that adds rows, and its parameters.

        A column in which all rows are alike goes as one value: the driver looks at each entry of an array, and of the
        codes of a campaign four columns in five are alike. Few rows take a statement that serves all that come after
        them too, since another one would have to be planned.
        """
        columns = self.row_params(rows)
        if len(rows) < MANY:
            return self._by(self._alike_as_ever(columns), columns)
        return self._by(tuple(map(_is_alike, columns)), columns)

    def upsertion(self, rows: list[Any]) -> tuple[str, tuple[Any, ...]]:
        """The statement that writes rows which are there, and its parameters; as for `insertion`."""
        columns = self.row_params(rows)
        insert, params = self._by(self._alike_as_ever(columns), columns)
        return insert + self._on_conflict, params

    @cached_property
    def make(self) -> str:
        return f"{self.insert} ON CONFLICT DO NOTHING RETURNING {_names(self.table.key)}"

    @cached_property
    def _on_conflict(self) -> str:
        rest = (field for field in self.table.fields if field not in self.table.key)
        sets = ", ".join(f'"{field}" = excluded."{field}"' for field in rest)
        return f" ON CONFLICT ({_names(self.table.key)}) DO UPDATE SET {sets}"

    @cached_property
    def delete(self) -> str:
        """By row address: a join on the key may be planned over whatever index begins with the project."""
        rows = self._select_keyed(("ctid",), self.table.key, "FOR UPDATE")
        return f'DELETE FROM "{self.table.name}" WHERE ctid = ANY(ARRAY({rows}))'

    def resolve(self, unique: str) -> str:
        return self._select_keyed(self.table.key, self.table.unique[unique], "")

    def key_params(self, keys: list[Any], columns: tuple[str, ...]) -> tuple[Any, ...]:
        """Keys as the parameters of `lock`, `delete` and `resolve`."""
        arrays = [list(column) for column in zip(*keys, strict=True)]
        return (keys[0][0], *arrays[1:]) if self._scoped(columns) else tuple(arrays)

    def row_params(self, rows: list[Any]) -> tuple[Any, ...]:
        """Rows as the parameters of `insert` and `make`: one list a column."""
        return tuple(map(list, zip(*map(self.table.values_of, rows), strict=True)))

    def _alike_as_ever(self, columns: tuple[list[Any], ...]) -> tuple[bool, ...]:
        """In which columns all rows are alike, now and in every write of this process so far.

        So there are as many statements as columns, at most, and soon no new one any more.
        """
        ever = self._ever_alike
        if not all(_is_alike(column) for column, alike in zip(columns, ever, strict=True) if alike):
            ever = tuple(alike and _is_alike(column) for column, alike in zip(columns, ever, strict=True))
            self._ever_alike = ever
        return ever

    def _by(self, alike: tuple[bool, ...], columns: tuple[list[Any], ...]) -> tuple[str, tuple[Any, ...]]:
        if all(alike):
            alike = (*alike[:-1], False)
        params = tuple(column[0] if same else column for column, same in zip(columns, alike, strict=True))
        return _insert_alike(self, alike), params

    @staticmethod
    def _scoped(columns: tuple[str, ...]) -> bool:
        return columns[0] == "project_id"

    def _select_keyed(self, fields: tuple[str, ...], key: tuple[str, ...], strength: str) -> str:
        name = self.table.name
        if key == ("project_id",):
            return f'SELECT {_names(fields)} FROM "{name}" WHERE "project_id" = $1 {strength}'
        scoped = self._scoped(key)
        matched = key[1:] if scoped else key
        where = [f't."{column}" = k."{column}"' for column in matched]
        if scoped:
            where.insert(0, 't."project_id" = $1')
        return (
            f"SELECT r.* FROM {self._unnest(matched, int(scoped))} CROSS JOIN LATERAL "
            f'(SELECT {_names(fields, "t.")} FROM "{name}" t WHERE {" AND ".join(where)} {strength}) r'
        )

    def _unnest(self, columns: tuple[str, ...], skip: int) -> str:
        return f"unnest({self._arrays(columns, skip)}) AS k({_names(columns)})"

    def _arrays(self, columns: tuple[str, ...], skip: int = 0) -> str:
        return ", ".join(f"${n}::{self.element(column)}[]" for n, column in enumerate(columns, skip + 1))

    def element(self, column: str) -> str:
        """The type of a column's values."""
        return str(self.types[column]).split(" COLLATE")[0]


def _is_alike(column: list[Any]) -> bool:
    return column.count(column[0]) == len(column)


@lru_cache(1024)
def _insert_alike(sql: PostgresSql, alike: tuple[bool, ...]) -> str:
    """Adds rows of which some columns come as one value, the others as arrays, in the order of the fields."""
    fields = sql.table.fields
    columns = [
        (each, f"${n}::{sql.element(each)}", same) for n, (each, same) in enumerate(zip(fields, alike, strict=True), 1)
    ]
    values = ", ".join(value if same else f'k."{field}"' for field, value, same in columns)
    arrays = ", ".join(f"{value}[]" for _, value, same in columns if not same)
    names = _names(tuple(field for field, _, same in columns if not same))
    return f'INSERT INTO "{sql.table.name}" ({_names(fields)}) SELECT {values} FROM unnest({arrays}) AS k({names})'
