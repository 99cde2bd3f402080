"""The rulebook: what every request reads and few change, held by each process as one immutable value a project.

Its content is rows of a few tables (API keys, settings, rules, campaigns …). Each carries the version that
changed it, so a reload takes only newer rows; a row is never deleted, it gets a `deleted_at`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar, cast

import msgspec
import sqlalchemy as sa

from patron.db.counts import COUNTS
from patron.db.statements import Statement
from patron.db.tables import Key, R, Table

T = TypeVar("T")

HELD_PROJECTS = 1_000


class RulebookVersion(msgspec.Struct, frozen=True):
    """The version of a project's rulebook: the number of changes so far."""

    project_id: str
    version: int


RULEBOOK_VERSIONS = Table(RulebookVersion, "rulebook_versions", rank=80, key=("project_id",))

VERSION_OF = Statement(
    sa.select(RULEBOOK_VERSIONS.c.version).where(RULEBOOK_VERSIONS.c.project_id == sa.bindparam("project_id")), int
)


class Part:
    """A table whose rows are content: its struct has `project_id`, `version` and `deleted_at`."""

    def __init__(self, table: Table[Any]) -> None:
        for field in ("project_id", "version", "deleted_at"):
            if field not in table.fields:
                raise TypeError(f"{table.name} cannot be content of the rulebook: it has no {field}")
        self.table = table
        self.newer: Statement[Any] = Statement(
            sa.select(table.sa).where(
                table.c.project_id == sa.bindparam("project_id"), table.c.version > sa.bindparam("version")
            ),
            table.struct,
        )


class Rulebook:
    """One project's content as of one version. Immutable; what is derived from it is kept with it."""

    def __init__(self, project_id: str, version: int, tables: Mapping[Table[Any], Mapping[Key, Any]]) -> None:
        self.project_id = project_id
        self.version = version
        self._tables = tables
        self._derived: dict[Callable[[Rulebook], Any], Any] = {}

    def rows(self, table: Table[R]) -> Mapping[Key, R]:
        """The live rows of a table, by primary key."""
        return cast("Mapping[Key, R]", self._tables.get(table, MappingProxyType({})))

    def derived(self, build: "Callable[[Rulebook], T]") -> T:
        """What `build` makes of this rulebook, made at the first call and kept as long as the rulebook."""
        if build not in self._derived:
            self._derived[build] = build(self)
        return cast("T", self._derived[build])

    def updated(self, version: int, newer: Mapping[Table[Any], Sequence[Any]]) -> "Rulebook":
        """The rulebook of a later version, from the rows that changed since this one."""
        tables = dict(self._tables)
        for table, rows in newer.items():
            merged = dict(tables.get(table, {}))
            for row in rows:
                merged.pop(table.key_of(row), None)
                if row.deleted_at is None:
                    merged[table.key_of(row)] = row
            tables[table] = MappingProxyType(merged)
        return Rulebook(self.project_id, version, tables)


class Rulebooks:
    """The rulebooks that this process holds, least recently used projects dropped first.

    `parts` is the content, lowest domain first. Newness is the caller's concern: `Units` knows when a version
    was last looked at.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self.versioned: frozenset[Table[Any]] = frozenset({RULEBOOK_VERSIONS, COUNTS, *(part.table for part in parts)})
        """Tables whose rows say as of which version the rulebook is that whoever locks them must know."""
        self._held: OrderedDict[str, Rulebook] = OrderedDict()
        self._checked: dict[str, float] = {}

    def held(self, project_id: str) -> Rulebook:
        """What is held, of whatever age; the empty version 0 where nothing is."""
        rulebook = self._held.get(project_id)
        if rulebook is None:
            return Rulebook(project_id, 0, {})
        return rulebook

    def checked_at(self, project_id: str) -> float:
        """When (monotonic seconds) the held version was last known to be the current one."""
        return self._checked.get(project_id, float("-inf"))

    def confirm(self, project_id: str, at: float) -> None:
        """The held version was the current one at this moment."""
        self._checked[project_id] = max(at, self.checked_at(project_id))

    def doubt(self, project_id: str) -> None:
        """This process has just changed the content: look before the next read."""
        self._checked.pop(project_id, None)

    def absorb(self, project_id: str, version: int, newer: Mapping[Table[Any], Sequence[Any]]) -> Rulebook:
        """Take in the rows newer than what is held, and hold the outcome unless something newer is held by now."""
        rulebook = self.held(project_id).updated(version, newer)
        if version >= self.held(project_id).version:
            self._held[project_id] = rulebook
            self._held.move_to_end(project_id)
        while len(self._held) > HELD_PROJECTS:
            dropped, _ = self._held.popitem(last=False)
            self._checked.pop(dropped, None)
        return rulebook
