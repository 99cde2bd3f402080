"""The one address of what SQLite and PostgreSQL do differently in types and in compiled SQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.compiler import compiles

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits on both; a STRICT table of SQLite knows no BIGINT."""

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that both databases sort by its UTF-8 bytes."""


class JsonText(sa.types.UserDefinedType[str]):
    """JSON that goes in and out as text, with no processor in between."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TEXT"


@compiles(JsonText, "postgresql")
def _jsonb(_type: JsonText, _compiler: Any, **_: Any) -> str:
    return "JSONB"


def json_member(column: sa.ColumnElement[str], name: str) -> sa.ColumnElement[str]:
    """The text that a JSON object has under this name; NULL where it has none, or a null."""
    return column.op("->>", return_type=TEXT)(sa.literal(name, TEXT))


SQLITE = sqlite.dialect(paramstyle="qmark")
POSTGRES: sa.Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]


class each_text(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """The texts of a JSON array as rows with one column, `value`: many keys in one statement.

    `each_text(sa.bindparam("keys")).table_valued("value")`; the parameter is the array as JSON text.
    """

    type = sa.Text()
    inherit_cache = True


@compiles(each_text, "sqlite")
def _json_each(function: each_text, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(function.clauses, **options)})"


@compiles(each_text, "postgresql")
def _jsonb_elements(function: each_text, compiler: Any, **options: Any) -> str:
    return f"jsonb_array_elements_text({compiler.process(function.clauses, **options)}::jsonb)"


class row_text(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """These columns of a row as the text of a JSON array, in which JSON is a text too.

    A subquery for one value of `each_text` can bring a whole row so. A join could, too, but either database may plan it
    as a scan of the whole table, since it does not know how many values there are.
    """

    type = sa.Text()
    inherit_cache = True


@compiles(row_text, "sqlite")
def _json_array(function: row_text, compiler: Any, **options: Any) -> str:
    return f"json_array({compiler.process(function.clauses, **options)})"


@compiles(row_text, "postgresql")
def _jsonb_array(function: row_text, compiler: Any, **options: Any) -> str:
    columns = (
        compiler.process(column, **options) + ("::text" if isinstance(column.type, JsonText) else "")
        for column in function.clauses
    )
    return f"jsonb_build_array({', '.join(columns)})::text"


class is_among(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """Whether a text is one of a JSON array's: few keys, which an index is asked for one by one.

    `is_among(column, sa.bindparam("keys"))`; the parameter is the array as JSON text.
    """

    type = sa.types.NullType()
    """No Boolean: SQLAlchemy would ask SQLite whether that equals 1, and then no index is asked for anything."""
    inherit_cache = True


@compiles(is_among, "sqlite")
def _in_json_each(function: is_among, compiler: Any, **options: Any) -> str:
    text, array = (compiler.process(clause, **options) for clause in function.clauses)
    return f"{text} IN (SELECT value FROM json_each({array}))"  # noqa: S608 - both are compiled clauses


@compiles(is_among, "postgresql")
def _any_of_elements(function: is_among, compiler: Any, **options: Any) -> str:
    text, array = (compiler.process(clause, **options) for clause in function.clauses)
    return f"{text} = ANY (ARRAY(SELECT jsonb_array_elements_text({array}::jsonb)))"


class has_part(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """Whether a text contains another, letter case and all: `has_part(text, part)`."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(has_part, "sqlite")
def _instr(function: has_part, compiler: Any, **options: Any) -> str:
    return f"(instr({compiler.process(function.clauses, **options)}) > 0)"


@compiles(has_part, "postgresql")
def _strpos(function: has_part, compiler: Any, **options: Any) -> str:
    return f"(strpos({compiler.process(function.clauses, **options)}) > 0)"


class in_each(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """A condition in two forms, `in_each(of SQLite, of PostgreSQL)`, where one form is not quick in both."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(in_each, "sqlite")
def _first(function: in_each, compiler: Any, **options: Any) -> str:
    first, _ = function.clauses
    return f"({compiler.process(first, **options)})"


@compiles(in_each, "postgresql")
def _second(function: in_each, compiler: Any, **options: Any) -> str:
    _, second = function.clauses
    return f"({compiler.process(second, **options)})"
