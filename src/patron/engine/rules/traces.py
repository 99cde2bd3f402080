"""Why a rule holds or not: each node with what was expected and what is there, and the change that would be enough."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Literal

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.criteria import Among, Compared, Is, Placed
from patron.engine.conditions.filters import Condition
from patron.engine.conditions.spans import spans_of
from patron.engine.decision import Change
from patron.engine.rules.checks import check_of, is_open, matches_of, read_of, test_one, value_of
from patron.engine.rules.facts import Line, RuleFacts
from patron.engine.rules.logic import numbers_in
from patron.engine.rules.names import Items, Name
from patron.engine.rules.nodes import Node, Tree
from patron.kernel.iso import ms_of

Outcome = Literal["passed", "failed", "skipped"]
MOST_TOLD = 100
"""Values of lines that are told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition: what was expected, and what is there; of lines, what each one has that is meant."""

    operator: str
    expected: tuple[Any, ...]
    actual: Any
    passes: bool


@dataclass(frozen=True, slots=True)
class NodeTrace:
    """A node: how it came out, and what was asked. One is skipped that the logic does not name, or not yet known.

    `change` is the smallest change of an amount, count or time that would make it pass (minor units, times or ms).
    """

    path: str
    name: str
    property: str | None
    outcome: Outcome
    asked: tuple[Asked, ...]
    below: tuple["NodeTrace", ...] = ()
    error: str | None = None
    change: Change | None = None


def trace_of(tree: Tree, facts: RuleFacts, calendar: Calendar, today: int) -> tuple[NodeTrace, ...]:
    """The outermost nodes of a tree, all of them looked at."""
    named = set(numbers_in(tree.logic))
    return tuple(_traced(node, facts, calendar, today, named=number in named) for number, node in tree.nodes.items())


def _traced(node: Node, facts: RuleFacts, calendar: Calendar, today: int, *, named: bool) -> NodeTrace:
    skipped = not named or is_open(node, facts)
    passes = not skipped and check_of(node, calendar, today)(facts)
    outcome: Outcome = "skipped" if skipped else "passed" if passes else "failed"
    change = None
    if isinstance(node.kind, Items):
        meant = matches_of(node, calendar, today)
        asked = _of_lines(node, list(facts.lines), lambda line: _read(node, line), calendar, today)
        lines = [line for line in facts.lines if meant(line)]
        below = _below(node.below, lines, calendar, today)
    else:
        below = ()
        actual = read_of(node)(facts)
        asked = tuple(
            Asked(each.operator, each.expected, actual, test_one(each, calendar, today)(actual))
            for each in node.conditions
        )
        if outcome == "failed":
            change = change_of(node, actual, calendar, today)
    return NodeTrace(node.path, node.name, node.property, outcome, asked, below, node.error, change)


def _read(node: Node, line: Line) -> Any:
    assert isinstance(node.kind, Items)
    value = node.kind.read(line)
    return _inside(value, node) if node.kind.metadata is not None else value


def _inside(value: Any, node: Node) -> Any:
    for name in node.conditions[0].field.path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _of_lines(
    node: Node, lines: list[Line], read: Callable[[Line], Any], calendar: Calendar, today: int
) -> tuple[Asked, ...]:
    values = [read(line) for line in lines[:MOST_TOLD]]
    return tuple(
        Asked(each.operator, each.expected, values, any(map(test_one(each, calendar, today), values)))
        for each in node.conditions
    )


def _below(tree: Tree | None, lines: list[Line], calendar: Calendar, today: int) -> tuple[NodeTrace, ...]:
    if tree is None:
        return ()
    named = set(numbers_in(tree.logic))
    traces = []
    for number, node in tree.nodes.items():
        read = value_of(node)
        asked = _of_lines(node, lines, lambda line, read=read: read(line, lines), calendar, today)  # type: ignore[misc]
        passes = bool(lines) and all(each.passes for each in asked)
        outcome: Outcome = "skipped" if number not in named else "passed" if passes else "failed"
        traces.append(NodeTrace(node.path, node.name, node.property, outcome, asked, (), node.error))
    return tuple(traces)


def change_of(node: Node, actual: Any, calendar: Calendar, today: int) -> Change | None:
    """The smallest change of a number or a time that would make all conditions of a node pass; None where none is."""
    if not isinstance(node.kind, Name):
        return None
    tests = [test_one(each, calendar, today) for each in node.conditions]
    if isinstance(actual, int) and not isinstance(actual, bool):
        numbers = [n for each in node.conditions for n in _numbers(each, actual)]
        return _nearest(node, actual, [n for n in numbers if all(test(n) for test in tests)])
    moment = ms_of(actual) if isinstance(actual, str) else None
    if moment is None:
        return None
    times = [ms for each in node.conditions for ms in _times(each, calendar, today)]
    return _nearest(node, moment, times) if len(node.conditions) == 1 else None


def _nearest(node: Node, actual: int, candidates: Iterable[int]) -> Change | None:
    changes = sorted((candidate - actual for candidate in candidates), key=lambda by: (abs(by), by))
    return Change(node.property or node.name, changes[0]) if changes and changes[0] else None


def _numbers(condition: Condition, actual: int) -> list[int]:
    """Whole numbers at which a condition comes to another end."""
    criterion = condition.criterion
    if isinstance(criterion, Compared):
        below, above = ceil(criterion.limit) - 1, floor(criterion.limit) + 1
        return [below, above, floor(criterion.limit), ceil(criterion.limit)]
    if isinstance(criterion, Is | Among):
        whole = [int(n) for n in criterion.values.numbers if n == int(n)]
        return [near for n in (*whole, actual) for near in (n - 1, n, n + 1)]
    return []


def _times(condition: Condition, calendar: Calendar, today: int) -> list[int]:
    if not isinstance(condition.criterion, Placed) or condition.negated:
        return []
    spans = spans_of(condition.criterion, calendar, today)
    return [ms for span in spans for ms in (span.first_ms, span.end_ms - 1) if abs(ms) < 2**60]
