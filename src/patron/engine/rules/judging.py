"""Asking a rule: whether it holds, and if not, what refuses (spec I 3.2, C 4.9)."""

from typing import NamedTuple

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.criteria import TIMED
from patron.engine.decision import Refusal, Trace
from patron.engine.rules.checks import Check, check_of, joined
from patron.engine.rules.facts import RuleFacts
from patron.engine.rules.logic import blamed
from patron.engine.rules.names import Family, Items, Name
from patron.engine.rules.nodes import Node, Rule, nodes_of
from patron.engine.rules.traces import NodeTrace, trace_of

_MESSAGES: dict[Family, tuple[str, str]] = {
    "customer": ("customer_rules_violated", "customer does not match segment rules"),
    "order": ("order_rules_violated", "order does not match validation rules"),
    "redemption": ("redemption_rules_violated", "redemption does not match validation rules"),
}
_MISSING = ("missing_customer", "Missing customer")


class Judgement(NamedTuple):
    """How a rule came out: whether it holds, each node, and the refusals where it does not."""

    holds: bool
    nodes: tuple[NodeTrace, ...]
    refusals: tuple[Refusal, ...]


class Judge:
    """A rule in a project's calendar, ready to be asked; kept with the rulebook."""

    __slots__ = ("_calendar", "_check", "_day", "_is_timed", "budgets", "rule", "segments", "things", "when")

    def __init__(self, rule: Rule, calendar: Calendar) -> None:
        self.rule = rule
        self.when = rule.when
        self.budgets = rule.budgets
        self.segments = rule.segments
        self.things = rule.things
        self._calendar = calendar
        conditions = [each for node in nodes_of(rule.tree) for each in node.conditions]
        self._is_timed = any(isinstance(each.criterion, TIMED) for each in conditions)
        self._check: Check | None = None
        self._day: int | None = None

    def holds(self, facts: RuleFacts) -> bool:
        """Whether the facts pass; stops where that is settled."""
        tree = self.rule.tree
        if tree is None:
            return True
        day = self._today(facts)
        if self._check is None or day != self._day:
            checks = {number: check_of(node, self._calendar, day) for number, node in tree.nodes.items()}
            self._check, self._day = joined(tree.logic, checks), day
        return self._check(facts)

    def refusals(self, facts: RuleFacts) -> tuple[Refusal, ...]:
        """Why the rule does not hold, if it does not: one refusal for each node that would have to change."""
        return () if self.holds(facts) else self.judgement(facts).refusals

    def judgement(self, facts: RuleFacts) -> Judgement:
        """The whole of it: every node is looked at."""
        tree = self.rule.tree
        if tree is None:
            return Judgement(holds=True, nodes=(), refusals=())
        day = self._calendar.zone.day_of(facts.now)
        nodes = trace_of(tree, facts, self._calendar, day)
        by_number = dict(zip(tree.nodes, nodes, strict=True))
        faults = blamed(tree.logic, lambda number: by_number[number].outcome != "failed")
        alone = len(faults) == 1
        refusals = tuple(_refusal(self.rule, tree.nodes[n], by_number[n], facts, alone=alone) for n in faults)
        return Judgement(holds=not faults, nodes=nodes, refusals=refusals)

    def _today(self, facts: RuleFacts) -> int:
        return self._calendar.zone.day_of(facts.now) if self._is_timed else 0


def _refusal(rule: Rule, node: Node, trace: NodeTrace, facts: RuleFacts, *, alone: bool) -> Refusal:
    """One failing node as a refusal. What would have to change is told where it alone stands in the way."""
    family: Family = "order" if isinstance(node.kind, Items) else _family(node)
    code, message = _MESSAGES[family]
    if isinstance(node.kind, Name) and node.kind.of_customer and facts.customer is None:
        code, message = _MISSING
    expected = {each.operator: list(each.expected) for each in trace.asked}
    actual = trace.asked[0].actual if trace.asked else None
    what = node.name if node.property is None else f"{node.name} {node.property}"
    details = f"{rule.id}: rule {node.path}, {what}: expected {_spelled(expected)}"
    told = Trace(f"{rule.id}/{node.path}", expected, actual, trace.change if alone else None)
    return Refusal(code, message, details, told, error=node.error or rule.error)


def _family(node: Node) -> Family:
    assert isinstance(node.kind, Name)
    return node.kind.family


def _spelled(expected: dict[str, list[object]]) -> str:
    """The conditions for people; long lists are cut."""
    parts = [
        f"{operator} {', '.join(map(_told, values[:5]))}{'…' if len(values) > 5 else ''}"
        for operator, values in expected.items()
    ]
    return " and ".join(parts) or "matching lines"


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return str(value[0][1]) if value else "?"
    text = str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
