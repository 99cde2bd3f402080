"""The write of a request: once for each Idempotency-Key, in a unit, dropped if the client leaves before it begins."""

from typing import TypeVar

from patron.db.actions import Action, Ctx, Read, Reply
from patron.db.units import Units
from patron.http.exchange import Exchange
from patron.http.idempotency import Guarded, Replayed, fingerprint_of, guarded, key_of, stored_answer
from patron.kernel.problems import Problem

W = TypeVar("W")


LARGE_BODY = 250_000
"""In bytes. So much goes the way of long work, and small writes of the project do not wait for it."""


class Writing:
    """Runs the write of one request; a handler calls it at most once."""

    __slots__ = ("_ctx", "_exchange", "_raw", "_read", "_units")

    def __init__(self, units: Units, exchange: Exchange, read: Read, ctx: Ctx, raw: bytes) -> None:
        self._units = units
        self._exchange = exchange
        self._read = read
        self._ctx = ctx
        self._raw = raw

    async def __call__(self, action: Action[W], body: W, /) -> Reply:
        key = key_of(self._exchange)
        if key is None:
            return await self._write(action, body)
        if self._ctx.origin:
            key = f"{self._ctx.key_id} {key}"  # a page takes none of the keys that the shop's server may come to use
        reply = await self._write_once(action, body, key)
        if isinstance(reply, Replayed):
            self._exchange.headers_out.append(("Idempotency-Replayed", "true"))
        return reply

    async def _write_once(self, action: Action[W], body: W, key: str) -> Reply:
        fingerprint = fingerprint_of(self._exchange, self._raw)
        stored = await stored_answer(self._read, self._ctx, key, fingerprint)
        if stored is not None:
            return stored
        try:
            return await self._write(guarded(action), Guarded(key, fingerprint, body))
        except Problem:
            # The same request may have been carried out in the meantime, and be what is in the way of this one.
            stored = await stored_answer(self._read, self._ctx, key, fingerprint)
            if stored is None:
                raise
            return stored

    async def _write(self, action: Action[W], body: W) -> Reply:
        size = len(self._raw)
        return await self._units.write(
            action, self._ctx, body, gone=self._exchange.left, size=size, bulk=size >= LARGE_BODY
        )
