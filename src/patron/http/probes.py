"""Probes: what an orchestrator and a monitor ask of a process. Without a key; keep them from the public."""

import asyncio
from collections.abc import Awaitable, Callable

import falcon.asgi
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from patron.http.answers import answer
from patron.http.edge import EXCHANGE
from patron.http.exchange import Exchange
from patron.http.logs import fault_of
from patron.kernel.problems import busy

Check = Callable[[], Awaitable[object]]

PATIENCE_SECONDS = 2.0

log = structlog.get_logger("patron.edge")


class Live:
    """`GET /livez`: the process answers."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = "/livez"
        answer(resp, exchange, 200, b'{"status":"ok"}')


class Ready:
    """`GET /readyz`: the database answers too, within `PATIENCE_SECONDS`; otherwise 503."""

    def __init__(self, check: Check) -> None:
        self._check = check

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = "/readyz"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._check()
        except Exception as fault:  # noqa: BLE001 - whatever keeps the database from answering
            log.warning("not ready", **fault_of(fault))
            raise busy("The database does not answer; try again shortly.") from None
        answer(resp, exchange, 200, b'{"status":"ok"}')


class Metrics:
    """`GET /metrics`: the process's measurements in Prometheus' text format."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = "/metrics"
        resp.content_type = CONTENT_TYPE_LATEST
        answer(resp, exchange, 200, generate_latest())
