"""What a schema may say: definitions that can be met, of types that exist, of objects that do not hold themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import UnsetType

from patron.domains.metadata_schemas.model import ANY_OBJECT, RESOURCES, Definition, Definitions
from patron.domains.metadata_schemas.policy.types import test_of
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import Problem, invalid_payload

MOST_DEFINITIONS = 100
"""Of one schema, those out of use included (spec C 5.1)."""
MOST_SCHEMAS = 100
MOST_BYTES = 262_144
"""Of one schema's definitions, as JSON."""

_NUMBER_BOUNDS = ("lt", "lte", "gt", "gte")
_LENGTH_BOUNDS = ("min_length", "max_length", "exact_length")
_LISTS = ("eq", "ne")
_BELONGING: dict[str, tuple[str, ...]] = {
    "object_type": ("object",),
    **dict.fromkeys(_LISTS, ("string", "number", "date")),
    **dict.fromkeys(_NUMBER_BOUNDS, ("number",)),
    **dict.fromkeys(_LENGTH_BOUNDS, ("string",)),
}
"""The types that each constraint belongs to."""


Spell = Callable[[str], str]
"""How the caller writes a constraint's name (`min_length` or `minLength`), for the details of a refusal."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the request a definition stands."""

    path: str
    spell: Spell

    def of(self, constraint: str) -> str:
        """The path of one of its constraints."""
        return f"{self.path}.{self.spell(constraint)}"


def merged(before: Definitions, given: Definitions) -> Definitions:
    """The definitions after a change: those given anew replace those of their name, the others stay.

    Problem 400 where a type would change: what is stored was checked as the old type (spec C 5.1).
    """
    for name, definition in given.items():
        old = before.get(name)
        if old is not None and old.type != definition.type:
            raise invalid_payload(f"properties.{name}.type: expected {old.type}, which cannot be changed")
    return {**before, **given}


def check_definitions(
    related_object: str, definitions: Definitions, others: Mapping[str, Definitions], spell: Spell
) -> None:
    """Refuse definitions that cannot hold.

    `others` are the project's other schemas by name. Raises Problem 400 that names the property and the constraint.
    """
    if len(definitions) > MOST_DEFINITIONS:
        raise invalid_payload(f"properties: expected at most {MOST_DEFINITIONS}, those out of use included")
    if len(msgspec.json.encode(definitions)) > MOST_BYTES:
        raise invalid_payload(f"properties: expected at most {MOST_BYTES} bytes in all")
    for name, definition in definitions.items():
        _check_name(name)
        _check_definition(_Place(f"properties.{name}", spell), definition)
    _check_objects(related_object, definitions, others, spell)


def objects_of(definitions: Definitions) -> dict[str, str]:
    """The custom objects that definitions in use refer to, each with a property that does."""
    return {
        each.object_type: name
        for name, each in definitions.items()
        if each.object_type is not None and each.object_type != ANY_OBJECT and each.deleted is not True
    }


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= 255:
        raise invalid_payload("properties: expected names of 1 to 255 characters")


def _check_definition(place: _Place, definition: Definition) -> None:
    _check_belonging(place, definition)
    for name in _LISTS:
        _check_listed(place.of(name), definition, getattr(definition, name))
    for name in _NUMBER_BOUNDS:
        check_metadata(getattr(definition, name), place.of(name))
    _check_range(place, definition)
    _check_lengths(place, definition)
    if definition.eq and not any(map(test_of(definition), definition.eq)):
        raise invalid_payload(f"{place.of('eq')}: expected at least one value that the other constraints allow")


def _check_belonging(place: _Place, definition: Definition) -> None:
    for name, types in _BELONGING.items():
        given = getattr(definition, name)
        if given not in (None, []) and not isinstance(given, UnsetType) and definition.type not in types:
            raise invalid_payload(f"{place.of(name)}: expected with the type {' or '.join(types)} alone")


def _check_listed(path: str, definition: Definition, values: list[str | int | float | bool] | UnsetType) -> None:
    if isinstance(values, UnsetType):
        return
    is_of_type = test_of(Definition(type=definition.type, array=False, optional=True))
    for n, value in enumerate(values):
        if not is_of_type(value):
            raise invalid_payload(f"{path}[{n}]: expected a {definition.type}")
        check_metadata(value, f"{path}[{n}]")


def _check_range(place: _Place, definition: Definition) -> None:
    for low in ("gt", "gte"):
        for high in ("lt", "lte"):
            least, most = getattr(definition, low), getattr(definition, high)
            if isinstance(least, UnsetType) or isinstance(most, UnsetType):
                continue
            if least > most or (least == most and (low, high) != ("gte", "lte")):
                raise invalid_payload(f"{place.of(low)}: expected a number below {high}, so that some value can pass")


def _check_lengths(place: _Place, definition: Definition) -> None:
    least, most, exactly = definition.min_length, definition.max_length, definition.exact_length
    if not isinstance(least, UnsetType) and not isinstance(most, UnsetType) and least > most:
        raise invalid_payload(f"{place.of('min_length')}: expected at most {place.spell('max_length')}")
    if not isinstance(exactly, UnsetType) and not (isinstance(least, UnsetType) and isinstance(most, UnsetType)):
        raise invalid_payload(f"{place.of('exact_length')}: expected no other bound of the length beside it")


def _check_objects(
    related_object: str, definitions: Definitions, others: Mapping[str, Definitions], spell: Spell
) -> None:
    for name, property_name in objects_of(definitions).items():
        path = _Place(f"properties.{property_name}", spell).of("object_type")
        if name in RESOURCES or (name != related_object and name not in others):
            raise invalid_payload(f"{path}: expected the name of a custom object that has a schema, got {name}")
        if _reaches(name, related_object, others):
            raise _circle(path, related_object)


def _reaches(name: str, goal: str, others: Mapping[str, Definitions]) -> bool:
    """Whether an object of this name may hold one of the other's, at any depth."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each == goal:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(objects_of(others.get(each, {})))
    return False


def _circle(path: str, related_object: str) -> Problem:
    return invalid_payload(f"{path}: expected an object that holds no {related_object} itself, at any depth")
