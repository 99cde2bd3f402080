"""How numbered rules go together: an expression over their numbers, with `and`, `or` and parentheses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST_LOGIC = 2_000
"""Characters."""
MOST_PARENTHESES = 16
"""In each other."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts of which all must hold, or one."""

    by: Literal["and", "or"]
    parts: tuple["Logic", ...]


Logic = str | Joined
"""A rule's number, or several parts."""

_TOKEN = re.compile(r"\s*(?:([0-9]+)|(and|or)\b|([()]))\s*", re.IGNORECASE)


class Malformed(Exception):
    """A text is no logic; says what was expected."""


def logic_of(text: str, numbers: frozenset[str]) -> Logic:
    """The logic that a text spells out over these numbers; `and` binds closer than `or`. Raises `Malformed`."""
    if len(text) > LONGEST_LOGIC:
        raise Malformed(f"at most {LONGEST_LOGIC} characters")
    return _Parser(text, numbers).whole()


def all_of(numbers: tuple[str, ...]) -> Logic:
    """That all of these hold, of which there is one at least."""
    return numbers[0] if len(numbers) == 1 else Joined("and", numbers)


def numbers_in(logic: Logic) -> Iterator[str]:
    """The numbers that a logic speaks of, in the order in which it does."""
    if isinstance(logic, str):
        yield logic
    else:
        for part in logic.parts:
            yield from numbers_in(part)


def blamed(logic: Logic, passes: Callable[[str], bool]) -> list[str]:
    """Where a logic does not hold, the numbers that would have to change: those of failing parts that do not pass."""
    if isinstance(logic, str):
        return [] if passes(logic) else [logic]
    if holds(logic, passes):
        return []
    found = [number for part in logic.parts for number in blamed(part, passes)]
    return list(dict.fromkeys(found))


def holds(logic: Logic, passes: Callable[[str], bool]) -> bool:
    """Whether a logic holds."""
    if isinstance(logic, str):
        return passes(logic)
    if logic.by == "and":
        return all(holds(part, passes) for part in logic.parts)
    return any(holds(part, passes) for part in logic.parts)


class _Parser:
    def __init__(self, text: str, numbers: frozenset[str]) -> None:
        self._tokens = self._split(text)
        self._numbers = numbers
        self._place = 0

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens, place = [], 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise Malformed("numbers of rules, and, or, and parentheses")
            tokens.append((found[1] or found[2] or found[3]).lower())
            place = found.end()
        return tokens

    def whole(self) -> Logic:
        logic = self._joined("or", 0)
        if self._place < len(self._tokens):
            raise Malformed("and, or, or the end, after each part")
        return logic

    def _joined(self, by: Literal["and", "or"], level: int) -> Logic:
        parts = [self._part(by, level)]
        while self._next() == by:
            self._place += 1
            parts.append(self._part(by, level))
        return parts[0] if len(parts) == 1 else Joined(by, tuple(parts))

    def _part(self, by: str, level: int) -> Logic:
        return self._joined("and", level) if by == "or" else self._one(level)

    def _one(self, level: int) -> Logic:
        word = self._next()
        self._place += 1
        if word == "(":
            if level >= MOST_PARENTHESES:
                raise Malformed(f"at most {MOST_PARENTHESES} parentheses in each other")
            inner = self._joined("or", level + 1)
            if self._next() != ")":
                raise Malformed("each parenthesis to be closed")
            self._place += 1
            return inner
        if word is None or not word.isdigit():
            raise Malformed("a rule's number, or a part in parentheses")
        if word not in self._numbers:
            raise Malformed(f"numbers of rules that are there, and {word[:8]} is not")
        return word

    def _next(self) -> str | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None
