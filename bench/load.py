"""A load generator: so many connections, each sending its next request as soon as it has the answer to the last."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvloop

from tests.support.servers import APP_ID, APP_TOKEN

MakeRequest = Callable[[], bytes]
"""Gives the next request, whole."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many requests were answered in how many seconds, and how long each took (sorted, in seconds)."""

    answered: int
    seconds: float
    latencies: list[float]
    failed: int

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    def __str__(self) -> str:
        return f"{self.rate:6.0f}/s (median {self.latency(0.5) * 1e3:.1f} ms, 99 % {self.latency(0.99) * 1e3:.1f} ms)"

    def latency(self, share: float) -> float:
        """The latency that this share of the requests did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """A request with the shop's key, as it goes over the wire."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"X-App-Id: {APP_ID}",
        f"X-App-Token: {APP_TOKEN}",
        "Accept: application/json",
    ]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join((*head, "", "")).encode() + body


def load(
    url: str, make_request: MakeRequest, *, connections: int, seconds: float, beside: Sequence[str] = ()
) -> Outcome:
    """Send requests for so long; answers other than 200 are counted as failed.

    The connections are divided among the server and those `beside` it.
    """
    return uvloop.run(_load((url, *beside), make_request, connections, seconds))


async def _load(urls: Sequence[str], make_request: MakeRequest, connections: int, seconds: float) -> Outcome:
    loop = asyncio.get_running_loop()
    clients = []
    for n in range(connections):
        host, port = urlsplit(urls[n % len(urls)]).netloc.split(":")
        _, client = await loop.create_connection(lambda: _Client(make_request), host, int(port))
        clients.append(client)
    started = time.perf_counter()
    for client in clients:
        client.go()
    await asyncio.sleep(seconds)
    for client in clients:
        client.last = True
    await asyncio.gather(*(client.ended for client in clients))
    took = time.perf_counter() - started
    latencies = sorted(latency for client in clients for latency in client.latencies)
    return Outcome(len(latencies), took, latencies, sum(client.failed for client in clients))


def paced(url: str, make_request: MakeRequest, *, rate: float, seconds: float) -> Outcome:
    """Send so many requests a second, whether or not the earlier ones are answered: an open loop.

    A latency counts from when its request was due, so that a server that stands still does not hide it.
    """
    return uvloop.run(_paced(url, make_request, rate, seconds))


async def _paced(url: str, make_request: MakeRequest, rate: float, seconds: float) -> Outcome:
    loop = asyncio.get_running_loop()
    host, port = urlsplit(url).netloc.split(":")
    idle: list[_Single] = []
    all_of_them: list[_Single] = []
    started = time.perf_counter()
    many = int(rate * seconds)
    for n in range(many):
        due = started + n / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if not idle:
            _, client = await loop.create_connection(lambda: _Single(idle), host, int(port))
            all_of_them.append(client)
        else:
            client = idle.pop()
        client.send(make_request(), due)
    while len(idle) < len(all_of_them):  # noqa: ASYNC110 - the answers that are still to come
        await asyncio.sleep(0.001)
    took = time.perf_counter() - started
    latencies = sorted(latency for client in all_of_them for latency in client.latencies)
    return Outcome(len(latencies), took, latencies, sum(client.failed for client in all_of_them))


class _Single(asyncio.Protocol):
    """One connection of an open loop: it is idle, or waits for one answer."""

    def __init__(self, idle: "list[_Single]") -> None:
        self._idle = idle
        self._buffer = b""
        self._due = 0.0
        self.latencies: list[float] = []
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def send(self, message: bytes, due: float) -> None:
        self._due = due
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if _is_whole(self._buffer):
            self.latencies.append(time.perf_counter() - self._due)
            self.failed += self._buffer[9:12] != b"200"
            self._buffer = b""
            self._idle.append(self)


class _Client(asyncio.Protocol):
    """One connection. Answers come one at a time, with a Content-Length."""

    def __init__(self, make_request: MakeRequest) -> None:
        self._make_request = make_request
        self._buffer = b""
        self._sent_at = 0.0
        self.latencies: list[float] = []
        self.failed = 0
        self.last = False
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def go(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._make_request())

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not _is_whole(buffer):
            self._buffer = buffer
            return
        self._buffer = b""
        self.latencies.append(time.perf_counter() - self._sent_at)
        if buffer[9:12] != b"200":
            self.failed += 1
        if self.last:
            self._transport.close()
            self.ended.set_result(None)
        else:
            self.go()

    def connection_lost(self, fault: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(fault or ConnectionError("the server hung up"))


def _is_whole(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = answer.lower().find(b"content-length:", 0, head)
    length = int(answer[at + 15 : answer.index(b"\r\n", at)])
    return len(answer) >= head + 4 + length
