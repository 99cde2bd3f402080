"""A command line on each database, and one where the database does not matter."""

from pathlib import Path

import pytest

from tests.cli.running import Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return Shell(database_url, tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Shell:
    """Where the database does not matter."""
    return Shell(f"sqlite:///{tmp_path}/shop.db", tmp_path)
