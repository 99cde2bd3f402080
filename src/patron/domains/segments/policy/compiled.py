"""Segments compiled: the filter of each, ready to be asked; made when somebody first asks, and kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.locations import areas_of, locations_in
from patron.domains.locations.model import Location
from patron.domains.projects import calendar_of
from patron.domains.segments.model import ACTIVE, SEGMENTS, Segment
from patron.domains.segments.policy.fields import Schemas, grammar_of, schemas_of
from patron.domains.segments.policy.history import Reads
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Facts, Type
from patron.engine.conditions.filters import Fault, Filter, reads
from patron.engine.conditions.parsing import Grammar, parse
from patron.engine.conditions.predicates import Matcher

HELD_FILTERS = 5_000
"""So many compiled filters a process keeps, of whichever projects."""

METADATA = "metadata"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sieve:
    """A filter of customers, compiled.

    `reads` are the paths of the facts that it looks at, `groups` how they begin, `history` those of what was done,
    `locations` those that it names.
    """

    filter: Filter
    matcher: Matcher
    calendar: Calendar
    reads: frozenset[Path]
    groups: frozenset[str]
    locations: tuple[Location, ...]
    history: Reads

    def passes(self, facts: Facts, now: int) -> bool:
        """Whether somebody passes at a moment (epoch ms)."""
        return self.matcher.at(now)(facts)


@lru_cache(maxsize=HELD_FILTERS)
def sieve_of(given: str, schemas: Schemas, locations: tuple[Location, ...], calendar: Calendar) -> Sieve:
    """A stored filter, compiled for a project's schemas and calendar, and for the locations that it names."""
    found = _understood(msgspec.json.decode(given), schemas, locations)
    paths = reads(found)
    groups = frozenset(path[0] for path in paths)
    return Sieve(found, Matcher(found, calendar), calendar, paths, groups, locations, Reads.of(paths))


def _understood(given: Any, schemas: Schemas, locations: tuple[Location, ...]) -> Filter:
    """A filter that was understood when it was stored; the schema may have changed since.

    What it no longer lets be said is read as if there were no schema; what even so cannot be said passes nobody.
    """
    locate = {each.id: areas_of(each) for each in locations}.get
    without = grammar_of((), locate, (Type.ANY,))
    for grammar in (grammar_of(schemas, locate), without):
        found = parse(given, grammar)
        if not isinstance(found, Fault):
            return found
    return _nobody(without)


def _nobody(grammar: Grammar) -> Filter:
    found = parse({"id": {"conditions": {"$is_unknown": True}}}, grammar)
    assert not isinstance(found, Fault)
    return found


class Segments:
    """A project's segments by id, compiled as they are asked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._rows: Mapping[str, Segment] = {row.id: row for row in rulebook.rows(SEGMENTS).values()}

    @staticmethod
    def of(rulebook: Rulebook) -> "Segments":
        """Those of a project, by its rulebook."""
        return rulebook.derived(Segments)

    def get(self, segment_id: str) -> Segment | None:
        """The segment with this id, unless there is none or it was deleted."""
        return self._rows.get(segment_id)

    def all(self) -> Iterable[Segment]:
        """Every segment."""
        return self._rows.values()

    def sieve(self, segment: Segment) -> Sieve | None:
        """The filter of a segment, this project's or one that is to be; None of a static one."""
        if segment.filter is None:
            return None
        locations = locations_in(segment.filter, self._rulebook)
        return sieve_of(segment.filter, schemas_of(self._rulebook), locations, calendar_of(self._rulebook))

    def active(self) -> "Active":
        """The segments whose members are kept."""
        return self._rulebook.derived(_active)


class Active:
    """The active segments of a project: those which a change of a customer may bring it into, or out of."""

    def __init__(self, sieves: Mapping[str, tuple[Segment, Sieve]]) -> None:
        self.segments = sieves
        every = [sieve for _, sieve in sieves.values()]
        self.groups: frozenset[str] = frozenset().union(*(sieve.groups for sieve in every))
        self.history = Reads.of(path for sieve in every for path in sieve.reads)
        self._by_path: dict[Path, list[str]] = {}
        for segment_id, (_, sieve) in sieves.items():
            for path in {path[:2] for path in sieve.reads}:
                self._by_path.setdefault(path, []).append(segment_id)

    def __bool__(self) -> bool:
        return bool(self.segments)

    def reading(self, changed: Iterable[Path]) -> set[str]:
        """The ids of the segments that look at one of these facts, each named by the first two steps to it."""
        return {segment_id for path in changed for segment_id in self._by_path.get(path, ())}


def _active(rulebook: Rulebook) -> Active:
    segments = Segments.of(rulebook)
    found: dict[str, tuple[Segment, Sieve]] = {}
    for segment in segments.all():
        sieve = segments.sieve(segment) if segment.type == ACTIVE else None
        if sieve is not None:
            found[segment.id] = (segment, sieve)
    return Active(found)


def changed_paths(before: Facts, after: Facts) -> set[Path]:
    """Which facts differ, by the first two steps to each; both have the same groups."""
    paths: set[Path] = set()
    for name, now in after.items():
        was = before[name]
        if now == was:
            continue
        if isinstance(now, dict):
            paths.update((name, key) for key in now.keys() | was.keys() if now.get(key) != was.get(key))
        else:
            paths.add((name,))
    return paths
