"""The HTTP server: uvicorn, listening where it is told and stopping without dropping what it accepted."""

import socket
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any

import uvicorn

Asgi = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

WAITING_CONNECTIONS = 2_048
KEEP_ALIVE_SECONDS = 75
"""Longer than a proxy keeps its side of an idle connection, so that it never sends into one that is closing."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; requests that come before the server runs wait in it. OSError if the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)


def url_of(listening: socket.socket) -> str:
    """Where a caller on this machine finds the server."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(app: Asgi, listening: socket.socket, *, shutdown_seconds: int) -> None:
    """Answer requests until SIGTERM or SIGINT; then take no new ones, and return when the accepted are answered.

    What is not answered after `shutdown_seconds`, or at a second signal, is cut off.
    """
    config = uvicorn.Config(
        app,
        loop="none",
        http="httptools",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=shutdown_seconds,
    )
    await _Server(config).serve([listening])


class _Server(uvicorn.Server):
    """Returns after a signal instead of raising it again: the caller still has a database to close."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn calls it so
        self.force_exit = self.should_exit
        self.should_exit = True
