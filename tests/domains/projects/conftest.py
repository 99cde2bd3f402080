"""An open, migrated database, and the same database opened by another process."""

from collections.abc import AsyncIterator

import pytest

from patron.config import Settings
from patron.running import Opened, opened


@pytest.fixture
async def patron(database_url: str) -> AsyncIterator[Opened]:
    """What a server holds."""
    async with opened(Settings(database_url=database_url), migrating=True) as held:
        yield held


@pytest.fixture
async def elsewhere(patron: Opened, database_url: str) -> AsyncIterator[Opened]:
    """What another process holds of the same database, such as the command line beside a server."""
    async with opened(Settings(database_url=database_url), migrating=False) as held:
        yield held
