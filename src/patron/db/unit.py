"""The unit of work: one transaction for several members, as a sequence of steps that either database can take.

Rules 2, 5 to 12 and 18 of the unit of work are here; lanes choose the members, databases take the steps.
"""

import asyncio
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from patron.db.actions import Action, Ctx, More, Need, Pool, Reply, Wants
from patron.db.announcer import Announcer
from patron.db.changes import Changes, SplitUnit
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook, Rulebooks
from patron.db.steps import (
    Ask,
    Begin,
    Commit,
    Delete,
    Draw,
    Insert,
    Lock,
    Make,
    Reload,
    Resolve,
    Rollback,
    Step,
    Update,
    Wipe,
)
from patron.db.tables import Key, Table

Steps = Generator[Step, Any, None]


@dataclass(slots=True, eq=False)
class Member:
    """One write in a lane. `outcome` is what its last `apply` came to; `rounds` counts its units so far."""

    action: Action[Any]
    ctx: Ctx
    body: Any
    wants: Wants
    answer: "asyncio.Future[Reply]"
    gone: Callable[[], bool]
    size: int
    joined: float
    rounds: int = 0
    outcome: Reply | Need | More | Exception | None = None


class Unit:
    """A transaction and its members. `committed` is true once the steps ended without a fault.

    `added` names the tables that got new rows.
    """

    def __init__(
        self, unit_id: str, members: Sequence[Member], rulebooks: Rulebooks, announcer: Announcer, now: int
    ) -> None:
        self.id = unit_id
        self.members = members
        self.project_id = members[0].ctx.project_id
        self.committed = False
        self.version_moved = False
        self.added: frozenset[Table[Any]] = frozenset()
        self._rulebooks = rulebooks
        self._announcer = announcer
        self.now = now

    def steps(self) -> Steps:
        """The whole unit. Sends each step, takes its answer; ends after the commit or the rollback."""
        up_to = max(member.wants.wipes for member in self.members)
        wiped = up_to > 0 and (yield Wipe(up_to))
        version = yield Begin(self.project_id, self.id, self.now)
        rulebook = self._rulebooks.held(self.project_id)
        if version != rulebook.version:
            rulebook = yield from self._reload(rulebook)
        rows = Rows(self.project_id, rulebook, self._announcer)
        rows.wiped = wiped
        wants = Wants()
        for member in self.members:
            wants.merge(member.wants)
        yield from _lock_pass(rows, wants)
        if rows.newest_version(self._rulebooks.versioned) > rulebook.version:
            rows.rulebook = yield from self._reload(rulebook)
        yield from _ask(rows, wants)
        self._apply(rows)
        changes = rows.changes()
        if changes or wants.deeds:
            yield from _flush(changes)
            self.added = frozenset(changes.inserts)
            yield Commit(self.id)
            self.version_moved = rows.version_moved
        else:
            yield Rollback()
        self.committed = True

    def _reload(self, rulebook: Rulebook) -> Generator[Step, Any, Rulebook]:
        newest, newer = yield Reload(self.project_id, rulebook.version)
        return self._rulebooks.absorb(self.project_id, newest, newer)

    def _apply(self, rows: Rows) -> None:
        for member in self.members:
            mark = rows.begin(member.ctx)
            try:
                member.outcome = member.action.apply(rows, member.ctx, member.body)
                if not isinstance(member.outcome, Need):
                    _end(rows)
            except SplitUnit:
                rows.undo(mark)
                member.outcome = Need(Wants())
            except Exception as fault:  # noqa: BLE001 - one member's fault must not become the others'
                rows.undo(mark)
                member.outcome = fault
            else:
                if rows.lacking is not None:
                    member.outcome = Need(rows.lacking)
                if isinstance(member.outcome, Need):
                    rows.undo(mark)


def _end(rows: Rows) -> None:
    """What a member has put off to the end of its turn, in the order in which it has."""
    while rows.at_end:
        rows.at_end.pop(next(iter(rows.at_end)))()


def _lock_pass(rows: Rows, wants: Wants) -> Steps:
    """Lock every named row once, table by table in rank order and key by key within each (rules 2, 3, 5, 11)."""
    yield from _resolve_uniques(wants)
    pools = {pool for pool, _ in wants.draws}
    drawn_from = {table for pool in pools for table in (pool.table, *pool.beside)}
    tables: set[Table[Any]] = {*wants.locks, *wants.makes, *wants.finds, *drawn_from}
    for table in sorted(tables, key=lambda t: t.rank):
        yield from _lock_table(rows, table, wants)
        for (pool, params), n in wants.draws.items():
            if pool.table is table:
                yield from _draw(rows, pool, params, n, wants.locks.get(table, set()))
        for pool in pools:
            if pool.table is table:
                _want_beside(rows, pool, wants)
    for (table, unique), values in wants.uniques.items():
        rows.hold_absent(table, unique, values)


def _resolve_uniques(wants: Wants) -> Steps:
    for (table, unique), values in wants.uniques.items():
        keys = yield Resolve(table, unique, sorted(values))
        wants.locks.setdefault(table, set()).update(keys)


def _lock_table(rows: Rows, table: Table[Any], wants: Wants) -> Steps:
    makes, finds = wants.makes.get(table, {}), wants.finds.get(table, {})
    strong = wants.deletes.get(table, set())
    plain = wants.locks.get(table, set())
    if makes:
        made = yield from _make(rows, table, makes.values())
        plain = (plain | makes.keys()) - made
    yield from _lock(rows, table, plain | finds.keys(), strong)
    absent = [row for key, row in finds.items() if rows.get(table, key) is None]
    if absent:
        made = yield from _make(rows, table, absent)
        yield from _lock(rows, table, {table.key_of(row) for row in absent} - made, set())


def _make(rows: Rows, table: Table[Any], wanted: Iterable[Any]) -> Generator[Step, Any, set[Key]]:
    by_key = {table.key_of(row): row for row in wanted}
    made: set[Key] = yield Make(table, [by_key[key] for key in sorted(by_key)])
    rows.hold_made(table, [by_key[key] for key in sorted(made)])
    return made


def _lock(rows: Rows, table: Table[Any], keys: set[Key], strong: set[Key]) -> Steps:
    """One statement for the table, so that its keys are locked in one order; the strongest need decides how."""
    if keys:
        found = yield Lock(table, sorted(keys), strong=bool(keys & strong))
        rows.hold(table, found, keys, strong=keys & strong)


def _draw(rows: Rows, pool: Pool[Any], params: tuple[tuple[str, Any], ...], n: int, named: set[Key]) -> Steps:
    """Draw n rows, and one more for each that a member has named, since that one may have changed it by its turn.

    Rows that this unit has drawn with other parameters are not skipped by its own locks: ask for as many more.
    """
    drawn = rows.drawn(pool.table)
    found = yield Draw(pool, dict(params), n + len(drawn) + len(named))
    free = [row for row in found if pool.table.key_of(row) not in drawn]
    spare = sum(pool.table.key_of(row) in named for row in free)
    rows.hold_drawn((pool, params), free[: n + spare])


def _want_beside(rows: Rows, pool: Pool[Any], wants: Wants) -> None:
    """Name what goes with the drawn rows; those tables come later, as their ranks are higher."""
    for other in pool.beside:
        wants.locks.setdefault(other, set()).update(rows.drawn(pool.table))


def _ask(rows: Rows, wants: Wants) -> Steps:
    """After the locks: declared scans (rule 10) and the set-based deeds of an exclusive unit (rule 12)."""
    for statement, params in wants.scans:
        rows.hold_scan((statement, params), (yield Ask(statement, dict(params))))
    for deed, given in wants.deeds:
        rows.hold_scan((deed, tuple(sorted(given.items()))), (yield Ask(deed, given)))


def _flush(changes: Changes) -> Steps:
    """Write each table with one statement of each kind: updates and inserts by rank, then deletes (rules 6, 7).

    A row that refers to one that goes may refer to another from now on, so that is written first (docs/adr/0007).
    """
    for table in sorted(changes.updates.keys() | changes.inserts.keys(), key=lambda t: t.rank):
        if table in changes.updates:
            yield Update(table, changes.updates[table])
        if table in changes.inserts:
            yield Insert(table, changes.inserts[table])
    for table, keys in changes.deletes:
        yield Delete(table, keys)
