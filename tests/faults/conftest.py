"""How many rounds each fault is tried in, and the log of a long run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rounds import Log


@pytest.fixture(scope="session")
def rounds(pytestconfig: pytest.Config) -> int:
    """Three in a normal run, as many as `--rounds` says in a long one."""
    return int(pytestconfig.getoption("--rounds"))


@pytest.fixture
def fault_log(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[Log]:
    """Where a test says what it has tried; `--fault-log FILE` keeps it."""
    log = Log(request.node.name)
    yield log
    file = pytestconfig.getoption("--fault-log")
    if file:
        log.append_to(Path(file))
