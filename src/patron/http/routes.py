"""Routes: URL, shape and handler of each operation; and the call that a handler is given."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply
from patron.http.cursors import Cursors
from patron.http.links import Links

B = TypeVar("B")
Q = TypeVar("Q")
W = TypeVar("W")

Kind = Literal["server", "client", "management"]
"""The kinds of keys, by who holds them."""

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_encode = msgspec.json.Encoder().encode


class Write(Protocol):
    """Runs a write of this request: in a unit, once for each Idempotency-Key, dropped if the client left."""

    async def __call__(self, action: Action[W], body: W, /) -> Reply: ...


@dataclass(slots=True)
class Call(Generic[B, Q]):
    """One request, authenticated, bounded and decoded.

    `params` holds the path's parameters, percent-decoded: any character but NUL. `body` and `query` are of the
    route's types (None where it has none). `cursors` seals and opens the `cursor` of this route's list, for
    this project alone. `write` is called at most once. `links` seals what stands in a link to a page of this server,
    whose address begins with `public_url` (without a slash at its end). `derive` makes 32 bytes of a text: always the
    same, and nobody without the installation's secret could.
    """

    ctx: Ctx
    read: Read
    params: Mapping[str, str]
    body: B
    query: Q
    cursors: Cursors
    write: Write
    links: Links
    public_url: str
    derive: Callable[[str], bytes]

    def json(self, value: Any, status: int = 200) -> Reply:
        """A reply that holds this value (structs, dicts, lists, scalars) as JSON."""
        return Reply(status, _encode(value))


Handler = Callable[[Call[Any, Any]], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    `path` has its parameters in braces, named as in the reference (`/v1/customers/{customerId}`); two routes
    name the parameter of the same segment alike. `body` is the type of the JSON body, or `Upload` for a form with a
    file; `query` a struct of the query's parameters (bracketed names by `msgspec.field(name="created_at[before]")`).
    `answers` maps each status of success to the type of its body, None for an empty one. `problems` names the
    statuses of refusal that are this operation's own, beyond those that any operation of its form may answer with.
    `keys` says which kinds of keys may call it. `project` names the parameter of the path that says in which project
    the call works, where that is not the key's own: `ctx`, `read`, `cursors` and `write` are that project's then.
    `switch` names the setting of a project without which it is forbidden. `changes` says that a GET changes something
    all the same. `unsupported` names headers that ask for
    what Patron does not do, each with the reason: such a request is refused rather than done by half.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    summary: str = field(kw_only=True)
    tag: str = field(kw_only=True)
    body: Any = field(default=None, kw_only=True)
    query: type[msgspec.Struct] | None = field(default=None, kw_only=True)
    answers: Mapping[int, Any] = field(kw_only=True)
    problems: tuple[int, ...] = field(default=(), kw_only=True)
    keys: tuple[Kind, ...] = field(default=("server",), kw_only=True)
    project: str | None = field(default=None, kw_only=True)
    switch: str | None = field(default=None, kw_only=True)
    changes: bool = field(default=False, kw_only=True)
    unsupported: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def writes(self) -> bool:
        """Whether this operation may change something, and so takes an Idempotency-Key."""
        return self.changes or self.method in WRITES
