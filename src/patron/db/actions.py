"""What a write is made of: a context, what it wants locked, its two halves, and its reply."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import sqlalchemy as sa

from patron.db.counts import COUNTS, SLOT, SLOTS, Count
from patron.db.rulebook import RULEBOOK_VERSIONS, Rulebook, RulebookVersion
from patron.db.statements import Statement
from patron.db.tables import Key, R, Table
from patron.kernel.ids import make_id, make_ids, make_serial_id

if TYPE_CHECKING:
    from patron.db.rows import Rows

B = TypeVar("B")
B_contra = TypeVar("B_contra", contravariant=True)
T = TypeVar("T")

JSON = "application/json"
ANY_SIZE = 1 << 62


@dataclass(frozen=True, slots=True)
class Ctx:
    """Who asks, when, and the randomness they get: fixed for a member, so that running it again gives the same.

    `now` is epoch milliseconds. `seed` is 16 random bytes. `attempt` counts the runs that a drawn code or id
    lost to a collision; ids are drawn anew with it. `key_id` and `key_name` are those of the API key, `origin` the
    web origin of the page that asks with a client key; each is empty where there is none.
    """

    project_id: str
    now: int
    seed: bytes
    request_id: str = ""
    channel: str = "API"
    key_id: str = ""
    attempt: int = 0
    key_name: str = ""
    origin: str = ""

    def id(self, prefix: str, label: str = "") -> str:
        """A new id with this prefix; ask with another label for each further one of the same prefix."""
        return make_id(prefix, self.now, self.seed, f"{prefix}{label}/{self.attempt}")

    def ids(self, prefix: str, label: str, n: int) -> list[str]:
        """New ids with this prefix, all at once; another label gives others."""
        return make_ids(prefix, self.now, self.seed, f"{prefix}{label}/{self.attempt}", n)

    def serial_id(self, prefix: str, label: str, serial: int) -> str:
        """A new id with this prefix; those of one label sort by their serial, so rows of one write keep its order."""
        return make_serial_id(prefix, self.now, self.seed, f"{prefix}{label}/{self.attempt}", serial)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the HTTP status and the encoded body (empty for 204), JSON unless `media_type` says otherwise.

    `headers` go with it. An answer that an Idempotency-Key may repeat is JSON and has none. `about` is the row that
    the body tells of, for a route that adds to the answer what is not to be kept with it; it is neither sent nor kept.
    `subject` is the id of whom the answer holds something or follows from, so that what an Idempotency-Key repeats
    can go when they do. A `stream` gives the body in pieces instead.
    """

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    about: Any = None
    subject: str | None = None
    stream: AsyncIterator[bytes] | None = None


class Pool(Generic[R]):
    """Rows of which any will do (rule 11).

    `free` selects all columns of free rows in the order to hand out, with the parameter `limit`; further
    parameters are those of `Wants.draw`. Rows that another unit has locked are passed over. With each row, the rows of
    the tables `beside` that have the same key are locked: which ones nobody could have named.
    """

    def __init__(
        self, name: str, table: Table[R], free: sa.Select[Any], *, beside: tuple[Table[Any], ...] = ()
    ) -> None:
        assert all(other.rank > table.rank and other.key == table.key for other in beside)
        self.name = name
        self.table = table
        self.beside = beside
        self.statement = Statement(free.with_for_update(key_share=True, skip_locked=True), table.struct)


@dataclass(slots=True)
class Wants:
    """The rows that a write will read under lock or change, named before anything is locked.

    A key that is named and has no row is *known absent* in `apply`.
    """

    locks: dict[Table[Any], set[Key]] = field(default_factory=dict)
    deletes: dict[Table[Any], set[Key]] = field(default_factory=dict)
    makes: dict[Table[Any], dict[Key, Any]] = field(default_factory=dict)
    finds: dict[Table[Any], dict[Key, Any]] = field(default_factory=dict)
    uniques: dict[tuple[Table[Any], str], set[Key]] = field(default_factory=dict)
    draws: dict[tuple[Pool[Any], tuple[tuple[str, Any], ...]], int] = field(default_factory=dict)
    scans: dict[tuple[Statement[Any], tuple[tuple[str, Any], ...]], None] = field(default_factory=dict)
    deeds: list[tuple[Statement[Any], dict[str, Any]]] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)
    events: list[Any] = field(default_factory=list)
    exclusive: bool = False
    wipes: int = 0

    def lock(self, table: Table[Any], key: Key, *, to_delete: bool = False) -> None:
        """Lock this row; `to_delete` takes the stronger lock that a deletion needs (rule 3)."""
        self.locks.setdefault(table, set()).add(key)
        if to_delete:
            self.deletes.setdefault(table, set()).add(key)

    def lock_unique(self, table: Table[Any], unique: str, value: Key) -> None:
        """Lock the row that has this value of a unique key, if there is one."""
        self.uniques.setdefault((table, unique), set()).add(value)

    def make(self, table: Table[R], row: R) -> None:
        """Lock the row with this row's key, making it first if it does not exist (rule 5).

        A row that was made for this and that nobody changed is taken away again before the commit.
        """
        self.makes.setdefault(table, {}).setdefault(table.key_of(row), row)

    def find_or_make(self, table: Table[R], row: R) -> None:
        """As `make`, in the order that is cheaper for a row that is expected to exist."""
        self.finds.setdefault(table, {}).setdefault(table.key_of(row), row)

    def lock_rulebook(self, project_id: str) -> None:
        """Say that `apply` changes content of the rulebook and so takes its `next_version()`."""
        self.find_or_make(RULEBOOK_VERSIONS, RulebookVersion(project_id=project_id, version=0))

    def count(self, project_id: str, name: str) -> None:
        """Say that `apply` moves the total of the list with this name (rule 22)."""
        self.find_or_make(COUNTS, Count(project_id=project_id, name=name, slot=SLOT))

    def pause(self, project_id: str, name: str) -> None:
        """Say that until this unit ends nobody, in any process, is to move the total of the list with this name.

        Who was moving it has committed when this unit asks and applies. After `rows.pause`, who moves it later knows
        the rulebook as this unit leaves it, whenever they have begun.
        """
        self.lock_rulebook(project_id)
        for slot in range(SLOTS):
            self.find_or_make(COUNTS, Count(project_id=project_id, name=name, slot=slot))

    def draw(self, pool: Pool[Any], n: int = 1, **params: Any) -> None:
        """Take any `n` free rows of a pool, or as many as there are."""
        name = (pool, tuple(sorted(params.items())))
        self.draws[name] = self.draws.get(name, 0) + n

    def scan(self, statement: Statement[Any], *, scope: str | None, **params: Any) -> None:
        """Ask this after the locks (rule 10); of one `scope`, a unit holds one member.

        None where `apply` adds to the answer what the unit's members have added: `rows.added`.
        """
        self.scans[(statement, tuple(sorted(params.items())))] = None
        if scope is not None:
            self.scopes.add(scope)

    def do(self, deed: Statement[Any], **params: Any) -> None:
        """Run a set-based change after the locks, before `apply`; the unit then has no other member (rule 12)."""
        self.deeds.append((deed, params))
        self.exclusive = True

    def wipe(self, *, up_to: int = ANY_SIZE) -> None:
        """Before this unit, clear the database's file of what deleted and changed rows left in it.

        SQLite writes its whole file anew for this, while all writes wait: a file of more than `up_to` bytes is left.
        `rows.wiped` tells whether it was done; it is not while others read.
        """
        self.wipes = max(self.wipes, up_to)

    def expect(self, event: Any) -> None:
        """Say that `apply` may announce this event, so that the rows of its reactions are locked (rule 18)."""
        self.events.append(event)

    def size(self) -> int:
        """How many rows this names, for the bounds of a unit."""
        return (
            sum(map(len, self.locks.values()))
            + sum(map(len, self.makes.values()))
            + sum(map(len, self.finds.values()))
            + sum(map(len, self.uniques.values()))
            + sum(self.draws.values())
        )

    def merge(self, other: "Wants") -> None:
        """Name also what the other names."""
        for table, keys in other.locks.items():
            self.locks.setdefault(table, set()).update(keys)
        for table, keys in other.deletes.items():
            self.deletes.setdefault(table, set()).update(keys)
        for table, rows in other.makes.items():
            self.makes.setdefault(table, {}).update(rows)
        for table, rows in other.finds.items():
            self.finds.setdefault(table, {}).update(rows)
        for unique, values in other.uniques.items():
            self.uniques.setdefault(unique, set()).update(values)
        for pool, n in other.draws.items():
            self.draws[pool] = self.draws.get(pool, 0) + n
        self.scans.update(other.scans)
        self.deeds.extend(other.deeds)
        self.scopes.update(other.scopes)
        self.events.extend(other.events)
        self.exclusive = self.exclusive or other.exclusive
        self.wipes = max(self.wipes, other.wipes)


@dataclass(frozen=True, slots=True)
class Need:
    """`apply` found, before changing anything, that it needs rows that were not named; it joins a later unit."""

    wants: Wants


@dataclass(frozen=True, slots=True)
class More:
    """A chunk is done and there is more: the write is gathered again and joins a later unit (rule 12)."""


Outcome = Reply | Need | More


class Read(Protocol):
    """Reads outside of a unit, without locks. `rulebook` is at most a second old."""

    rulebook: Rulebook

    async def one(self, statement: Statement[T], **params: Any) -> T | None:
        """The first row of a read by key."""

    async def all(self, statement: Statement[T], **params: Any) -> list[T]:
        """All rows of a read by key."""

    async def scan(self, statement: Statement[T], **params: Any) -> list[T]:
        """All rows of a read that may look at many: off the event loop, ended after 5 s."""

    async def snapshot(self, *questions: "tuple[Statement[Any], dict[str, Any]]") -> list[list[Any]]:
        """The rows of several scans, all as of one moment (rule 4)."""


class Gather(Protocol[B_contra]):
    def __call__(self, read: Read, ctx: Ctx, body: B_contra, /) -> Awaitable[Wants]: ...


@dataclass(frozen=True, slots=True)
class Action(Generic[B]):
    """A verb that writes.

    `gather` reads without locks and names rows. `apply` is one synchronous call that reads only rows that
    were named, decides, changes and adds rows, announces events and encodes the reply; it depends on rows,
    ctx and body alone, since it may run more than once.
    """

    name: str
    gather: Gather[B]
    apply: "Callable[[Rows, Ctx, B], Outcome]"
