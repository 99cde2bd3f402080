"""Operations: routes made ready, and the steps that every request to one goes through."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any
from urllib.parse import unquote_to_bytes

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
from patron.http.queries import QueryDecoder
from patron.http.rate_limits import RateLimits
from patron.http.routes import Call, Route
from patron.http.uploads import Upload, Uploads
from patron.http.writing import Writing
from patron.kernel.clock import now_ms
from patron.kernel.problems import invalid_path, no_such_route, uri_too_long

LONGEST_URI = 16_384

_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What operations are given by `app.py`.

    `authenticate` finds the key of a request; `rate_limit` tells how many requests a minute the project of a
    rulebook may make (None: any number); `secret` signs cursors.
    """

    units: Units
    authenticate: Authenticate
    rate_limit: Callable[[Rulebook], int | None]
    secret: str


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

    async def serve(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **segments: str) -> None:
        """The framework's responder; what it raises is answered by the error handlers."""
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = self.route.path
        reply = await self._reply(exchange, segments)
        send(resp, exchange, reply)

    async def _reply(self, exchange: Exchange, segments: Mapping[str, str]) -> Reply:
        if len(exchange.path) + len(exchange.query) > LONGEST_URI:
            raise uri_too_long(LONGEST_URI)
        surroundings = self._surroundings
        who = await self._credentials.check(surroundings.authenticate, exchange.headers)
        exchange.project_id, exchange.key_id = who.project_id, who.app_id
        read = await surroundings.units.reading(who.project_id)
        now = now_ms()
        limit = surroundings.rate_limit(read.rulebook)
        if limit is not None:
            self._rate_limits.take(who.project_id, limit, now, exchange.headers_out)
        params = {name: _decoded(name, segment) for name, segment in segments.items()}
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
            Cursors(surroundings.secret, self._purpose, who.project_id),
            Writing(surroundings.units, exchange, read, ctx, raw),
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


def _decoded(name: str, segment: str) -> str:
    """A parameter as text. Any character may stand in an id, a slash too, if it is percent-encoded as UTF-8."""
    if not segment:
        raise no_such_route(f"{name}: expected an id, got an empty one")
    if "%" not in segment and segment.isascii():
        return segment
    if _BAD_ESCAPE.search(segment):
        raise invalid_path(f"{name}: expected two hexadecimal digits after each %; a % itself is %25")
    try:
        text = unquote_to_bytes(segment.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise invalid_path(f"{name}: expected percent-encoded UTF-8") from None
    if "\0" in text:
        raise invalid_path(f"{name}: expected text without the character NUL (%00)")
    return text
