"""The operators of points: in a location, and in none. They belong to a grammar that knows the locations."""

from collections.abc import Callable, Iterable
from typing import Any

from patron.engine.areas import Areas
from patron.engine.conditions.criteria import Criterion, Located
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.operands import Unfit
from patron.engine.conditions.operators import Operator, Operators

Locate = Callable[[str], Areas | None]
"""The areas of the location with an id; None where there is none."""

IN, NOT_IN = "$in_location", "$not_in_location"


def with_locations(operators: Operators, locate: Locate, types: Iterable[Type] = (Type.POINT,)) -> Operators:
    """These operators, and those that ask fields of these types for locations."""

    def make(given: list[Any], _field: Field) -> Criterion:
        return Located(_areas_of(given, locate))

    makers = dict.fromkeys(types, make)
    return {**operators, IN: Operator(makers), NOT_IN: Operator(makers, negated=True)}


def _areas_of(given: list[Any], locate: Locate) -> Areas:
    if not given:
        raise Unfit("the id of at least one location")
    found: dict[str, Areas] = {}
    for place, each in enumerate(given):
        areas = locate(each) if isinstance(each, str) else None
        if areas is None:
            raise Unfit("the id of a location", place)
        found[each] = areas
    return tuple(area for areas in found.values() for area in areas)
