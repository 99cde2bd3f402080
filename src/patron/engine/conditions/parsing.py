"""Parsing: plain values, as a caller has sent them, to a filter; or the fault in them, by its path."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from patron.engine.conditions.fields import Field, Fields
from patron.engine.conditions.filters import Condition, Fault, Filter, Group, Junction, Negation, Some
from patron.engine.conditions.operands import MOST_VALUES, Unfit
from patron.engine.conditions.operators import FOR_MANY, Operators, legal_for

MOST_CONDITIONS = 200
MOST_LEVELS = 8
"""Of groups in groups, the filter itself being the first."""
LONGEST_NAME = 100
"""Characters of a name from outside that a fault repeats."""

JUNCTION = "junction"
ALL, ANY, NOT = "$and", "$or", "$not"
OF_ALL_ENTRIES = frozenset(("$includes", "$not_differ", "$count", "$count_more", "$count_less"))
"""Operators that look at all entries of an array; in a list of facts each entry is looked at by itself."""
_JUNCTIONS: dict[str, Junction] = {"and": "and", "or": "or"}


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a filter may say: the fields there are, how to tell somebody which, and the operators."""

    fields: Fields
    known: str
    operators: Operators = field(default_factory=lambda: FOR_MANY)


class _Faulty(Exception):
    def __init__(self, path: str, expected: str) -> None:
        super().__init__(path)
        self.fault = Fault(path, expected)


def parse(given: Any, grammar: Grammar, path: str = "filter") -> Filter | Fault:
    """The filter that a value from outside spells out.

    `{junction: and | or, <field>: {conditions: {<operator>: <operands>}}, …}`; a junction that is absent is `and`, as
    is what joins several operators of one field. Beside fields there may be groups: `$and` and `$or` with arrays of
    filters, `$not` with one.
    """
    try:
        return _Parser(grammar).group(given, path, 1)
    except _Faulty as faulty:
        return faulty.fault


def parse_conditions(given: Any, of: Field, grammar: Grammar, path: str) -> tuple[Condition, ...] | Fault:
    """The conditions on one field: `{<operator>: <operands>, …}`, as validation rules have them."""
    try:
        return tuple(_Parser(grammar).conditions(given, of, path))
    except _Faulty as faulty:
        return faulty.fault


class _Parser:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._room = MOST_CONDITIONS

    def group(self, given: Any, path: str, level: int) -> Filter:
        if not isinstance(given, Mapping):
            raise _Faulty(path, "an object of fields with conditions")
        if level > MOST_LEVELS:
            raise _Faulty(path, f"at most {MOST_LEVELS} levels of groups")
        junction = _junction(given, path)
        parts: list[Filter] = []
        for name, value in given.items():
            if name != JUNCTION:
                found = self._part(name, value, f"{path}.{_shown(name)}", level)
                parts += found if junction == "and" or len(found) == 1 else [Group("and", tuple(found))]
        if not parts:
            raise _Faulty(path, "at least one condition")
        if junction == "and":
            parts = _of_one_entry(parts)
        return parts[0] if len(parts) == 1 else Group(junction, tuple(parts))

    def _part(self, name: Any, value: Any, path: str, level: int) -> list[Filter]:
        if name == NOT:
            return [Negation(self.group(value, path, level + 1))]
        if name in (ALL, ANY):
            return [self._groups(value, "and" if name == ALL else "or", path, level)]
        found = self._grammar.fields(name) if isinstance(name, str) else None
        if found is None:
            raise _Faulty(path, f"a field: {self._grammar.known}")
        given = value.get("conditions") if isinstance(value, Mapping) else None
        conditions = self.conditions(given, found, f"{path}.conditions")
        if found.many:
            return _of_entries(conditions)
        return list(conditions) if len(conditions) == 1 else [Group("and", tuple(conditions))]

    def _groups(self, given: Any, junction: Junction, path: str, level: int) -> Filter:
        if not isinstance(given, list) or not given:
            raise _Faulty(path, "an array of filters")
        if len(given) > self._room:
            raise _too_many(path)
        parts = [self.group(each, f"{path}[{n}]", level + 1) for n, each in enumerate(given)]
        alone = len(parts) == 1 and not isinstance(parts[0], Some)
        return parts[0] if alone else Group(junction, tuple(parts))

    def conditions(self, given: Any, of: Field, path: str) -> list[Condition]:
        if not isinstance(given, Mapping) or not given:
            raise _Faulty(path, "an object of operators with their values")
        self._room -= len(given)
        if self._room < 0:
            raise _too_many(path)
        return [self._condition(name, operands, of, path) for name, operands in given.items()]

    def _condition(self, name: Any, operands: Any, of: Field, path: str) -> Condition:
        path = f"{path}.{_shown(name)}"
        operators = self._grammar.operators
        operator = operators.get(name) if isinstance(name, str) else None
        make = operator.makers.get(of.type) if operator is not None else None
        if operator is None or make is None or (of.many and name in OF_ALL_ENTRIES):
            legal = ", ".join(
                each for each in legal_for(operators, of.type) if not of.many or each not in OF_ALL_ENTRIES
            )
            raise _Faulty(path, f"an operator of a field of type {of.type.value}: {legal}")
        listed = operands if isinstance(operands, list) else [operands]
        if len(listed) > MOST_VALUES:
            raise _Faulty(path, f"at most {MOST_VALUES} values")
        try:
            criterion = make(listed, of)
        except Unfit as unfit:
            place = "" if unfit.place is None or not isinstance(operands, list) else f"[{unfit.place}]"
            raise _Faulty(f"{path}{place}", unfit.expected) from None
        return Condition(of, name, criterion, operator.negated, tuple(_frozen(each) for each in listed))


def _of_entries(conditions: list[Condition]) -> list[Filter]:
    """The conditions of one field of a list: one entry must meet those that are not negated, none one that is."""
    together = tuple(each for each in conditions if not each.negated)
    apart = [Some((replace(each, negated=False),), negated=True) for each in conditions if each.negated]
    return [Some(together), *apart] if together else [*apart]


def _of_one_entry(parts: list[Filter]) -> list[Filter]:
    """Parts that stand beside one another: what they ask of a list of facts, one entry must have all of."""
    joined: dict[Any, Filter] = {}
    for place, part in enumerate(parts):
        name = part.group if isinstance(part, Some) and not part.negated else place
        first = joined.get(name)
        joined[name] = Some(first.parts + part.parts) if isinstance(first, Some) and isinstance(part, Some) else part
    return list(joined.values())


def _junction(given: Mapping[Any, Any], path: str) -> Junction:
    junction = given.get(JUNCTION, "and")
    known = _JUNCTIONS.get(junction.lower()) if isinstance(junction, str) else None
    if known is None:
        raise _Faulty(f"{path}.{JUNCTION}", "and, or")
    return known


def _frozen(operand: Any) -> Any:
    """An operand as part of what never changes: of an object that names something, its ids."""
    if not isinstance(operand, dict):
        return operand
    return tuple((name, operand[name]) for name in ("id", "source_id") if isinstance(operand.get(name), str))


def _shown(name: Any) -> str:
    text = str(name) if isinstance(name, str) else "?"
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"


def _too_many(path: str) -> _Faulty:
    return _Faulty(path, f"at most {MOST_CONDITIONS} conditions in all")
