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


SQLITE = sqlite.dialect(paramstyle="qmark")
POSTGRES: sa.Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
