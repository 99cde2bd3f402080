"""A Patron for other projects' tests: `pytest_plugins = ["patron.testing"]`, then ask for the fixture `patron`.

The server is the real one, on a database in memory. It starts once in a test run, in a thread of the test process, on
a free port of this machine, and needs neither Docker nor a network; each test gets a new project of its own, in
milliseconds, and sees nothing of the others. Needs the extra `testing` (`pip install 'patron[testing]'`).
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count

import httpx
import pytest

from patron.config import Settings
from patron.domains.projects.actions.open_project import GivenKey, open_project_once
from patron.http.server import Address, Server
from patron.running import Opened, application, opened, working

START_SECONDS = 10
_SETTINGS = Settings(database_url="sqlite://", secret_key=("signs cursors of one test run",))


class Patron:
    """A running server with an empty project.

    `url` and `headers` (of the project's server key) are for the code under test; `get`, `post`, `put` and `delete`
    send a request with that key to a path and give an `httpx.Response`: `patron.get("/v1/customers").json()`.
    """

    def __init__(self, url: str, app_id: str, token: str) -> None:
        self.url = url
        self.headers = {"X-App-Id": app_id, "X-App-Token": token}
        self._client = httpx.Client(base_url=url, headers=self.headers, trust_env=False)
        self.get = self._client.get
        self.post = self._client.post
        self.put = self._client.put
        self.delete = self._client.delete

    def close(self) -> None:
        """End the connections of `get`, `post`, `put` and `delete`."""
        self._client.close()


class PatronServer:
    """A server in memory, in a thread of its own."""

    def __init__(self, server: Server, held: Opened, loop: asyncio.AbstractEventLoop) -> None:
        self.url = server.url
        self.stop = server.stop
        self._held = held
        self._loop = loop
        self._projects = count(1)

    @contextmanager
    def project(self) -> Iterator[Patron]:
        """The server, with a new and empty project."""
        name = f"test-{next(self._projects)}"
        key = GivenKey("server", name, f"token-of-{name}")
        opening = open_project_once(self._held.units, name, name, (key,))
        asyncio.run_coroutine_threadsafe(opening, self._loop).result(START_SECONDS)
        patron = Patron(self.url, key.app_id, key.token)
        try:
            yield patron
        finally:
            patron.close()


@contextmanager
def running() -> Iterator[PatronServer]:
    """The server of the fixtures, for those who do not use pytest's."""
    started: Future[PatronServer] = Future()
    thread = threading.Thread(target=_serve, args=(started,), name="patron", daemon=True)
    thread.start()
    server = started.result(START_SECONDS)
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@pytest.fixture(scope="session")
def patron_server() -> Iterator[PatronServer]:
    """The server of the test run."""
    with running() as server:
        yield server


@pytest.fixture
def patron(patron_server: PatronServer) -> Iterator[Patron]:
    """The server, with an empty project of the test's own."""
    with patron_server.project() as patron:
        yield patron


def _serve(started: "Future[PatronServer]") -> None:
    try:
        asyncio.run(_serve_until_stopped(started))
    except BaseException as fault:
        if started.done():
            raise
        started.set_exception(fault)


async def _serve_until_stopped(started: "Future[PatronServer]") -> None:
    async with opened(_SETTINGS, migrating=True) as held:
        address = Address("127.0.0.1", 0)
        app = application(held, _SETTINGS.secret_key, address.url)
        server = Server(app, address, shutdown_seconds=1)

        async def ready() -> None:
            started.set_result(PatronServer(server, held, asyncio.get_running_loop()))

        async with working(held, _SETTINGS, stop_seconds=0):
            await server.serve(ready)
