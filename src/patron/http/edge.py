"""The outermost layer: every request gets an id, is routed by its path as sent, is logged and measured."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from patron.http.bodies import Receive
from patron.http.exchange import Exchange
from patron.http.logs import RequestLine, log_request, log_time
from patron.http.metrics import REQUESTS
from patron.kernel.clock import now_ms

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

EXCHANGE = "patron.exchange"
"""Where in the scope the request's `Exchange` is."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Edge:
    """An ASGI application around the framework's.

    The framework routes by `path`, which servers hand over decoded: an id with an encoded slash would be split.
    So it is given the path as sent, and each parameter is decoded after routing. It is shown neither query nor
    body either: both are read where their bounds and types are known.
    """

    def __init__(self, framework: Asgi) -> None:
        self._framework = framework

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._framework(scope, receive, send)
            return
        exchange = Exchange(scope, receive)
        scope["path"] = exchange.path.decode("latin-1")
        scope["query_string"] = b""
        scope[EXCHANGE] = exchange
        REQUESTS.in_flight += 1
        try:
            await self._framework(scope, _nothing_to_read, send)
        finally:
            REQUESTS.in_flight -= 1
            del scope[EXCHANGE]  # the server's side of the exchange holds the scope: a cycle, left to the collector
            _note(exchange)


async def _nothing_to_read() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _note(exchange: Exchange) -> None:
    seconds = perf_counter() - exchange.started
    method = exchange.method if exchange.method in METHODS else "other"
    REQUESTS.ended(method, exchange.route, exchange.status, seconds)
    log_request(
        RequestLine(
            log_time(now_ms()),
            "info",
            "request",
            method,
            exchange.route,
            exchange.status,
            round(seconds * 1000, 2),
            exchange.request_id,
            exchange.project_id,
            exchange.key_id,
            exchange.problem,
        )
    )
