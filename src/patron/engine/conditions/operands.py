"""Operands: the values that a caller writes beside an operator, checked and brought into form."""

from typing import Any

from patron.engine.conditions.criteria import Number, Point, Values
from patron.engine.conditions.fields import Field, Type
from patron.kernel.iso import day_of, ms_of
from patron.kernel.json_bounds import json_number

MOST_VALUES = 1_000
MOST_POINTS = 100
"""Times to compare with: each becomes a span of its own."""
LONGEST_TEXT = 1_000
"""Characters of a text that is compared with."""
LARGEST_NUMBER = 2**53
MOST_DAYS = 100_000
MOST_YEARS = 1_000
A_YEAR = 365


class Unfit(Exception):
    """An operand is not what its operator takes. `place` is its position, None for all of them together."""

    def __init__(self, expected: str, place: int | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.place = place


def values_of(given: list[Any], field: Field) -> Values:
    """Scalars to compare a field with: of its own type, where it has one."""
    if not given:
        raise Unfit(f"at least one value, {_EXPECTED[field.type]}")
    texts, numbers, booleans = set(), set(), set()
    for place, each in enumerate(given):
        value = _value(each, field.type, place)
        if isinstance(value, bool):
            booleans.add(value)
        elif isinstance(value, str):
            texts.add(value)
        else:
            numbers.add(value)
    return Values(frozenset(texts), frozenset(numbers), frozenset(booleans))


def _value(given: Any, kind: Type, place: int) -> str | bool | Number:
    fits: dict[Type, Any] = {Type.NUMBER: _number, Type.BOOLEAN: _boolean, Type.TEXT: _text}
    value = fits.get(kind, _scalar)(given)
    if value is None:
        raise Unfit(_EXPECTED[kind], place)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Unfit(f"a text of at most {LONGEST_TEXT} characters", place)
    return value  # type: ignore[no-any-return]


_EXPECTED = {
    Type.TEXT: "a text",
    Type.NUMBER: "a number within ±2^53",
    Type.BOOLEAN: "true or false",
    Type.ANY: "a text, a number within ±2^53, true or false",
}


_BOOLEANS = {"true": True, "false": False}


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) else None


def _boolean(given: Any) -> bool | None:
    return given if isinstance(given, bool) else _BOOLEANS.get(given.lower()) if _text(given) else None


def _number(given: Any) -> Number | None:
    """A number, or the text of one: clients send both, and a query string has texts alone."""
    value = json_number(given) if isinstance(given, str) else given
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if abs(value) <= LARGEST_NUMBER else None


def _scalar(given: Any) -> str | bool | Number | None:
    return given if isinstance(given, str | bool) else _number(given)


def spelled(values: Values) -> Values:
    """The values, and what their texts spell: in a query string, `5` and `true` are texts as everything is."""
    numbers = {number for text in values.texts if (number := _number(text)) is not None}
    booleans = {_BOOLEANS[text.lower()] for text in values.texts if text.lower() in _BOOLEANS}
    return Values(values.texts, values.numbers | numbers, values.booleans | booleans)


def texts_of(given: list[Any]) -> tuple[str, ...]:
    """Texts that may be a part of others, so none that is empty."""
    for place, each in enumerate(given):
        if not isinstance(each, str) or not 0 < len(each) <= LONGEST_TEXT:
            raise Unfit(f"a text of 1 to {LONGEST_TEXT} characters", place)
    if not given:
        raise Unfit("at least one text")
    return tuple(dict.fromkeys(given))


def number_of(given: list[Any]) -> Number:
    """One number."""
    value = _number(given[0]) if len(given) == 1 else None
    if value is None:
        raise Unfit("one number within ±2^53")
    return value


def whole_of(given: list[Any], most: int) -> int:
    """One whole number from 0."""
    value = _number(given[0]) if len(given) == 1 else None
    if value is None or value != int(value) or not 0 <= value <= most:
        raise Unfit(f"one whole number from 0 to {most}")
    return int(value)


def wholes_of(given: list[Any], least: int, most: int) -> frozenset[int]:
    """Whole numbers within these bounds, which are included."""
    numbers = set()
    for place, each in enumerate(given):
        value = _number(each)
        if value is None or value != int(value) or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most}", place)
        numbers.add(int(value))
    if not numbers:
        raise Unfit(f"at least one whole number from {least} to {most}")
    return frozenset(numbers)


def points_of(given: list[Any], *, one: bool) -> tuple[Point, ...]:
    """Days or moments."""
    if not given or (one and len(given) != 1):
        raise Unfit("one date, or date and time, in ISO 8601")
    if len(given) > MOST_POINTS:
        raise Unfit(f"at most {MOST_POINTS} dates, or dates and times")
    return tuple(point_of(each, place) for place, each in enumerate(given))


def point_of(given: Any, place: int | None = None) -> Point:
    """A day or a moment. What has an offset is a moment whose day is the one that is written."""
    if isinstance(given, str):
        day = day_of(given)
        if day is not None:
            return Point(day)
        ms, written = ms_of(given), day_of(given[:10])
        if ms is not None and written is not None:
            return Point(written, ms)
    raise Unfit("a date, or a date and time, in ISO 8601", place)


def switch_of(given: list[Any]) -> None:
    """Nothing, or what stands for it: `true`, an empty text."""
    if any(each not in (True, "", "true", None) or (each == 1 and each is not True) for each in given):
        raise Unfit("true")


def references_of(given: list[Any]) -> Values:
    """Ids: texts, or objects that have an `id` or `source_id`."""
    texts = [
        each for place, one in enumerate(given) for each in (_ids_of(one, place) if isinstance(one, dict) else [one])
    ]
    return Values(texts=frozenset(texts_of(texts)))


def _ids_of(given: dict[Any, Any], place: int) -> list[Any]:
    ids = [given[name] for name in ("id", "source_id") if given.get(name) is not None]
    if not ids:
        raise Unfit("an id, or an object with an id or a source_id", place)
    return ids


def clock_of(text: str) -> int | None:
    """A local time `HH:MM`, from 00:00 to 24:00, in minutes of the day."""
    hours, _, minutes = text.partition(":")
    if not (len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()):
        return None
    since = int(hours) * 60 + int(minutes)
    return since if since <= 24 * 60 and int(minutes) < 60 else None
