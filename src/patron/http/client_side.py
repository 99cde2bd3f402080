"""The client side: what a browser needs beside the answer, and how often one address may ask (spec C 2.12, 7.4)."""

import re
from collections.abc import Callable

from patron.db.rulebook import Rulebook
from patron.http.addresses import Addresses
from patron.http.exchange import Exchange
from patron.http.rate_limits import CallerLimits

CLIENT = "client"
"""The kind of key that is good for pages."""
PREFLIGHT_SECONDS = 600

_EXPOSED = (
    "X-Request-Id, Retry-After, Idempotency-Replayed, "
    "X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Retry, X-Rate-Limit-Type"
)
_HEADER_NAMES = re.compile(r"[A-Za-z0-9-]{1,64}(?: ?, ?[A-Za-z0-9-]{1,64}){0,30}")
_USUAL_HEADERS = "Content-Type, Idempotency-Key, X-Client-Application-Id, X-Client-Token"

ClientLimit = Callable[[Rulebook], tuple[int, int]]
"""How many requests in how many seconds one address may make to the project of a rulebook."""


def share(exchange: Exchange, origin: str) -> None:
    """Let a page of this origin, which the request's key lists, read the answer, whatever it will be."""
    exchange.headers_out += (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", _EXPOSED),
        ("Vary", "Origin"),
    )


def answer_preflight(exchange: Exchange, methods: str) -> None:
    """Add what a browser asks before it sends a page's request.

    That question carries no key, so nobody knows yet whose pages may ask: any origin may send. This opens nothing, as
    the request itself must come with a key that lists its origin, and with no cookie that a browser would add.
    """
    origin = exchange.header(b"origin")
    asked = exchange.header(b"access-control-request-headers")
    exchange.headers_out.append(("Vary", "Origin, Access-Control-Request-Headers"))
    if origin and origin.isascii():
        exchange.headers_out += (
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Methods", methods),
            ("Access-Control-Allow-Headers", asked if _HEADER_NAMES.fullmatch(asked) else _USUAL_HEADERS),
            ("Access-Control-Max-Age", str(PREFLIGHT_SECONDS)),
        )


class ClientSide:
    """Counts the requests that are made with client keys."""

    def __init__(self, limit: ClientLimit, addresses: Addresses) -> None:
        self._limit = limit
        self._addresses = addresses
        self._limits = CallerLimits()

    def take(self, exchange: Exchange, rulebook: Rulebook, now: int) -> None:
        """Count one request. Raises Problem 429."""
        limit, seconds = self._limit(rulebook)
        caller = self._addresses.caller(exchange)
        self._limits.take(rulebook.project_id, caller, limit, seconds, now, exchange.headers_out)
