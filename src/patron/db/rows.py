"""The rows of a unit: an identity map of what is locked, with what its members make of it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import msgspec

from patron.db.actions import Ctx, Pool, Wants
from patron.db.announcer import Announcer
from patron.db.changes import Changes, Held, SplitUnit
from patron.db.counts import COUNTS, SLOT, SLOTS
from patron.db.rulebook import RULEBOOK_VERSIONS, Rulebook
from patron.db.statements import Statement
from patron.db.tables import Key, R, Table
from patron.kernel.problems import Problem

T = TypeVar("T")

DrawName = tuple[Pool[Any], tuple[tuple[str, Any], ...]]
ScanName = tuple[Statement[Any], tuple[tuple[str, Any], ...]]

_MISSING: Any = object()


class Rows:
    """What `apply` reads and changes: the rows that were named, and nothing else.

    Every change is journaled: a member that fails is undone at once, before the next one looks. What is put into
    `at_end`, by any name, is done once that a member's `apply` has ended: what follows from all that it did.
    """

    def __init__(self, project_id: str, rulebook: Rulebook, announcer: Announcer) -> None:
        self.project_id = project_id
        self.rulebook = rulebook
        self.version_moved = False
        self.wiped = False
        self._announcer = announcer
        self._held: dict[Table[Any], Held] = {}
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []
        self._pools: dict[DrawName, list[Any]] = {}
        self._drawn: dict[DrawName, int] = {}
        self._scanned: dict[ScanName, list[Any]] = {}
        self._ctx: Ctx | None = None
        self.announced = 0
        self.lacking: Wants | None = None
        self.at_end: dict[Any, Callable[[], None]] = {}
        self._serial = 0

    # What apply calls

    def get(self, table: Table[R], key: Key) -> R | None:
        """The row as it is now, None where it is known absent. LookupError where nobody named it."""
        held = self._held.get(table)
        if held is None or key not in held.now:
            raise LookupError(f"{table.name}: a row was read that gather did not name")
        return cast("R | None", held.now[key])

    def by(self, table: Table[R], unique: str, value: Key) -> R | None:
        """The row that has this value of a unique key now; None where it is known that there is none."""
        held = self._held.get(table)
        if held is None or (unique, value) not in held.taken:
            raise LookupError(f"{table.name}: a {unique} was read that gather did not name")
        key = held.taken[unique, value]
        return None if key is None else cast("R | None", held.now[key])

    def knows(self, table: Table[Any], key: Key) -> bool:
        """Whether `get` may be asked for this row."""
        held = self._held.get(table)
        return held is not None and key in held.now

    def before(self, table: Table[R], key: Key) -> R | None:
        """The row as it was when this member's turn began; LookupError where nobody named it."""
        held = self._held.get(table)
        return cast("R | None", held.turn[key]) if held is not None and key in held.turn else self.get(table, key)

    def added(self, table: Table[R], *, before: bool = False) -> list[R]:
        """The rows that this unit adds to a table, its earlier members' too; `before`: when this turn began."""
        return self._held[table].added(before=before) if table in self._held else []

    def need(self, wants: Wants) -> None:
        """Say that a reaction needs rows that nobody named: what this member does is taken back after its turn.

        It then joins a later unit with these. So nothing is decided by rows that lack, and all that lack are named at
        once, however many customers a write is about.
        """
        self.lacking = self.lacking or Wants()
        self.lacking.merge(wants)

    def add(self, table: Table[R], row: R) -> None:
        """A new row. Its key is known absent, or drawn freshly."""
        held = self._of(table)
        key = table.key_of(row)
        if held.now.get(key) is not None:
            raise ValueError(f"{table.name}: a row was added whose key is taken")
        self._set(table, held, key, row)

    def put(self, table: Table[R], row: R) -> None:
        """The new state of a row that is locked or was added in this unit."""
        held = self._of(table)
        key = table.key_of(row)
        if held.now.get(key) is None:
            raise LookupError(f"{table.name}: a row was changed that is not locked")
        self._set(table, held, key, row)

    def remove(self, table: Table[R], row: R) -> None:
        """Delete a row that was locked `to_delete`, or was added or made in this unit."""
        held = self._of(table)
        key = table.key_of(row)
        if held.now.get(key) is None or not self.may_remove(table, key):
            raise LookupError(f"{table.name}: a row was deleted that is not locked to_delete")
        self._set(table, held, key, None)

    def may_remove(self, table: Table[Any], key: Key) -> bool:
        """Whether `remove` may be asked for this row, as far as its lock goes."""
        held = self._held.get(table)
        if held is None or key not in held.now:
            return False
        return held.was.get(key) is None or key in held.strong or key in held.made

    def draw_one(self, pool: Pool[R], **params: Any) -> R | None:
        """The next free row of a pool that gather drew from; None when no free one was left.

        One that an earlier member has changed since it was found free is passed over: a job that was just called off.
        """
        name = (pool, tuple(sorted(params.items())))
        rows: list[R] = self._pools[name]
        for n in range(self._drawn.get(name, 0), len(rows)):
            self._note(self._drawn, name, n + 1)
            if self.get(pool.table, pool.table.key_of(rows[n])) == rows[n]:
                return rows[n]
        return None

    def has_drawn(self, pool: Pool[Any], **params: Any) -> bool:
        """Whether `draw_one` may be asked for this."""
        return (pool, tuple(sorted(params.items()))) in self._pools

    def scanned(self, statement: Statement[Any], **params: Any) -> list[Any]:
        """The rows that a declared scan, or a set-based deed with RETURNING, brought."""
        return self._scanned[statement, tuple(sorted(params.items()))]

    def has_scanned(self, statement: Statement[Any], **params: Any) -> bool:
        """Whether `scanned` may be asked for this: a member may come upon rows that its gather knew nothing of."""
        return (statement, tuple(sorted(params.items()))) in self._scanned

    def count(self, name: str, n: int) -> None:
        """Move the total of the list with this name; gather said `wants.count`."""
        row = self.get(COUNTS, (self.project_id, name, SLOT))
        assert row is not None
        self.put(COUNTS, msgspec.structs.replace(row, n=row.n + n))

    def pause(self, name: str) -> None:
        """Whoever moves this total later knows the rulebook as it is now; gather said `wants.pause`."""
        now = self.get(RULEBOOK_VERSIONS, (self.project_id,))
        for row in (self.get(COUNTS, (self.project_id, name, slot)) for slot in range(SLOTS)):
            if now is not None and row is not None and row.version < now.version:
                self.put(COUNTS, msgspec.structs.replace(row, version=now.version))

    def next_version(self) -> int:
        """The rulebook version that this change makes; write it into each content row that changes."""
        row = self.get(RULEBOOK_VERSIONS, (self.project_id,))
        assert row is not None
        self.put(RULEBOOK_VERSIONS, msgspec.structs.replace(row, version=row.version + 1))
        return row.version + 1

    def next_serial(self) -> int:
        """0, 1, 2 … within this member's turn: tells apart, and orders, rows that one write adds to a table."""
        self._serial += 1
        return self._serial - 1

    def attempt(self, deed: Callable[[], T], *, keep: bool = True) -> T | Problem:
        """A part of a write that may fail by itself: its outcome, or the Problem that it raised.

        After a Problem, and where it is not to be kept, its changes are taken back.
        """
        mark = len(self._journal)
        try:
            outcome = deed()
        except Problem as problem:
            self.undo(mark)
            return problem
        if not keep:
            self.undo(mark)
        return outcome

    def announce(self, event: Any) -> None:
        """Tell those above of a fact: their reactions run now, their listeners after the commit (rule 18)."""
        assert self._ctx is not None
        self.announced += 1
        self._announcer.react(self, self._ctx, event)

    # What the unit calls

    def hold(self, table: Table[R], rows: Sequence[R], keys: set[Key], *, strong: set[Key] | None = None) -> None:
        """These rows are locked; of the keys asked for, the others are known absent."""
        held = self._of(table)
        for key in keys:
            held.was.setdefault(key, None)
            held.now.setdefault(key, None)
        for row in rows:
            key = table.key_of(row)
            held.was[key] = held.now[key] = row
            for unique, value_of in table.unique_of.items():
                held.taken[unique, value_of(row)] = key
        if strong:
            held.strong |= strong

    def hold_made(self, table: Table[R], rows: Sequence[R]) -> None:
        """These rows did not exist and were made for this unit."""
        self.hold(table, rows, set())
        self._of(table).made.update(map(table.key_of, rows))

    def hold_absent(self, table: Table[Any], unique: str, values: set[Key]) -> None:
        """Of these values of a unique key, those that no locked row has are known absent."""
        held = self._of(table)
        for value in values:
            held.taken.setdefault((unique, value), None)

    def drawn(self, table: Table[Any]) -> set[Key]:
        """The rows of this table that have been drawn for this unit so far."""
        return {table.key_of(row) for (pool, _), rows in self._pools.items() if pool.table is table for row in rows}

    def hold_drawn(self, name: DrawName, rows: Sequence[Any]) -> None:
        """These rows were free and are locked now."""
        table = name[0].table
        self.hold(table, rows, set())
        self._pools[name] = list(rows)

    def hold_scan(self, name: ScanName, rows: list[Any]) -> None:
        """This is what a scan saw after the locks."""
        self._scanned[name] = rows

    def newest_version(self, tables: frozenset[Table[Any]]) -> int:
        """The newest version of the rulebook that a locked row of these tables speaks of; 0 where there is none."""
        rows = (row for table in self._held.keys() & tables for row in self._held[table].was.values())
        return max((row.version for row in rows if row and row.project_id == self.project_id), default=0)

    def begin(self, ctx: Ctx) -> int:
        """A member's turn: the place in the journal to go back to if it fails."""
        self._ctx = ctx
        self.announced = 0
        self.lacking = None
        self.at_end = {}
        self._serial = 0
        for held in self._held.values():
            held.turn.clear()
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Take back every change since the mark."""
        while len(self._journal) > mark:
            where, key, before = self._journal.pop()
            if before is _MISSING:
                del where[key]
            else:
                where[key] = before

    def changes(self) -> Changes:
        """What is to be written: for each table, in rank order, keys to delete and rows to update and insert."""
        changes = Changes()
        for table in sorted(self._held, key=lambda t: t.rank):
            changes.take(table, self._held[table])
        moved = self._held.get(RULEBOOK_VERSIONS)
        self.version_moved = moved is not None and moved.was != moved.now
        return changes

    def _of(self, table: Table[Any]) -> Held:
        held = self._held.get(table)
        if held is None:
            held = self._held[table] = Held()
        return held

    def _set(self, table: Table[Any], held: Held, key: Key, row: Any) -> None:
        if table.unique_of:
            self._move_uniques(table, held, key, row)
        held.turn.setdefault(key, held.now.get(key))
        self._note(held.now, key, row)

    def _move_uniques(self, table: Table[Any], held: Held, key: Key, row: Any) -> None:
        before = held.now.get(key)
        for unique, value_of in table.unique_of.items():
            old = None if before is None else value_of(before)
            new = None if row is None else value_of(row)
            if old == new:
                continue
            if new is not None:
                self._take_unique(table, held, (unique, new), key)
            if old is not None:
                self._note(held.taken, (unique, old), None)

    def _take_unique(self, table: Table[Any], held: Held, name: tuple[str, Key], key: Key) -> None:
        if held.taken.get(name) is not None:
            raise ValueError(f"{table.name}: a row takes a {name[0]} that another row has")
        value_of = table.unique_of[name[0]]
        if any(was is not None and value_of(was) == name[1] for was in held.was.values()):
            raise SplitUnit
        self._note(held.taken, name, key)

    def _note(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        self._journal.append((where, key, where.get(key, _MISSING)))
        where[key] = value
