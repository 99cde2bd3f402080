"""Which lines of an order a rule's incentive is for, and how far (spec I 1.3, C 4.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from patron.engine.case import Applicable, Selection
from patron.engine.conditions.calendars import Calendar
from patron.engine.rules.checks import any_flag, matches_of
from patron.engine.rules.facts import Line, RuleFacts
from patron.engine.rules.names import Items
from patron.engine.rules.nodes import Node, Rule, nodes_of

NO_LINES = Applicable(lines=())


@dataclass(frozen=True, slots=True)
class Entry:
    """A product, SKU or collection by its id and source_id; `how` has its limits, and no lines yet."""

    ids: frozenset[str]
    how: Applicable = NO_LINES


@dataclass(frozen=True, slots=True)
class Applicability:
    """What a rule's `applicable_to` says: an exclusion beats an inclusion; none included is all included."""

    included: tuple[Entry, ...] = ()
    excluded: tuple[Entry, ...] = ()
    included_all: bool = False


def selection_of(
    applicability: Applicability, rule: Rule, facts: RuleFacts, calendar: Calendar, today: int
) -> Selection | None:
    """The lines that an incentive under this rule is for; None where the rule does not choose.

    Lines are those of the entries, and those of rules about products that say `discount_applicable`.
    """
    excluded = frozenset(line for entry in applicability.excluded for line in lines_of(entry, facts.lines))
    entries = () if applicability.included_all else applicability.included
    included = [replace(entry.how, lines=lines_of(entry, facts.lines)) for entry in entries]
    marked = [node for node in nodes_of(rule.tree) if isinstance(node.kind, Items) and _is_marked(node)]
    if not applicability.included_all:
        included += [Applicable(lines=_meant(node, facts, calendar, today)) for node in marked]
    if not included and not excluded and not applicability.excluded:
        return None
    return Selection(tuple(included) or None, excluded)


def lines_of(entry: Entry, lines: Sequence[Line]) -> tuple[int, ...]:
    """The places of the lines that an entry names."""
    return tuple(n for n, line in enumerate(lines) if not entry.ids.isdisjoint(line.names))


def both(one: Selection | None, other: Selection | None) -> Selection | None:
    """What two rules choose together: what either leaves out is out, and the limits are those of the first one."""
    if one is None or other is None:
        return one or other
    excluded = one.excluded | other.excluded
    if one.included is None or other.included is None:
        return Selection(one.included if other.included is None else other.included, excluded)
    within = {line for entry in other.included for line in entry.lines}
    kept = [replace(entry, lines=tuple(n for n in entry.lines if n in within)) for entry in one.included]
    return Selection(tuple(kept), excluded)


def _is_marked(node: Node) -> bool:
    return node.name.endswith(".discount_applicable") or any_flag(node.below, "discount")


def _meant(node: Node, facts: RuleFacts, calendar: Calendar, today: int) -> tuple[int, ...]:
    means = matches_of(node, calendar, today)
    return tuple(n for n, line in enumerate(facts.lines) if means(line))
