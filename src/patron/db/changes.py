"""What a unit holds of each table, and what is to be written of it in the end."""

from typing import Any

from patron.db.tables import Key, Table


class SplitUnit(Exception):
    """A member takes a unique value that another member of this unit freed: it belongs in the next unit (rule 6)."""


class Held:
    """One table's rows in a unit, by key: as they are stored, and as they are now. None means known absent.

    `turn` has those that the member whose turn it is has changed, as they were before.
    """

    __slots__ = ("made", "now", "strong", "taken", "turn", "was")

    def __init__(self) -> None:
        self.was: dict[Key, Any] = {}
        self.now: dict[Key, Any] = {}
        self.turn: dict[Key, Any] = {}
        self.made: set[Key] = set()
        self.strong: set[Key] = set()
        self.taken: dict[tuple[str, Key], Key | None] = {}

    def added(self, *, before: bool) -> list[Any]:
        """The rows that the unit adds, its earlier members' too; `before`: as they were when this turn began."""
        turn = self.turn if before else {}
        new = (turn.get(key, row) for key, row in self.now.items() if self.was.get(key) is None)
        return [row for row in new if row is not None]


class Changes:
    """The outcome of a unit, as sets to write: table by table, sorted by key.

    `deletes` has the highest rank first, so that what refers goes before what is referred to.
    """

    def __init__(self) -> None:
        self.deletes: list[tuple[Table[Any], list[Key]]] = []
        self.unmade = True
        self.updates: dict[Table[Any], list[Any]] = {}
        self.inserts: dict[Table[Any], list[Any]] = {}

    def take(self, table: Table[Any], held: Held) -> None:
        deletes, updates, inserts = [], [], []
        for key in sorted(held.now):
            was, now = held.was.get(key), held.now[key]
            if now is was:
                if key in held.made:
                    deletes.append(key)
            elif now is None:
                deletes.append(key)
                self.unmade = self.unmade and key in held.made
            elif was is None:
                inserts.append(now)
            elif now != was or key in held.made:
                updates.append(now)
        if deletes:
            self.deletes.insert(0, (table, deletes))
        if updates:
            self.updates[table] = updates
        if inserts:
            self.inserts[table] = inserts

    def __bool__(self) -> bool:
        """Whether anything differs from what was stored; rows made and taken away again do not."""
        return bool(self.updates or self.inserts) or not self.unmade
