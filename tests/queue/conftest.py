"""A yard of toys over a database of each kind, in one process and in two."""

from collections.abc import AsyncIterator

import pytest

from patron.queue import failures, worker
from tests.queue.toys import Yard, another, yard


@pytest.fixture
async def toys(database_url: str) -> AsyncIterator[Yard]:
    async with yard(database_url) as held:
        yield held


@pytest.fixture
async def twin(toys: Yard, database_url: str) -> AsyncIterator[Yard]:
    """The same project, as another process holds it."""
    async with another(toys, database_url) as held:
        yield held


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed runs are tried again at once."""
    monkeypatch.setattr(failures, "FIRST_PAUSE_MS", 1)
    monkeypatch.setattr(failures, "FACTOR", 1)
    monkeypatch.setattr(worker, "VISIT_SECONDS", 0.05)
