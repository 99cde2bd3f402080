"""Reading rules: plain values, as a caller has sent them, to a tree; or the fault in them, by its path (spec C 4.1)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Condition, Fault
from patron.engine.conditions.operators import FOR_ONE
from patron.engine.conditions.parsing import Grammar, parse_conditions
from patron.engine.rules.logic import Logic, Malformed, all_of, logic_of
from patron.engine.rules.names import ALIASES, ITEMS, UNCOUNTED, VALUES, Items, Name, Sub
from patron.engine.rules.nodes import Node, Tree

MOST_RULES = 200
"""Rules of one validation rule, those below others included."""
LONGEST_ERROR = 1_000
"""Characters of a message."""
LONGEST_PROPERTY = 255
LOGIC = "logic"

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_ALWAYS_KNOWN = 60
"""Characters of what came from outside that a fault repeats."""

Property = Callable[[str, str], Field | None]
"""The field of a property of a resource's metadata: `("customer", "level")`; None where there is none."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What rules may say: which properties there are, and why a rule of this name is not for this context."""

    property: Property
    illegal: Callable[[str], str | None] = lambda _name: None


class _Faulty(Exception):
    def __init__(self, path: str, expected: str) -> None:
        super().__init__(path)
        self.fault = Fault(path, expected)


def parse(given: Any, terms: Terms, path: str = "rules") -> Tree | Fault | None:
    """The tree that values from outside spell out, None where there are no rules.

    `{"1": {name, property, conditions, rules, error}, …, logic}`; without a logic, all rules must hold.
    """
    try:
        return _Parser(terms).tree(given, path, "", None)
    except _Faulty as faulty:
        return faulty.fault


class _Parser:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._room = MOST_RULES

    def tree(self, given: Any, path: str, numbers: str, above: Items | None) -> Tree | None:
        if not isinstance(given, Mapping):
            raise _Faulty(path, "an object of numbered rules with a logic")
        rules = {key: value for key, value in given.items() if key != LOGIC}
        self._room -= len(rules)
        if self._room < 0:
            raise _Faulty(path, f"at most {MOST_RULES} rules in all")
        for key in rules:
            if not _NUMBER.fullmatch(key):
                raise _Faulty(f"{path}.{_shown(key)}", "a number from 1")
        logic = self._logic(given.get(LOGIC), tuple(rules), f"{path}.{LOGIC}")
        if logic is None:
            return None
        nodes = {key: self._node(value, f"{path}.{key}", f"{numbers}{key}", above) for key, value in rules.items()}
        return Tree(nodes, logic)

    @staticmethod
    def _logic(given: Any, numbers: tuple[str, ...], path: str) -> Logic | None:
        if not isinstance(given, str | None):
            raise _Faulty(path, "a text")
        try:
            if given is not None and given.strip():
                return logic_of(given, frozenset(numbers))
        except Malformed as malformed:
            raise _Faulty(path, str(malformed)) from None
        return all_of(numbers) if numbers else None

    def _node(self, given: Any, path: str, numbers: str, above: Items | None) -> Node:
        if not isinstance(given, Mapping):
            raise _Faulty(path, "an object with name and conditions")
        name = self._name(given.get("name"), f"{path}.name", above)
        kind: Name | Items | Sub = _kind(name) if above is None else above.below[name]
        field, prop = self._field(given.get("property"), name, kind, f"{path}.property")
        return Node(
            path=numbers,
            name=name,
            property=prop,
            kind=kind,
            conditions=self._conditions(given, kind, field, path),
            below=self._below(given.get("rules"), kind, path, numbers),
            error=error_of(given.get("error"), f"{path}.error"),
        )

    def _name(self, given: Any, path: str, above: Items | None) -> str:
        name = ALIASES.get(given, given) if isinstance(given, str) else None
        if name is not None and name in UNCOUNTED:
            raise _Faulty(path, UNCOUNTED[name])
        known = {*VALUES, *ITEMS} if above is None else set(above.below)
        if name is None or name not in known:
            raise _Faulty(path, f"the name of a rule: {', '.join(sorted(known))}")
        reason = self._terms.illegal(name)
        if reason is not None:
            raise _Faulty(path, reason)
        return name

    def _field(self, given: Any, name: str, kind: Name | Items | Sub, path: str) -> tuple[Field, str | None]:
        if kind.metadata is None:
            return Field(name, (name,), kind.type), None
        if not isinstance(given, str) or not 0 < len(given) <= LONGEST_PROPERTY:
            raise _Faulty(path, f"one, which {name} needs, of at most {LONGEST_PROPERTY} characters")
        field = self._terms.property(kind.metadata, given)
        if field is None:
            raise _Faulty(path, f"a property of {kind.metadata} metadata")
        return field, given

    @staticmethod
    def _conditions(
        given: Mapping[str, Any], kind: Name | Items | Sub, field: Field, path: str
    ) -> tuple[Condition, ...]:
        conditions = given.get("conditions")
        if not conditions and isinstance(kind, Items) and kind.below and field.type is Type.REFERENCE:
            return ()
        found = parse_conditions(_without_blanks(conditions), field, _GRAMMAR, f"{path}.conditions")
        if isinstance(found, Fault):
            raise _Faulty(found.path, found.expected)
        return found

    def _below(self, given: Any, kind: Name | Items | Sub, path: str, numbers: str) -> Tree | None:
        if not given:
            return None
        path = f"{path}.rules"
        if not isinstance(kind, Items) or not kind.below:
            if isinstance(given, Mapping) and not given.get(LOGIC) and set(given) <= {LOGIC}:
                return None
            raise _Faulty(path, "no rules below this one")
        return self.tree(given, path, f"{numbers}.", kind)


def error_of(given: Any, path: str) -> str | None:
    """The message that is told where a rule fails. Raises a fault as `parse` gives it."""
    message = given.get("message") if isinstance(given, Mapping) else given
    if message is None:
        return None
    if not isinstance(message, str) or not isinstance(given, Mapping) or len(message) > LONGEST_ERROR:
        raise _Faulty(path, f"an object with a message of at most {LONGEST_ERROR} characters")
    return message


def _kind(name: str) -> Name | Items:
    return VALUES[name] if name in VALUES else ITEMS[name]


def _without_blanks(conditions: Any) -> Any:
    """Conditions whose references have no empty ids: clients send them beside the one that counts."""
    if not isinstance(conditions, Mapping):
        return conditions
    return {
        operator: [_without_blank(each) for each in operands]
        if isinstance(operands, list)
        else _without_blank(operands)
        for operator, operands in conditions.items()
    }


def _without_blank(operand: Any) -> Any:
    return {name: value for name, value in operand.items() if value != ""} if isinstance(operand, Mapping) else operand


def _shown(key: Any) -> str:
    text = str(key)
    return text if len(text) <= _ALWAYS_KNOWN else f"{text[:_ALWAYS_KNOWN]}…"


_GRAMMAR = Grammar(lambda _name: None, "", FOR_ONE)
