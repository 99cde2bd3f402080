"""What goes to PostgreSQL's programs, and on which way."""

import pytest

from patron.db.backup.postgres import without_password


@pytest.mark.parametrize(
    ("url", "uri", "password"),
    [
        ("postgresql://ada:s3%40t@db:5433/shop", "postgresql://ada@db:5433/shop", "s3@t"),
        ("postgres://ada@db/shop?sslmode=require", "postgresql://ada@db/shop?sslmode=require", None),
        ("postgresql:///shop?host=/run/pg&password=x&user=ada", "postgresql:///shop?host=%2Frun%2Fpg&user=ada", "x"),
        ("postgresql://ada:x@[::1]:5432/shop", "postgresql://ada@[::1]:5432/shop", "x"),
    ],
)
def test_a_password_is_never_on_a_command_line(url: str, uri: str, password: str | None) -> None:
    assert without_password(url) == (uri, {} if password is None else {"PGPASSWORD": password})
