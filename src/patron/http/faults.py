"""What a decoder found wrong, told so that a caller can mend it: the field's path, and what was expected there."""

import re
from typing import Any

from msgspec import inspect

_PLACE = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>.*)`)?", re.DOTALL)
_WORDS = {"int": "integer", "str": "string", "float": "number", "bool": "boolean", "object": "object"}
_WORD = re.compile("|".join(_WORDS))
_STEP = re.compile(r"\.([^.\[]+(?:\[[^.\]]+\])?)|\[(\d+|\.\.\.)\]")


def fault_details(message: str, shape: Any, root: str) -> str:
    """A msgspec message as `path: expected …`.

    `shape` is the type that was asked for; `root` names the whole value where the fault has no path.
    """
    found = _PLACE.fullmatch(message)
    assert found is not None
    path = (found["path"] or "$").removeprefix("$").lstrip(".")
    return f"{path or root}: {_expectation(found['what'], shape, found['path'] or '$')}"


def _expectation(what: str, shape: Any, path: str) -> str:
    if what.startswith(("Invalid enum value", "Invalid value")):
        choices = _choices(inspect.type_info(shape), _STEP.findall(path))
        return f"expected one of {', '.join(map(str, choices))}" if choices else "expected one of the documented values"
    if what.startswith("Object missing required field"):
        return f"expected the field {what.split('`')[1]}"
    if what.startswith("Object contains unknown field"):
        return f"expected no field {what.split('`')[1]}"
    if what in ("Number out of range", "Integer value out of range"):
        return "expected a number that fits into 64 bits"
    parts = what.split("`")
    parts[1::2] = [_WORD.sub(lambda word: _WORDS[word[0]], part) for part in parts[1::2]]
    text = "".join(parts)
    return text[:1].lower() + text[1:]


def _choices(kind: inspect.Type, steps: list[tuple[str, str]]) -> list[Any]:
    """The values of the enumeration that these steps lead to."""
    if isinstance(kind, inspect.UnionType):
        return [choice for option in kind.types for choice in _choices(option, steps)]
    if isinstance(kind, inspect.Metadata):
        return _choices(kind.type, steps)
    if not steps:
        return _values(kind)
    name, _ = steps[0]
    if isinstance(kind, inspect.StructType):
        if name == kind.tag_field:
            return [kind.tag]
        field = next((field for field in kind.fields if field.encode_name == name), None)
        return _choices(field.type, steps[1:]) if field else []
    if isinstance(kind, inspect.ListType):
        return _choices(kind.item_type, steps[1:])
    if isinstance(kind, inspect.DictType):
        return _choices(kind.value_type, steps[1:])
    return []


def _values(kind: inspect.Type) -> list[Any]:
    if isinstance(kind, inspect.LiteralType):
        return list(kind.values)
    if isinstance(kind, inspect.EnumType):
        return [member.value for member in kind.cls]
    return []
