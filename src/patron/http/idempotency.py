"""Idempotency: a write that is sent again with the same key is answered again, and not done again (rule 17).

The record of the answer is a row of the write's own unit: either both are committed or neither is. A Problem
leaves no record; a recorded refusal is an answer like any other.
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Generic, TypeVar

import msgspec
import sqlalchemy as sa

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.traces import Trace
from patron.http.exchange import Exchange
from patron.kernel.problems import idempotency_in_progress, idempotency_mismatch, invalid_header

B = TypeVar("B")

KEEP_MS = 24 * 60 * 60 * 1000
"""How long a record is kept before the purge may take it."""

_KEY = re.compile(rb"[\x20-\x7e]{1,255}")


class IdempotencyKey(msgspec.Struct, frozen=True):
    """What a key was used for, and the answer: `fingerprint` is empty while there is none. `created_at` is epoch ms.

    `about` is the id of whom the answer is about, if of anybody.
    """

    project_id: str
    key: str
    fingerprint: str
    status: int
    body: str
    created_at: int
    about: str | None = None


IDEMPOTENCY_KEYS = Table(
    IdempotencyKey,
    "idempotency_keys",
    rank=10,
    key=("project_id", "key"),
    indexes={"created": ("project_id", "created_at"), "about": ("project_id", "about", "key")},
    busy_problem=idempotency_in_progress,
)

RECORD = Statement(
    sa.select(IDEMPOTENCY_KEYS.sa).where(
        IDEMPOTENCY_KEYS.c.project_id == sa.bindparam("project_id"), IDEMPOTENCY_KEYS.c.key == sa.bindparam("key")
    ),
    IdempotencyKey,
)


TRACES = (Trace(IDEMPOTENCY_KEYS, by="about", then="key"),)
"""Stored answers are copies: they go with whom they are about, and need not be told."""


class Replayed(Reply):
    """The stored answer of an earlier request."""


@dataclass(frozen=True, slots=True)
class Guarded(Generic[B]):
    """A write's body, with the key that it was sent under and the fingerprint of the whole request."""

    key: str
    fingerprint: str
    body: B


def key_of(exchange: Exchange) -> str | None:
    """The request's Idempotency-Key. Raises Problem 400 for one that is not 1 to 255 printable ASCII characters."""
    key = exchange.headers.get(b"idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise invalid_header("Idempotency-Key: expected 1 to 255 printable ASCII characters")
    return key.decode("ascii")


def fingerprint_of(exchange: Exchange, body: bytes) -> str:
    """What must be equal for a request to be the same one: method, path, query and body, byte for byte."""
    head = b"%b %b?%b\n" % (exchange.method.encode(), exchange.path, exchange.query)
    return sha256(head + body).hexdigest()


async def stored_answer(read: Read, ctx: Ctx, key: str, fingerprint: str) -> Replayed | None:
    """The answer that this key has already got. Raises Problem 422 if it was another request's."""
    record = await read.one(RECORD, project_id=ctx.project_id, key=key)
    return None if record is None else _replay(record, fingerprint)


@cache
def guarded(action: Action[B]) -> Action[Guarded[B]]:
    """The action that does this one once for each key.

    Of two at a time, the second finds the first one's record under its lock and answers with it.
    """

    async def gather(read: Read, ctx: Ctx, sent: Guarded[B]) -> Wants:
        wants = await action.gather(read, ctx, sent.body)
        wants.make(IDEMPOTENCY_KEYS, IdempotencyKey(ctx.project_id, sent.key, "", 0, "", ctx.now))
        return wants

    def apply(rows: Rows, ctx: Ctx, sent: Guarded[B]) -> Outcome:
        record = rows.get(IDEMPOTENCY_KEYS, (ctx.project_id, sent.key))
        assert record is not None
        if record.fingerprint:
            return _replay(record, sent.fingerprint)
        outcome = action.apply(rows, ctx, sent.body)
        if isinstance(outcome, Reply):
            answer = {"status": outcome.status, "body": outcome.body.decode(), "about": outcome.subject}
            rows.put(
                IDEMPOTENCY_KEYS,
                msgspec.structs.replace(record, created_at=ctx.now, fingerprint=sent.fingerprint, **answer),
            )
        return outcome

    return Action(action.name, gather, apply)


def _replay(record: IdempotencyKey, fingerprint: str) -> Replayed:
    if record.fingerprint != fingerprint:
        raise idempotency_mismatch()
    return Replayed(record.status, record.body.encode())
