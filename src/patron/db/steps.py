"""What a unit asks of its database, in order. Each database answers these in its own SQL."""

from dataclasses import dataclass
from typing import Any

from patron.db.actions import Pool
from patron.db.statements import Statement
from patron.db.tables import Key, Table


@dataclass(frozen=True, slots=True)
class Begin:
    """Open the transaction and record the unit's id in it. Answers the project's rulebook version."""

    project_id: str
    unit_id: str
    now: int


@dataclass(frozen=True, slots=True)
class Wipe:
    """Outside of a transaction: clear the file, if it is not larger, of what deleted rows left in it.

    Answers whether that was done.
    """

    up_to: int


@dataclass(frozen=True, slots=True)
class Reload:
    """Answers `(version, {table: rows newer than since})`, of one moment not older than this unit's begin."""

    project_id: str
    since: int


@dataclass(frozen=True, slots=True)
class Resolve:
    """Answers the primary keys of the rows that have these values of a unique key, without locking."""

    table: Table[Any]
    unique: str
    values: list[Key]


@dataclass(frozen=True, slots=True)
class Make:
    """Insert those of the rows whose key does not exist. Answers the keys of the inserted ones."""

    table: Table[Any]
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class Lock:
    """Lock rows in the given key order, `strong` if any of them will be deleted. Answers the rows found."""

    table: Table[Any]
    keys: list[Key]
    strong: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """Lock up to `n` free rows of a pool, skipping locked ones. Answers them in the pool's order."""

    pool: Pool[Any]
    params: dict[str, Any]
    n: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Run a statement within the unit. Answers its rows."""

    statement: Statement[Any]
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    table: Table[Any]
    keys: list[Key]


@dataclass(frozen=True, slots=True)
class Update:
    table: Table[Any]
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class Insert:
    table: Table[Any]
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class Commit:
    unit_id: str


@dataclass(frozen=True, slots=True)
class Rollback:
    """Nothing differs from what was stored: end without a write."""


Step = Wipe | Begin | Reload | Resolve | Make | Lock | Draw | Ask | Delete | Update | Insert | Commit | Rollback
