"""Connections: the server's HTTP protocol with bounds that it does not have by itself.

Whoever sends a head without an end, or never sends the rest, would otherwise hold memory and a connection for ever.
"""

import asyncio
from typing import Any, cast

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from patron.http.answers import envelope_of
from patron.http.exchange import LEFT, next_request_id
from patron.kernel.problems import Problem, headers_too_large, malformed_request, request_timeout

MOST_HEAD_BYTES = 64 * 1024
"""Of a request's line and headers. What one call receives beyond them (256 KiB at most) is still let pass."""
MOST_TOGETHER = 64 * 1024
"""Of what is written in one go, so much waits for the rest at most."""
REQUEST_SECONDS = 60.0
"""From a request's first byte to its last, and from a connection's beginning to its first request."""

log = structlog.get_logger("patron.edge")


class _Together:
    """A transport that sends together what is written in one go.

    Uvicorn writes an answer's head and its body one after the other; each would be a packet, and a call of the system.
    """

    __slots__ = ("_loop", "_parts", "_size", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)
        self._size += len(data)
        if self._size > MOST_TOGETHER:
            self._send()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()
        self._size = 0


class Connection(HttpToolsProtocol):
    """One client's connection. What is refused here never was a request: it is answered in the envelope and hung up."""

    _head_bytes = 0
    _in_head = True
    _began: float | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(cast("asyncio.Transport", _Together(transport, self.loop)))
        self._began = self.loop.time()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(headers_too_large(MOST_HEAD_BYTES))
                return
            self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._began = self.loop.time()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self.scope[LEFT] = self.transport.is_closing  # type: ignore[literal-required]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._head_bytes = 0
        self._began = None

    def send_400_response(self, msg: str) -> None:
        """What the parser cannot read."""
        self._refuse(malformed_request(msg))

    def end_if_slow(self) -> None:
        """Hang up when a request has been on its way for too long."""
        if self._began is None or self.loop.time() - self._began < REQUEST_SECONDS:
            return
        if self._in_head:
            self._refuse(request_timeout(REQUEST_SECONDS))
        else:
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        request_id = next_request_id()
        log.info("connection", problem=problem.key, request_id=request_id)
        body = envelope_of(problem, request_id)
        head = (
            f"HTTP/1.1 {problem.status} {problem.message}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-Request-Id: {request_id}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
