"""Metadata against definitions: compiled once to closures, so that a write pays for its own keys alone."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from patron.domains.metadata_schemas.model import ANY_OBJECT, Definition
from patron.domains.metadata_schemas.policy.types import Test, every, sentence_of, test_of
from patron.kernel.problems import Problem, metadata_validation_failed

MOST_TOLD = 20
"""How many faults a refusal tells; it counts the others."""
LONGEST_VALUE = 100
"""How many characters of a value a refusal repeats."""


class Faults:
    """What is wrong with some metadata: key, reason and value of each fault, up to a bound."""

    __slots__ = ("more", "told")

    def __init__(self) -> None:
        self.told: list[str] = []
        self.more = 0

    def add(self, key: str, reason: str, value: Any) -> None:
        """A key, by its path, whose value is not as it must be."""
        self._add(f"{key}: {reason} (actual value is {_shown(value)})")

    def lacks(self, key: str) -> None:
        """A key that must be there and is not."""
        self._add(f"{key}: property is required")

    def _add(self, text: str) -> None:
        if len(self.told) < MOST_TOLD:
            self.told.append(text)
        else:
            self.more += 1


Check = Callable[[Mapping[str, Any], str, Faults], None]
"""Looks at metadata and adds what is wrong; the text stands before each key (a path, or nothing)."""
Look = Callable[[Any, str, Faults], None]


def refused(faults: Faults) -> Problem:
    """The refusal, 400 `metadata_validation_failed`, that tells these faults."""
    more = [f"and {faults.more} more"] if faults.more else []
    return metadata_validation_failed("; ".join([*faults.told, *more]))


def compiled(
    definitions: Mapping[str, Definition], *, defined_only: bool, object_of: Callable[[str], Check | None]
) -> Check:
    """The check of these definitions.

    `object_of` gives the check of a custom object by its name, None where there is none: then any object passes. A key
    that is null is as one that is absent. `defined_only` refuses keys without a definition; one whose definition is
    out of use is taken, whatever it holds, so that a record that still has it can be written.
    """
    rules = [_rule(name, each, object_of) for name, each in definitions.items() if not _is_out_of_use(each)]
    known = frozenset(definitions) if defined_only else None

    def check(metadata: Mapping[str, Any], before: str, faults: Faults) -> None:
        get = metadata.get
        for name, required, test, reason, inside in rules:
            value = get(name)
            if value is None:
                if required:
                    faults.lacks(before + name)
            elif not test(value):
                faults.add(before + name, reason, value)
            elif inside is not None:
                inside(value, before + name, faults)
        if known is not None and not metadata.keys() <= known:
            for name, value in metadata.items():
                if name not in known and value is not None:
                    faults.add(before + name, "property is not defined", value)

    return check


Rule = tuple[str, bool, Test, str, Look | None]


def _rule(name: str, definition: Definition, object_of: Callable[[str], Check | None]) -> Rule:
    test = test_of(definition)
    look = _look_inside(definition, object_of)
    return (
        name,
        not definition.optional,
        every(test) if definition.array else test,
        sentence_of(definition),
        look,
    )


def _is_out_of_use(definition: Definition) -> bool:
    return definition.deleted is True


def _look_inside(definition: Definition, object_of: Callable[[str], Check | None]) -> Look | None:
    name = definition.object_type
    check = object_of(name) if name is not None and name != ANY_OBJECT else None
    if check is None:
        return None

    def one(value: Any, path: str, faults: Faults) -> None:
        check(value, f"{path}.", faults)

    def many(values: Any, path: str, faults: Faults) -> None:
        for n, value in enumerate(values):
            check(value, f"{path}[{n}].", faults)

    return many if definition.array else one


def _shown(value: Any) -> str:
    text = f"'{value}'" if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
