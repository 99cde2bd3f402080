"""Bundle rules: how many of which products make a bundle (spec C 4.7)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from msgspec import UNSET

from patron.domains.orders.wire import ItemOut
from patron.engine.bundle_rules import Bundle, Part
from patron.engine.case import Item
from patron.engine.rules.facts import Line
from patron.kernel.incentive_problems import invalid_validation_rules

MOST_PARTS = 50
"""Rules of one bundle."""
MOST_BUNDLES = 100
"""Of an order, at most."""
_MOST_UNITS = 1_000_000
_LONGEST_ID = 255
_LONGEST_MESSAGE = 1_000
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_TYPES = {"product": "product_or_sku", "sku": "product_or_sku", "products_collection": "products_collection"}
_NOT_NUMBERED = ("limit", "logic")


def kept_bundle(given: Mapping[str, Any] | None) -> str | None:
    """Bundle rules as they are stored, None for none. Problem 400 by the path to the fault."""
    given = given or {}
    limit = given.get("limit")
    if limit is not None and not _is_whole(limit, MOST_BUNDLES):
        raise invalid_validation_rules(f"bundle_rules.limit: expected a whole number from 1 to {MOST_BUNDLES}")
    numbers = [key for key in given if key not in _NOT_NUMBERED]
    if len(numbers) > MOST_PARTS:
        raise invalid_validation_rules(f"bundle_rules: expected at most {MOST_PARTS} rules")
    kept: dict[str, Any] = {number: _rule(given[number], number) for number in numbers}
    return msgspec.json.encode({**kept, "limit": limit or 1}).decode() if kept else None


def _rule(given: Any, number: str) -> dict[str, Any]:
    path = f"bundle_rules.{number[:80]}"
    if not _NUMBER.fullmatch(number):
        raise invalid_validation_rules(f"{path}: expected a number from 1")
    if not isinstance(given, Mapping) or given.get("name") != "order.items.any":
        raise invalid_validation_rules(f"{path}.name: expected order.items.any")
    rule = {
        "name": given["name"],
        "conditions": {"$is": [_thing(_only(given, f"{path}.conditions.$is"), f"{path}.conditions.$is[0]")]},
        "rules": {"1": _number(given.get("rules"), f"{path}.rules"), "logic": "1"},
    }
    message = _message(given.get("error"), f"{path}.error")
    return rule if message is None else {**rule, "error": {"message": message}}


def _thing(given: Any, path: str) -> dict[str, Any]:
    """A product, SKU or collection, with the type that goes with it."""
    if not isinstance(given, Mapping):
        raise invalid_validation_rules(f"{path}: expected one product, SKU or collection by id and object")
    name, kind = given.get("id"), given.get("object")
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST_ID:
        raise invalid_validation_rules(f"{path}.id: expected a text of 1 to {_LONGEST_ID} characters")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise invalid_validation_rules(f"{path}.object: expected one of {', '.join(_TYPES)}")
    if given.get("type", _TYPES[kind]) != _TYPES[kind]:
        raise invalid_validation_rules(f"{path}.type: expected {_TYPES[kind]} for a {kind}")
    return {"id": name, "type": _TYPES[kind], "object": kind}


def _number(given: Any, path: str) -> dict[str, Any]:
    """How many units. It is the one rule below, whichever number it has."""
    numbers = [key for key in given if key != "logic"] if isinstance(given, Mapping) else []
    if len(numbers) != 1:
        raise invalid_validation_rules(f"{path}: expected one rule")
    inner, path = given[numbers[0]], f"{path}.{numbers[0][:80]}"
    if not isinstance(inner, Mapping) or inner.get("name") != "order.items.aggregated_quantity":
        raise invalid_validation_rules(f"{path}.name: expected order.items.aggregated_quantity")
    quantity = _only(inner, f"{path}.conditions.$is")
    if not _is_whole(quantity, _MOST_UNITS):
        raise invalid_validation_rules(f"{path}.conditions.$is[0]: expected a whole number from 1 to {_MOST_UNITS}")
    return {"name": inner["name"], "conditions": {"$is": [quantity]}, "rules": {}}


def _message(given: Any, path: str) -> str | None:
    message = given.get("message") if isinstance(given, Mapping) else given
    if message is not None and (not isinstance(message, str) or len(message) > _LONGEST_MESSAGE):
        raise invalid_validation_rules(f"{path}.message: expected a text of at most {_LONGEST_MESSAGE} characters")
    return message or None


def _only(given: Mapping[str, Any], path: str) -> Any:
    conditions = given.get("conditions")
    operands = conditions.get("$is") if isinstance(conditions, Mapping) else None
    if not isinstance(operands, list) or len(operands) != 1:
        raise invalid_validation_rules(f"{path}: expected one value")
    return operands[0]


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def named_things(kept: str | None) -> Iterator[tuple[str, str, str]]:
    """Of stored bundle rules, each thing's path, object and id."""
    for number, rule in _rules(kept):
        [thing] = rule["conditions"]["$is"]
        yield f"bundle_rules.{number}.conditions.$is[0].id", thing["object"], thing["id"]


def _rules(kept: str | None) -> list[tuple[str, dict[str, Any]]]:
    stored = {} if kept is None else msgspec.json.decode(kept)
    return [(number, rule) for number, rule in stored.items() if number not in _NOT_NUMBERED]


def bundle_of(kept: str, *, rule_id: str, error: str | None, everywhere: bool) -> Bundle | None:
    """Stored bundle rules as a decision takes them, but for the lines, which `with_lines` finds."""
    parts = []
    for number, rule in _rules(kept):
        [thing] = rule["conditions"]["$is"]
        [quantity] = rule["rules"]["1"]["conditions"]["$is"]
        message = rule.get("error", {}).get("message")
        parts.append(Part(thing["id"], thing["object"], (), quantity, number, message))
    if not parts:
        return None
    limit = msgspec.json.decode(kept)["limit"]
    return Bundle(parts=tuple(parts), limit=limit, everywhere=everywhere, rule_id=rule_id, error=error)


def with_lines(bundle: Bundle, lines: Sequence[Line]) -> Bundle:
    """A bundle for an order with these lines: a part's lines are those of its product, SKU or collection."""
    of: dict[str, list[int]] = {part.id: [] for part in bundle.parts}
    for n, line in enumerate(lines):
        for name in of.keys() & set(line.names):
            of[name].append(n)
    return replace(bundle, parts=tuple([part._replace(lines=tuple(of[part.id])) for part in bundle.parts]))


def items_of(items: Sequence[ItemOut]) -> tuple[Item, ...]:
    """The lines of an order, of which bundles are made, where nothing else is decided about them."""
    return tuple(
        [
            Item(
                product_id=item.product_id or None,
                sku_id=item.sku_id or None,
                quantity=1 if item.quantity is UNSET else item.quantity,
                price=item.price if isinstance(item.price, int) else None,
                amount=item.amount if isinstance(item.amount, int) else None,
            )
            for item in items
        ]
    )
