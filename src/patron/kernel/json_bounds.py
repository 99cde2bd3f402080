"""Bounds of JSON that has no declared form (metadata): what a caller may keep here, and gets back unchanged."""

import re
from typing import Any

from patron.kernel.problems import Problem, invalid_payload

DEEPEST = 8
"""Levels of objects and arrays, the outermost being the first."""
MOST_VALUES = 1_000
"""Keys and array entries in all, on every level."""
LONGEST_KEY = 255
LONGEST_TEXT = 65_536
LARGEST_NUMBER = 2**53
"""Up to here a double, which is what other languages read a JSON number into, holds every integer."""


def check_metadata(value: Any, path: str = "metadata") -> None:
    """Refuse a decoded JSON value that is past the bounds above, or has a number that is not finite or past ±2^53.

    `path` names the value in the refusal. Lengths are in characters. Raises Problem 400 `invalid_payload`.
    """
    if _count(value, path, 1) > MOST_VALUES:
        raise _too_many(path)


def _count(value: Any, path: str, level: int) -> int:
    """How many values lie inside this one, each of them looked at."""
    if not isinstance(value, dict | list):
        _check_scalar(value, path)
        return 0
    _check_container(value, path, level)
    inside = len(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            if type(inner) is str and len(key) <= LONGEST_KEY and len(inner) <= LONGEST_TEXT:
                continue  # most of metadata, without a call and a path
            inside += _count(inner, _named(path, key), level + 1)
    else:
        for n, inner in enumerate(value):
            inside += _count(inner, f"{path}[{n}]", level + 1)
    return inside


def _check_container(value: dict[str, Any] | list[Any], path: str, level: int) -> None:
    if level > DEEPEST:
        raise invalid_payload(f"{path}: expected at most {DEEPEST} levels of objects and arrays")
    if len(value) > MOST_VALUES:
        raise _too_many(path)


def _named(path: str, key: str) -> str:
    if len(key) > LONGEST_KEY:
        raise invalid_payload(f"{path}: expected keys of at most {LONGEST_KEY} characters")
    return f"{path}.{key}"


def _check_scalar(value: Any, path: str) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise invalid_payload(f"{path}: expected at most {LONGEST_TEXT} characters")
    elif isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER:  # NaN compares as neither
        raise invalid_payload(f"{path}: expected a finite number within ±2^53")


def _too_many(path: str) -> Problem:
    return invalid_payload(f"{path}: expected at most {MOST_VALUES} keys and array entries in all")


_NUMBER = re.compile(r"-?[0-9]{1,32}(\.[0-9]{1,32})?([eE][+-]?[0-9]{1,2})?")


def json_number(text: str) -> int | float | None:
    """The number that a text tells in JSON's way; None for any other text.

    >>> json_number("41"), json_number("-0.5"), json_number("1e3"), json_number("0x1")
    (41, -0.5, 1000.0, None)
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    return float(text) if found[1] or found[2] else int(text)
