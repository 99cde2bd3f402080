"""Toys over a database of each kind, in one process and in two."""

from collections.abc import AsyncIterator

import pytest

from patron.http import idempotency  # noqa: F401 - declares its table
from tests.db.toys import Toys, make_tables, opened


@pytest.fixture
async def toys(database_url: str) -> AsyncIterator[Toys]:
    """What one process holds."""
    await make_tables(database_url)
    async with opened(database_url) as held:
        yield held


@pytest.fixture
async def twin(toys: Toys) -> AsyncIterator[Toys]:
    """What another process holds of the same database."""
    async with opened(toys.url) as held:
        yield held
