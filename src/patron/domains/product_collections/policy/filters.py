"""Filters over what a product or SKU says of itself: checked once, and turned into a predicate.

The operators are those that a test of one value needs, without a clock and without places; others are refused by name.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from patron.domains.products.model import NEVER, NO_SOURCE_ID, Product, Sku
from patron.kernel.clock import from_iso
from patron.kernel.problems import invalid_payload

MOST_FIELDS = 50
MOST_VALUES = 200
LONGEST_VALUE = 1_000
"""Characters of a text that is compared with."""

Predicate = Callable[[Product | Sku], bool]
Test = Callable[[list[Any]], bool]
"""Looks at the values of a field: one for a scalar, those of an array, none where nothing is known."""
Make = Callable[[str, list[Any]], Test]
"""Makes a test of an operator's values; the text is the path by which a refusal names them."""

_METADATA = "metadata."


def compiled(given: Mapping[str, Any]) -> Predicate:
    """The predicate of a filter `{junction, field: {conditions: {operator: values}}, …}`.

    Raises Problem 400 that names the field or operator and what was expected.
    """
    tests = [test for field, value in given.items() if field != "junction" for test in _tests_of(field, value)]
    if not tests or len(given) > MOST_FIELDS + 1:
        raise invalid_payload(f"filter: expected conditions on 1 to {MOST_FIELDS} fields")
    combine = _COMBINED[junction_of(given)]
    reads_metadata = any(field.startswith(_METADATA) for field in given)

    def passes(row: Product | Sku) -> bool:
        metadata = msgspec.json.decode(row.metadata) if reads_metadata else {}
        return combine(test(_values_of(row, metadata, field)) for field, test in tests)

    return passes


def junction_of(given: Mapping[str, Any]) -> str:
    """How a filter's fields go together: `and` or `or`, in any letter case. Problem 400 for anything else."""
    junction = given.get("junction")
    if not isinstance(junction, str) or junction.lower() not in _COMBINED:
        raise invalid_payload("filter.junction: expected and, or")
    return junction.lower()


_COMBINED: dict[str, Callable[[Any], bool]] = {"and": all, "or": any}


def _tests_of(field: str, value: Any) -> list[tuple[str, Test]]:
    if field not in _FIELDS and not (field.startswith(_METADATA) and len(field) > len(_METADATA)):
        raise invalid_payload(f"filter.{field[:100]}: expected one of {', '.join(_FIELDS)}, metadata.<key>")
    conditions = value.get("conditions") if isinstance(value, dict) else None
    if not isinstance(conditions, dict) or not conditions:
        raise invalid_payload(f"filter.{field}.conditions: expected operators with their values")
    return [(field, _test_of(f"filter.{field}.conditions", name, values)) for name, values in conditions.items()]


def _test_of(path: str, operator: str, values: Any) -> Test:
    make = _OPERATORS.get(operator)
    if make is None:
        raise invalid_payload(f"{path}.{operator[:100]}: expected one of {', '.join(_OPERATORS)}")
    listed = values if isinstance(values, list) else [values]
    if len(listed) > MOST_VALUES:
        raise invalid_payload(f"{path}.{operator}: expected at most {MOST_VALUES} values")
    if any(isinstance(each, str) and len(each) > LONGEST_VALUE for each in listed):
        raise invalid_payload(f"{path}.{operator}: expected texts of at most {LONGEST_VALUE} characters")
    return make(f"{path}.{operator}", listed)


def _values_of(row: Product | Sku, metadata: Mapping[str, Any], field: str) -> list[Any]:
    """What a row says of a field. `name` is a SKU's own name, `product_id` a SKU's alone."""
    if field.startswith(_METADATA):
        value = metadata.get(field.removeprefix(_METADATA))
        return value if isinstance(value, list) else [] if value is None else [value]
    return _FIELDS[field](row)


def _scalar(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _attributes(row: Product | Sku) -> list[Any]:
    return list(msgspec.json.decode(row.attributes))


_FIELDS: dict[str, Callable[[Any], list[Any]]] = {
    "id": lambda row: [row.id],
    "source_id": lambda row: [] if row.source_id == NO_SOURCE_ID else [row.source_id],
    "name": lambda row: _scalar(row.sku if isinstance(row, Sku) else row.name),
    "price": lambda row: _scalar(row.price),
    "object": lambda row: ["sku" if isinstance(row, Sku) else "product"],
    "product_id": lambda row: [row.product_id] if isinstance(row, Sku) else [],
    "attributes": _attributes,
    "image_url": lambda row: _scalar(row.image_url),
    "created_at": lambda row: [row.created_at],
    "updated_at": lambda row: [] if row.updated_at == NEVER else [row.updated_at],
}


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON is: true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _is(path: str, given: list[Any]) -> Test:
    if not given or not all(isinstance(each, str | int | float) for each in given):
        raise invalid_payload(f"{path}: expected texts, numbers, true or false")
    return lambda values: any(_same(value, each) for value in values for each in given)


def _text(compare: Callable[[str, str], bool]) -> Make:
    def make(path: str, given: list[Any]) -> Test:
        if not given or not all(isinstance(each, str) for each in given):
            raise invalid_payload(f"{path}: expected texts")
        return lambda values: any(isinstance(value, str) and compare(value, each) for value in values for each in given)

    return make


def _number(compare: Callable[[float, float], bool]) -> Make:
    def make(path: str, given: list[Any]) -> Test:
        if len(given) != 1 or not _is_number(given[0]):
            raise invalid_payload(f"{path}: expected one number")
        [limit] = given
        return lambda values: any(_is_number(value) and compare(value, limit) for value in values)

    return make


def _moment(compare: Callable[[int, int], bool]) -> Make:
    def make(path: str, given: list[Any]) -> Test:
        limit = _ms_of(given[0]) if len(given) == 1 and isinstance(given[0], str) else None
        if limit is None:
            raise invalid_payload(f"{path}: expected one date, or date and time, in ISO 8601")
        return lambda values: any((ms := _ms_of(value)) is not None and compare(ms, limit) for value in values)

    return make


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ms_of(value: Any) -> int | None:
    """A stored time, or a text that tells one, as epoch ms; None for what is no time."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return from_iso(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _not(make: Make) -> Make:
    def negated(path: str, given: list[Any]) -> Test:
        test = make(path, given)
        return lambda values: not test(values)

    return negated


def _has_value(_path: str, _given: list[Any]) -> Test:
    return bool


_contains = _text(lambda value, part: part in value)

_OPERATORS: dict[str, Make] = {
    "$is": _is,
    "$is_not": _not(_is),
    "$in": _is,
    "$not_in": _not(_is),
    "$contains": _contains,
    "$not_contain": _not(_contains),
    "$starts_with": _text(str.startswith),
    "$ends_with": _text(str.endswith),
    "$has_value": _has_value,
    "$is_unknown": _not(_has_value),
    "$less_than": _number(lambda value, limit: value < limit),
    "$more_than": _number(lambda value, limit: value > limit),
    "$less_than_equal": _number(lambda value, limit: value <= limit),
    "$more_than_equal": _number(lambda value, limit: value >= limit),
    "$before": _moment(lambda value, limit: value < limit),
    "$after": _moment(lambda value, limit: value > limit),
}
