"""Operations: routes made ready, and the steps that every request to one goes through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

import falcon.asgi

from patron.db.actions import Ctx, Reply
from patron.db.rulebook import Rulebook
from patron.db.units import Units
from patron.http.answers import send
from patron.http.authentication import Authenticate, Credentials
from patron.http.bodies import BodyReader, JsonBodies
from patron.http.cursors import Cursors
from patron.http.edge import EXCHANGE
from patron.http.exchange import Exchange
from patron.http.links import Links
from patron.http.paths import check_uri, decoded_params
from patron.http.queries import QueryDecoder
from patron.http.rate_limits import RateLimits
from patron.http.routes import Call, Route
from patron.http.uploads import Upload, Uploads
from patron.http.writing import Writing
from patron.kernel.clock import now_ms


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What operations are given by `app.py`.

    `authenticate` finds the key of a request; `rate_limit` tells how many requests a minute the project of a
    rulebook may make (None: any number). Of `secrets`, the first signs cursors and links, and all are taken.
    `public_url` is the server's as people reach it, without a slash at its end.
    """

    units: Units
    authenticate: Authenticate
    rate_limit: Callable[[Rulebook], int | None]
    secrets: tuple[str, ...]
    public_url: str


class Operation:
    """One route, ready to be called: decoders made, names resolved."""

    def __init__(self, route: Route, surroundings: Surroundings, rate_limits: RateLimits) -> None:
        self.route = route
        self._surroundings = surroundings
        self._rate_limits = rate_limits
        self._credentials = Credentials(route.keys)
        self._query = None if route.query is None else QueryDecoder(route.query)
        self._body = _reader_of(route)
        self._purpose = f"{route.method} {route.path}"
        self._links = Links(surroundings.secrets)

    async def serve(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **segments: str) -> None:
        """The framework's responder; what it raises is answered by the error handlers."""
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = self.route.path
        reply = await self._reply(exchange, segments)
        send(resp, exchange, reply)

    async def _reply(self, exchange: Exchange, segments: Mapping[str, str]) -> Reply:
        check_uri(exchange)
        surroundings = self._surroundings
        who = await self._credentials.check(surroundings.authenticate, exchange.headers)
        exchange.project_id, exchange.key_id = who.project_id, who.app_id
        read = await surroundings.units.reading(who.project_id)
        now = now_ms()
        limit = surroundings.rate_limit(read.rulebook)
        if limit is not None:
            self._rate_limits.take(who.project_id, limit, now, exchange.headers_out)
        params = decoded_params(segments)
        query = self._query and self._query.decode(exchange.query)
        raw, body = await self._read_body(exchange)
        seed = token_bytes(16) if self.route.writes else b""
        ctx = Ctx(who.project_id, now, seed, exchange.request_id, key_id=who.app_id)
        call: Call[Any, Any] = Call(
            ctx,
            read,
            params,
            body,
            query,
            Cursors(surroundings.secrets, self._purpose, who.project_id),
            Writing(surroundings.units, exchange, read, ctx, raw),
            self._links,
            surroundings.public_url,
        )
        return await self.route.handler(call)

    async def _read_body(self, exchange: Exchange) -> tuple[bytes, Any]:
        if self._body is None:
            return b"", None
        return await self._body.read(exchange.headers, exchange.receive)


def _reader_of(route: Route) -> BodyReader | None:
    if route.body is None:
        return None
    return Uploads() if route.body is Upload else JsonBodies(route.body)
