"""One value against one definition: a test that is made once, and the sentence that tells what it expects."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from msgspec import UNSET, UnsetType

from patron.domains.metadata_schemas.model import Definition, Type
from patron.engine.areas.points import geopoint_of

Test = Callable[[Any], bool]

LONGEST_LIST = 300
"""How many characters of a list of allowed values are told."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_IMAGE = re.compile(r"https?://[^\s/]+/\S*\.(?:jpe?g|png)", re.IGNORECASE)


def test_of(definition: Definition) -> Test:
    """Whether a value (an element, of an array) is of the definition's type and within its bounds."""
    tests = [_TYPES[definition.type][0], *_bounds(definition)]
    if len(tests) == 1:
        return tests[0]
    first, *others = tests

    def test(value: Any) -> bool:
        if not first(value):
            return False
        for other in others:  # noqa: SIM110 - a generator would double the time
            if not other(value):
                return False
        return True

    return test


def every(test: Test) -> Test:
    """Whether a value is an array whose elements all pass."""

    def all_pass(value: Any) -> bool:
        if type(value) is not list:
            return False
        for each in value:  # noqa: SIM110 - a generator would double the time
            if not test(each):
                return False
        return True

    return all_pass


def sentence_of(definition: Definition) -> str:
    """What the definition expects, all of it, in the reference's words."""
    parts = [f"must be {_TYPES[definition.type][1]}"]
    for name, words in _WORDS.items():
        limit = getattr(definition, name)
        if limit is not UNSET and limit != []:
            parts.append(f"must {words} {_told(limit)}{' characters' if name.endswith('length') else ''}")
    text = ", ".join(parts)
    return f"must be an array, and every element: {text}" if definition.array else text


def _told(limit: Any) -> str:
    text = ",".join(map(str, limit)) if isinstance(limit, list) else str(limit)
    return text if len(text) <= LONGEST_LIST else f"{text[:LONGEST_LIST]}…"


def _bounds(definition: Definition) -> list[Test]:
    tests: list[Test] = []
    if definition.eq:
        allowed = frozenset(definition.eq)
        tests.append(lambda value: value in allowed)
    if definition.ne:
        forbidden = frozenset(definition.ne)
        tests.append(lambda value: value not in forbidden)
    return tests + _number_bounds(definition) + _length_bounds(definition)


def _number_bounds(definition: Definition) -> list[Test]:
    comparisons: dict[str, Callable[[Any, Any], bool]] = {
        "lt": lambda value, limit: value < limit,
        "lte": lambda value, limit: value <= limit,
        "gt": lambda value, limit: value > limit,
        "gte": lambda value, limit: value >= limit,
    }
    return [
        _against(compare, limit)
        for name, compare in comparisons.items()
        if not isinstance(limit := getattr(definition, name), UnsetType)
    ]


def _against(compare: Callable[[Any, Any], bool], limit: Any) -> Test:
    return lambda value: compare(value, limit)


def _length_bounds(definition: Definition) -> list[Test]:
    tests: list[Test] = []
    least, most, exactly = definition.min_length, definition.max_length, definition.exact_length
    if not isinstance(least, UnsetType):
        tests.append(lambda value: len(value) >= least)
    if not isinstance(most, UnsetType):
        tests.append(lambda value: len(value) <= most)
    if not isinstance(exactly, UnsetType):
        tests.append(lambda value: len(value) == exactly)
    return tests


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _is_boolean(value: Any) -> bool:
    return type(value) is bool


def _is_object(value: Any) -> bool:
    return type(value) is dict


def _is_day(value: Any) -> bool:
    if type(value) is not str or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: Any) -> bool:
    if type(value) is not str or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def _is_point(value: Any) -> bool:
    return geopoint_of(value) is not None


def _is_image(value: Any) -> bool:
    return type(value) is str and _IMAGE.fullmatch(value) is not None


_TYPES: dict[Type, tuple[Test, str]] = {
    "string": (_is_text, "a string"),
    "number": (_is_number, "a number"),
    "boolean": (_is_boolean, "a boolean"),
    "object": (_is_object, "an object"),
    "date": (_is_day, "a date in the form YYYY-MM-DD"),
    "datetime": (_is_moment, "a date and time in ISO 8601"),
    "geopoint": (_is_point, "a geopoint in the form geo:<latitude>,<longitude>"),
    "image_url": (_is_image, "a URL pointing to JPG/JPEG or PNG resource"),
}

_WORDS = {
    "eq": "be equal to one of",
    "ne": "not be equal to any of",
    "lt": "be less than",
    "lte": "be less than or equal to",
    "gt": "be greater than",
    "gte": "be greater than or equal to",
    "min_length": "have at least",
    "max_length": "have at most",
    "exact_length": "have exactly",
}
