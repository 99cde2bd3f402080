"""Operations: routes made ready, and the steps that every request to one goes through."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

import falcon.asgi

from patron.db.actions import Ctx, Read, Reply
from patron.db.rulebook import Rulebook
from patron.db.units import Units
from patron.http.answers import send
from patron.http.authentication import Authenticate, Credentials, Reach, Who
from patron.http.bodies import BodyReader, JsonBodies
from patron.http.client_side import CLIENT, ClientLimit, ClientSide, share
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
from patron.kernel.problems import forbidden, invalid_header

FROM_SERVER = "API"
FROM_PAGE = "CLIENT_API"
"""The channels of requests, by the kind of their key (spec C 2.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What operations are given by `app.py`.

    `authenticate` finds the key of a request; `reach` looks whether it may work in another project. `rate_limit` tells
    how many requests a minute the project of a rulebook may make with server keys (None: any number), `client_limit`
    how many one address may make with client keys, and in how many seconds. `refusal` tells why a switch keeps its
    routes closed (None: they are open). Of `secrets`, the first signs cursors and links, and all are taken.
    `public_url` is the server's as people reach it, without a slash at its end. `trusted_proxies` are addresses and
    networks whose X-Forwarded-For is believed.
    """

    units: Units
    authenticate: Authenticate
    reach: Reach
    rate_limit: Callable[[Rulebook], int | None]
    client_limit: ClientLimit
    refusal: Callable[[Rulebook, str], str | None]
    secrets: tuple[str, ...]
    public_url: str
    trusted_proxies: tuple[str, ...] = ()

    def derive(self, purpose: str) -> bytes:
        """32 bytes for this purpose that only the secret's holder can make, and can make again."""
        return hmac.digest(self.secrets[0].encode(), purpose.encode(), "sha256")


class Operation:
    """One route, ready to be called: decoders made, names resolved."""

    def __init__(
        self, route: Route, surroundings: Surroundings, rate_limits: RateLimits, client_side: ClientSide
    ) -> None:
        self.route = route
        self._surroundings = surroundings
        self._rate_limits = rate_limits
        self._client_side = client_side
        self._unsupported = [(name.lower().encode(), name, why) for name, why in route.unsupported.items()]
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
        from_page = who.kind == CLIENT
        origin = exchange.header(b"origin") if from_page else ""
        if from_page:
            share(exchange, origin)
        read = await surroundings.units.reading(who.project_id)
        now = now_ms()
        self._take(exchange, read.rulebook, now, from_page=from_page)
        self._check_open(exchange, read.rulebook)
        params = decoded_params(segments)
        project_id = who.project_id
        if self.route.project is not None:
            exchange.project_id = project_id = params[self.route.project]
            read = await self._reading_of(who, project_id)
        query = self._query and self._query.decode(exchange.query)
        raw, body = await self._read_body(exchange)
        seed = token_bytes(16) if self.route.writes else b""
        channel = FROM_PAGE if from_page else FROM_SERVER
        ctx = Ctx(project_id, now, seed, exchange.request_id, channel, who.app_id, 0, who.name, origin)
        call: Call[Any, Any] = Call(
            ctx,
            read,
            params,
            body,
            query,
            Cursors(surroundings.secrets, self._purpose, project_id),
            Writing(surroundings.units, exchange, read, ctx, raw),
            self._links,
            surroundings.public_url,
            surroundings.derive,
        )
        return await self.route.handler(call)

    async def _reading_of(self, who: Who, project_id: str) -> Read:
        """A read of the project that the path names, if the key reaches it; the rate limit is that of the key's own."""
        await self._surroundings.reach(who, project_id)
        return await self._surroundings.units.reading(project_id)

    def _take(self, exchange: Exchange, rulebook: Rulebook, now: int, *, from_page: bool) -> None:
        """Pages of many visitors use up nothing of what the shop's own server may ask."""
        if from_page:
            self._client_side.take(exchange, rulebook, now)
            return
        limit = self._surroundings.rate_limit(rulebook)
        if limit is not None:
            self._rate_limits.take(rulebook.project_id, limit, now, exchange.headers_out)

    def _check_open(self, exchange: Exchange, rulebook: Rulebook) -> None:
        if self.route.switch is not None:
            refusal = self._surroundings.refusal(rulebook, self.route.switch)
            if refusal is not None:
                raise forbidden(refusal)
        for on_the_wire, name, why in self._unsupported:
            if exchange.header(on_the_wire).lower() not in ("", "false"):
                raise invalid_header(f"{name}: {why}")

    async def _read_body(self, exchange: Exchange) -> tuple[bytes, Any]:
        if self._body is None:
            return b"", None
        return await self._body.read(exchange.headers, exchange.receive)


def _reader_of(route: Route) -> BodyReader | None:
    if route.body is None:
        return None
    return Uploads() if route.body is Upload else JsonBodies(route.body)
