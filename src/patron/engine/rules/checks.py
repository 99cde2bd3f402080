"""Rules as closures: each asks its values in a few calls, and stops where the end is settled."""

from collections.abc import Callable
from typing import Any

from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.filters import Condition
from patron.engine.conditions.predicates import reader, test_of
from patron.engine.rules.facts import Line, RuleFacts
from patron.engine.rules.logic import Logic
from patron.engine.rules.names import Items, Name, Sub, price_of
from patron.engine.rules.nodes import Node, Tree

Check = Callable[[RuleFacts], bool]
Test = Callable[[Any], bool]
OfLine = Callable[[Line, list[Line]], bool]
"""Whether a line passes, among all that are meant."""


def check_of(node: Node, calendar: Calendar, today: int) -> Check:
    """Whether the facts pass a node on a day (days since 1970-01-01)."""
    if isinstance(node.kind, Items):
        return _of_items(node, node.kind, calendar, today)
    assert isinstance(node.kind, Name)
    check = _of_value(read_of(node), tests_of(node, calendar, today))
    return _known(check, node.kind)


def _known(check: Check, kind: Name) -> Check:
    """The check where its value can be known: nobody is in no segment, and what was not applied left nothing yet."""
    is_shared = kind.budget is not None and kind.budget.is_shared
    if kind.of_customer:
        return lambda facts: facts.customer is not None and check(facts)
    if kind.when == "applied" and is_shared:
        return lambda facts: not facts.applied or not facts.budgets or check(facts)
    if kind.when == "applied":
        return lambda facts: not facts.applied or check(facts)
    if is_shared:
        return lambda facts: not facts.budgets or check(facts)
    return check


def is_open(node: Node, facts: RuleFacts) -> bool:
    """Whether a node is passed over, since its value is not known yet, or nobody asks for it."""
    kind = node.kind
    if not isinstance(kind, Name):
        return False
    is_shared = kind.budget is not None and kind.budget.is_shared
    return (kind.when == "applied" and not facts.applied) or (is_shared and not facts.budgets)


def read_of(node: Node) -> Callable[[RuleFacts], Any]:
    """What a node's conditions look at."""
    assert isinstance(node.kind, Name)
    read = node.kind.read
    if node.kind.metadata is None or not node.conditions:
        return read
    inside = reader(node.conditions[0].field.path)
    return lambda facts: inside(read(facts))


def tests_of(node: Node, calendar: Calendar, today: int) -> list[Test]:
    """The tests of a node's conditions, one each."""
    return [test_one(condition, calendar, today) for condition in node.conditions]


def test_one(condition: Condition, calendar: Calendar, today: int) -> Test:
    """The test of one condition, its negation included."""
    test = test_of(condition.criterion, condition.field, calendar, today)
    return (lambda value: not test(value)) if condition.negated else test


def _together(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def _of_value(read: Callable[[RuleFacts], Any], tests: list[Test]) -> Check:
    test = _together(tests)
    return lambda facts: test(read(facts))


def joined(logic: Logic, checks: dict[str, Any]) -> Callable[..., bool]:
    """The check of a logic over the checks of its numbers, which take any arguments."""
    if isinstance(logic, str):
        only: Callable[..., bool] = checks[logic]
        return only
    parts = [joined(part, checks) for part in logic.parts]
    settles = logic.by == "or"

    def check(*args: Any) -> bool:
        for part in parts:
            if part(*args) is settles:
                return settles
        return not settles

    return check


def _of_items(node: Node, kind: Items, calendar: Calendar, today: int) -> Check:
    means = matches_of(node, calendar, today)
    passes = below_of(node.below, calendar, today)
    mode = "every" if any_flag(node.below, "all") and kind.mode == "any" else kind.mode
    if mode == "none":
        return lambda facts: not any(means(line) for line in facts.lines)
    if mode in ("cheapest", "most_expensive"):
        return lambda facts: (one := outermost(facts, mode)) is not None and means(one) and passes(one, [one])

    def any_line(facts: RuleFacts) -> bool:
        meant = [line for line in facts.lines if means(line)]
        return any(passes(line, meant) for line in meant)

    def every_line(facts: RuleFacts) -> bool:
        meant = list(facts.lines)
        return bool(meant) and all(means(line) and passes(line, meant) for line in meant)

    return any_line if mode == "any" else every_line


def matches_of(node: Node, calendar: Calendar, today: int) -> Callable[[Line], bool]:
    """Whether a node about lines means a line."""
    assert isinstance(node.kind, Items)
    if not node.conditions:
        return lambda _line: True
    read, test = node.kind.read, _together(tests_of(node, calendar, today))
    if node.kind.metadata is not None:
        inside = reader(node.conditions[0].field.path)
        return lambda line: test(inside(read(line)))
    return lambda line: test(read(line))


def below_of(tree: Tree | None, calendar: Calendar, today: int) -> OfLine:
    """What the rules below one about lines ask of each of them."""
    if tree is None:
        return lambda _line, _meant: True
    checks = {number: _of_line(node, calendar, today) for number, node in tree.nodes.items()}
    return joined(tree.logic, checks)


def _of_line(node: Node, calendar: Calendar, today: int) -> OfLine:
    read, test = value_of(node), _together(tests_of(node, calendar, today))
    return lambda line, meant: test(read(line, meant))


def value_of(node: Node) -> Callable[[Line, list[Line]], Any]:
    """What a rule below one about lines looks at."""
    kind = node.kind
    assert isinstance(kind, Sub)
    read, read_all = kind.read, kind.read_all
    if read_all is not None:
        return lambda _line, meant: read_all(meant)
    if read is None:
        return lambda _line, _meant: True
    if kind.metadata is not None:
        inside = reader(node.conditions[0].field.path)
        return lambda line, _meant: inside(read(line))
    return lambda line, _meant: read(line)


def any_flag(tree: Tree | None, flag: str) -> bool:
    """Whether a rule directly below says this."""
    nodes = () if tree is None else tree.nodes.values()
    return any(isinstance(node.kind, Sub) and node.kind.flag == flag for node in nodes)


def outermost(facts: RuleFacts, mode: str) -> Line | None:
    """The cheapest or the dearest line; of equal prices that of the smaller amount, then the earlier (spec I 1.3)."""
    priced = [
        (price, line.amount or 0, n) for n, line in enumerate(facts.lines) if (price := price_of(line)) is not None
    ]
    if not priced:
        return None
    sign = 1 if mode == "cheapest" else -1
    return facts.lines[min(priced, key=lambda each: (sign * each[0], each[1], each[2]))[2]]
