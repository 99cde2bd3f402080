"""What every test may ask for: a database, on each kind of database, and a server over it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from patron.kernel.clock import now_ms
from tests.contract import checking as contract
from tests.support.databases import Postgres, postgres_server, sqlite_file
from tests.support.servers import Pair, Shop, serving
from tests.support.sharing_out import ByFileAndDatabase, longest_first

BARE = {"db", "db_migrations", "queue", "test_commands.py"}
"""Tests that begin with a database without any table: folders and files."""

SLOW: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
"""How long an example takes tells of the machine."""

settings.register_profile("short", **SLOW, derandomize=True)
settings.register_profile("long", **SLOW, max_examples=2_000)
settings.load_profile("short")

HOUR_MS = 3_600_000
END_OF_HOUR_SECONDS = 10
"""Where less is left of an hour, a test waits for the next one: a day ends somewhere, and many tests say 'today'."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """For the tests of faults, and of plans, of which a long run is made from time to time, and for those of pages."""
    parser.addoption("--rounds", default=3, type=int, help="how often each fault is tried (tests/faults)")
    parser.addoption("--fault-log", help="append to this file what was tried (tests/faults)")
    parser.addoption("--large", type=int, help="vouchers of the large shop (tests/domains/vouchers/test_plans.py)")
    parser.addoption("--artefacts", type=Path, help="keep pictures of pages in this folder (tests/pages)")


def pytest_runtest_setup() -> None:
    left_ms = HOUR_MS - now_ms() % HOUR_MS
    if left_ms <= END_OF_HOUR_SECONDS * 1_000:
        time.sleep(left_ms / 1_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFileAndDatabase:
    return ByFileAndDatabase(config, log)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Postgres]:
    """The test run's PostgreSQL; with several workers, all of them share it."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    with postgres_server(folder / "postgres") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the test's own, on each kind; its schema is up to date, but see `BARE`."""
    yield from _empty(request)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database for all tests of a module, on each kind; its schema is up to date, but see `BARE`."""
    yield from _empty(request)


@pytest.fixture
def shop(database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server of the test's own over an empty project."""
    with serving(database_url, contract_log) as server:
        yield server


@pytest.fixture(scope="module")
def shared_shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    """A server for all tests of a module, which must not mind each other's customers."""
    with serving(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture(scope="module")
def pair(shared_database_url: str, contract_log: Path) -> Iterator[Pair]:
    """A client of each of two servers; a SQLite file has one, so there both are of that."""
    servers = 1 if shared_database_url.startswith("sqlite") else 2
    with ExitStack() as stack:
        shops = [stack.enter_context(serving(shared_database_url, contract_log)) for _ in range(servers)]
        yield shops[0].client, shops[-1].client


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often, or how much: more of it in a long run."""
    return int(request.config.getoption("--rounds"))


@pytest.fixture(scope="session")
def contract_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process writes down every answer that it saw, to be checked against the contract."""
    return tmp_path_factory.getbasetemp() / contract.LOG


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Check what all processes of this run were answered. A violation fails the run."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
    against = contract.checker()
    if against is None:
        terminalreporter.write_line("The contract was not checked: ../shared is missing.")
        return
    listed, _ = contract.exceptions()
    findings = contract.check(contract.logged(factory.getbasetemp()), against, listed)
    terminalreporter.write_line(f"{findings.answers} answers checked against the contract, {len(listed)} exceptions")
    for violation, times in findings.violations.most_common(20):
        terminalreporter.write_line(f"  {times} × {violation}", red=True)
    if findings.violations:
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED  # type: ignore[union-attr]


def _empty(request: pytest.FixtureRequest) -> Iterator[str]:
    is_migrated = BARE.isdisjoint(request.path.relative_to(request.config.rootpath).parts)
    if request.param == "sqlite":
        database = sqlite_file(is_migrated=is_migrated)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        database = server.migrated() if is_migrated else server.database()
    with database as url:
        yield url
