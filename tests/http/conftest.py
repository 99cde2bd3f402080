"""A toy application in this process, and the same one behind a real server on a free port."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvloop

from patron.db.sqlite import SqliteDatabase
from patron.http import server as server_module
from patron.http.server import Address, Server
from tests.http.toys import KEY, Toys

T = TypeVar("T")


class ToyServer:
    """The toys behind uvicorn, in a thread of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = uvloop.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._server: Server
        self.toys: Toys

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(10)

    def stop(self) -> None:
        self._server.stop()
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)

    def do(self, deed: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine in the server's loop."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(deed(), self._loop)
        return future.result(10)

    async def _serve(self) -> None:
        database = SqliteDatabase(str(self._path), (), durable=False)
        await database.start()
        self.toys = Toys(database)
        await self.toys.make_tables()
        self._server = Server(self.toys.app, Address("127.0.0.1", 0), 5)
        self._started.set()
        await self._server.serve()
        await self.toys.units.drain()
        await database.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyServer]:
    server_module.LOOK_SECONDS = 0.1
    server = ToyServer(tmp_path_factory.mktemp("toys") / "toys.db")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: ToyServer) -> Iterator[httpx.Client]:
    """A client with a server key of the first project."""
    server.toys.limit = None
    with httpx.Client(verify=False, base_url=server.url, headers=KEY) as client:
        yield client


@pytest.fixture
def stranger(server: ToyServer) -> Iterator[httpx.Client]:
    """A client without a key."""
    with httpx.Client(verify=False, base_url=server.url) as client:
        yield client
