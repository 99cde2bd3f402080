"""The server: one process that serves the application until it is told to stop, and finishes what it accepted."""

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import cast

import uvicorn

from patron.http.connections import Connection
from patron.http.edge import Asgi

WAITING_CONNECTIONS = 2_048
LOOK_SECONDS = 5.0
"""How often connections are looked at for requests that do not come to an end."""
KEEP_ALIVE_SECONDS = 75
"""Longer than common proxies keep an idle connection, so that none sends into one that is closing."""


class Address:
    """An address that is taken at once: requests wait there until a server serves them.

    `port` 0 takes a free one. OSError: the address is in use, or is none of this machine's.
    """

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)

    @property
    def url(self) -> str:
        """Where a caller on this machine finds it."""
        host, port = self.socket.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server:
    """Serves one application on one address."""

    def __init__(self, app: Asgi, address: Address, shutdown_seconds: int) -> None:
        self.url = address.url
        self._socket = address.socket
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                loop="none",
                http=Connection,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=shutdown_seconds,
            )
        )

    async def serve(self, ready: Callable[[], Awaitable[None]] | None = None) -> None:
        """Serve until `stop`, SIGTERM or SIGINT; then take nothing new, and return when the accepted is answered.

        What is not answered after `shutdown_seconds`, or at a second signal, is cut off. `ready` is called once
        a signal is sure to be heeded: whoever is told of the server then may stop it at once.
        """
        with _stopped_by_signals(self.stop):
            if ready is not None:
                await ready()
            looking = asyncio.create_task(self._end_slow_connections())
            try:
                await self._uvicorn.serve([self._socket])
            finally:
                looking.cancel()

    def stop(self) -> None:
        """Begin to stop; called again, cut off what still runs. May be called from any thread."""
        self._uvicorn.force_exit = self._uvicorn.should_exit
        self._uvicorn.should_exit = True

    async def _end_slow_connections(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for connection in list(self._uvicorn.server_state.connections):
                cast("Connection", connection).end_if_slow()


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """`serve` takes the signals: uvicorn would raise them again, and end the process before its database closes."""
        yield


@contextmanager
def _stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Only the main thread can take signals; a server in another one is stopped by its owner."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
