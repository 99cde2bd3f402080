"""Filters: trees of conditions, which are made by `parse` alone and never change."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from patron.engine.conditions.criteria import TIMED, Among, Criterion, Is
from patron.engine.conditions.fields import Field

Junction = Literal["and", "or"]


@dataclass(frozen=True, slots=True)
class Condition:
    """That a field's value meets a criterion, or with `negated` that it does not.

    `operator` and `expected` are as they were written: `$is_not`, and its values as a tuple.
    """

    field: Field
    operator: str
    criterion: Criterion
    negated: bool
    expected: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Filters of which all must pass, or one."""

    junction: Junction
    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """Passes where its filter does not."""

    part: "Filter"


@dataclass(frozen=True, slots=True)
class Some:
    """That one entry of a list of facts meets all of these conditions; with `negated` that none does.

    The conditions are on fields of that list, and none is negated by itself.
    """

    parts: tuple[Condition, ...]
    negated: bool = False

    @property
    def group(self) -> str:
        """The name of the list."""
        return self.parts[0].field.path[0]


Filter = Condition | Group | Negation | Some


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something is no filter: the path to what is wrong, and what was expected there."""

    path: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}"


def conditions_of(of: Filter) -> Iterator[Condition]:
    """Every condition of a filter, in the order in which they were written."""
    if isinstance(of, Condition):
        yield of
    elif isinstance(of, Negation):
        yield from conditions_of(of.part)
    else:
        for part in of.parts:
            yield from conditions_of(part)


def reads(of: Filter) -> frozenset[tuple[str, ...]]:
    """The paths of the facts that a filter looks at: where none of them changes, neither does the outcome.

    Of a list of entries it is the list's.
    """
    fields = (condition.field for condition in conditions_of(of))
    return frozenset(field.path[:1] if field.many else field.path for field in fields)


def only(of: Filter, name: str) -> str | None:
    """The text that this field must have wherever a filter passes; None where the filter does not say so plainly."""
    if isinstance(of, Group):
        parts = of.parts if of.junction == "and" else ()
        return next((text for part in parts if (text := only(part, name)) is not None), None)
    if isinstance(of, Negation | Some) or of.negated or of.field.path != (name,):
        return None
    texts = of.criterion.values.texts if isinstance(of.criterion, Is | Among) else frozenset()
    return next(iter(texts)) if len(texts) == 1 else None


def is_timed(of: Filter) -> bool:
    """Whether a filter may come to another end on another day, though no fact changes."""
    return any(isinstance(condition.criterion, TIMED) for condition in conditions_of(of))
