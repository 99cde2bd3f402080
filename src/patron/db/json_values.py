"""Values inside of JSON columns, in both databases: entries by their type, and how many there are.

A value that is an array has its entries, any other value is one entry, and an object is none that could be compared. A
place is a path: the names of members from the outside in, each taken literally.
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from patron.db.dialect import INTEGER, TEXT

Clause = sa.ColumnElement[Any]


class _AtPlace(sa.sql.functions.GenericFunction[Any]):
    """What is compiled from a column, the path for SQLite, and the names for PostgreSQL."""

    inherit_cache = True


class json_entries(_AtPlace):  # noqa: N801 - named as it is called
    """The entries of a value as rows; see `Entry`."""

    type = sa.Text()


class json_size(_AtPlace):  # noqa: N801 - named as it is called
    """How many entries a value has; a null, or no value, has none, and an object is one."""

    type = INTEGER


class json_is_array(_AtPlace):  # noqa: N801 - named as it is called
    """Whether a value is an array."""

    type = sa.Boolean()


class json_has_value(_AtPlace):  # noqa: N801 - named as it is called
    """Whether there is a value: not none, not null, not an empty array."""

    type = sa.Boolean()


class _OfEntry(sa.sql.functions.GenericFunction[Any]):
    """What is compiled from an entry's value and, in SQLite, its type."""

    inherit_cache = True


class entry_text(_OfEntry):  # noqa: N801 - named as it is called
    """An entry that is a text; NULL for any other."""

    type = TEXT


class entry_number(_OfEntry):  # noqa: N801 - named as it is called
    """An entry that is a number; NULL for any other."""

    type = sa.Numeric(asdecimal=False)


class entry_boolean(_OfEntry):  # noqa: N801 - named as it is called
    """1 for an entry that is true, 0 for one that is false; NULL for any other."""

    type = INTEGER


class json_number(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """The number that a parameter spells out in JSON, so that both databases compare with the very same one."""

    type = sa.Numeric(asdecimal=False)
    inherit_cache = True


class is_among_numbers(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """Whether a number is one of a JSON array's."""

    type = sa.Boolean()
    inherit_cache = True


class as_json(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """A parameter in JSON, as PostgreSQL compares it with a value: one of another type is less or more, never equal."""

    type = sa.Text()
    inherit_cache = True


class is_among_json(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """Whether a value is one of a JSON array's, for PostgreSQL: `is_among_json(value, array)`."""

    type = sa.Boolean()
    inherit_cache = True


class json_is_number(_AtPlace):  # noqa: N801 - named as it is called
    """Whether a value is a number, for PostgreSQL."""

    type = sa.Boolean()


class json_value(_AtPlace):  # noqa: N801 - named as it is called
    """A value itself, for the functions of entries."""

    type = sa.Text()


class json_kind(_AtPlace):  # noqa: N801 - named as it is called
    """What SQLite calls the type of a value."""

    type = sa.Text()


class Entry:
    """A value, or an entry of one, as each type that it may be of."""

    def __init__(self, value: Clause, kind: Clause) -> None:
        self.text: Clause = entry_text(value, kind)
        self.number: Clause = entry_number(value, kind)
        self.boolean: Clause = entry_boolean(value, kind)


def value_at(column: Clause, path: Sequence[str]) -> Entry:
    """A value that is no array, as an entry."""
    at = place(column, path)
    return Entry(json_value(*at), json_kind(*at))


def entries_at(column: Clause, path: Sequence[str]) -> tuple[sa.FromClause, Entry]:
    """The entries of a value as the rows of a FROM clause, and one of them."""
    rows = json_entries(*place(column, path)).table_valued("value", "type").alias()
    return rows, Entry(rows.c.value, rows.c.type)


def place(column: Clause, path: Sequence[str]) -> tuple[Clause, ...]:
    """A place in a JSON column, as the functions of this module take it."""
    in_sqlite = "$" + "".join(f".{json.dumps(name, ensure_ascii=False)}" for name in path)
    return column, sa.literal(in_sqlite, TEXT), *(sa.literal(name, TEXT) for name in path)


def _sqlite(function: Any, compiler: Any, **options: Any) -> tuple[str, str]:
    column, path, *_ = function.clauses
    return compiler.process(column, **options), path


def _postgres(function: Any, compiler: Any, **options: Any) -> str:
    column, _, *names = function.clauses
    steps = [compiler.process(clause, **options) for clause in (column, *names)]
    return f"({' -> '.join(steps)})"


@compiles(json_entries, "sqlite")
def _entries_sqlite(function: json_entries, compiler: Any, **options: Any) -> str:
    column, path = _sqlite(function, compiler, **options)
    there, here = (compiler.process(path, **options) for _ in range(2))
    return f"json_each(CASE WHEN json_type({column}, {there}) IS NOT 'object' THEN {column} -> {here} END)"


@compiles(json_entries, "postgresql")
def _entries_postgres(function: json_entries, compiler: Any, **options: Any) -> str:
    value, again, other = (_postgres(function, compiler, **options) for _ in range(3))
    array = f"CASE jsonb_typeof({value}) WHEN 'array' THEN {again} ELSE jsonb_build_array({other}) END"
    return f"jsonb_array_elements({array})"


@compiles(json_value, "sqlite")
def _value_sqlite(function: json_value, compiler: Any, **options: Any) -> str:
    column, path = _sqlite(function, compiler, **options)
    return f"json_extract({column}, {compiler.process(path, **options)})"


@compiles(json_value, "postgresql")
def _value_postgres(function: json_value, compiler: Any, **options: Any) -> str:
    return _postgres(function, compiler, **options)


@compiles(json_kind, "sqlite")
def _kind_sqlite(function: json_kind, compiler: Any, **options: Any) -> str:
    column, path = _sqlite(function, compiler, **options)
    return f"json_type({column}, {compiler.process(path, **options)})"


@compiles(json_size, "sqlite")
def _size_sqlite(function: json_size, compiler: Any, **options: Any) -> str:
    column, path = _sqlite(function, compiler, **options)
    kind, here = (compiler.process(path, **options) for _ in range(2))
    return (
        f"CASE coalesce(json_type({column}, {kind}), 'null') WHEN 'null' THEN 0 "
        f"WHEN 'array' THEN json_array_length({column}, {here}) ELSE 1 END"
    )


@compiles(json_size, "postgresql")
def _size_postgres(function: json_size, compiler: Any, **options: Any) -> str:
    kind, value = (_postgres(function, compiler, **options) for _ in range(2))
    return (
        f"CASE coalesce(jsonb_typeof({kind}), 'null') WHEN 'null' THEN 0 "
        f"WHEN 'array' THEN jsonb_array_length({value}) ELSE 1 END"
    )


@compiles(json_is_array, "sqlite")
def _is_array_sqlite(function: json_is_array, compiler: Any, **options: Any) -> str:
    column, path = _sqlite(function, compiler, **options)
    return f"(json_type({column}, {compiler.process(path, **options)}) IS 'array')"


@compiles(json_is_array, "postgresql")
def _is_array_postgres(function: json_is_array, compiler: Any, **options: Any) -> str:
    return f"(coalesce(jsonb_typeof({_postgres(function, compiler, **options)}), '') = 'array')"


@compiles(json_is_number, "postgresql")
def _is_number_postgres(function: json_is_number, compiler: Any, **options: Any) -> str:
    return f"(jsonb_typeof({_postgres(function, compiler, **options)}) = 'number')"


@compiles(as_json, "postgresql")
def _as_json_postgres(function: as_json, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(function.clauses, **options)})::jsonb"


@compiles(is_among_json, "postgresql")
def _among_json_postgres(function: is_among_json, compiler: Any, **options: Any) -> str:
    value, array = (compiler.process(clause, **options) for clause in function.clauses)
    return f"{value} = ANY (ARRAY(SELECT jsonb_array_elements({array}::jsonb)))"


@compiles(json_has_value, "sqlite")
def _has_value_sqlite(function: json_has_value, compiler: Any, **options: Any) -> str:
    column, path = _sqlite(function, compiler, **options)
    return f"(coalesce({column} -> {compiler.process(path, **options)}, 'null') NOT IN ('null', '[]'))"


@compiles(json_has_value, "postgresql")
def _has_value_postgres(function: json_has_value, compiler: Any, **options: Any) -> str:
    return f"(coalesce({_postgres(function, compiler, **options)}, 'null') NOT IN ('null'::jsonb, '[]'::jsonb))"


_TYPES = {entry_text: ("'text'", "'string'"), entry_number: ("'integer', 'real'", "'number'")}
_CASTS = {entry_text: "", entry_number: "::numeric"}


@compiles(entry_text, "sqlite")
@compiles(entry_number, "sqlite")
def _scalar_sqlite(function: Any, compiler: Any, **options: Any) -> str:
    value, kind = (compiler.process(clause, **options) for clause in function.clauses)
    return f"CASE WHEN {kind} IN ({_TYPES[type(function)][0]}) THEN {value} END"


@compiles(entry_text, "postgresql")
@compiles(entry_number, "postgresql")
def _scalar_postgres(function: Any, compiler: Any, **options: Any) -> str:
    value = compiler.process(next(iter(function.clauses)), **options)
    cast = _CASTS[type(function)]
    return f"CASE WHEN jsonb_typeof({value}) = {_TYPES[type(function)][1]} THEN ({value} #>> '{{}}'){cast} END"


@compiles(entry_boolean, "sqlite")
def _boolean_sqlite(function: entry_boolean, compiler: Any, **options: Any) -> str:
    _, kind = (compiler.process(clause, **options) for clause in function.clauses)
    return f"CASE {kind} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"


@compiles(entry_boolean, "postgresql")
def _boolean_postgres(function: entry_boolean, compiler: Any, **options: Any) -> str:
    value = compiler.process(next(iter(function.clauses)), **options)
    return f"CASE WHEN jsonb_typeof({value}) = 'boolean' THEN ({value})::boolean::int END"


@compiles(json_number, "sqlite")
def _number_sqlite(function: json_number, compiler: Any, **options: Any) -> str:
    return f"json_extract({compiler.process(function.clauses, **options)}, '$')"


@compiles(json_number, "postgresql")
def _number_postgres(function: json_number, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(function.clauses, **options)})::numeric"


@compiles(is_among_numbers, "sqlite")
def _among_numbers_sqlite(function: is_among_numbers, compiler: Any, **options: Any) -> str:
    number, array = (compiler.process(clause, **options) for clause in function.clauses)
    return f"{number} IN (SELECT value FROM json_each({array}))"  # noqa: S608 - both are compiled clauses


@compiles(is_among_numbers, "postgresql")
def _among_numbers_postgres(function: is_among_numbers, compiler: Any, **options: Any) -> str:
    number, array = (compiler.process(clause, **options) for clause in function.clauses)
    numbers = f"SELECT value::numeric FROM jsonb_array_elements_text({array}::jsonb)"  # noqa: S608 - as above
    return f"{number} = ANY (ARRAY({numbers}))"
