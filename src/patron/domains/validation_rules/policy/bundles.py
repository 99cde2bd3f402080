"""Bundle rules: how many of which products make a bundle (spec C 4.7). They are kept, and not decided by yet."""

from collections.abc import Mapping
from typing import Any

import msgspec

from patron.kernel.incentive_problems import invalid_validation_rules

MOST_BUNDLED = 100
_OBJECTS = ("product", "sku", "products_collection")


def kept_bundle(given: Mapping[str, Any] | None) -> str | None:
    """Bundle rules as they are stored, None for none. Problem 400 by the path to the fault."""
    if not given:
        return None
    numbers = [key for key in given if key not in ("limit", "logic")]
    if len(numbers) > MOST_BUNDLED:
        raise invalid_validation_rules(f"bundle_rules: expected at most {MOST_BUNDLED} rules")
    limit = given.get("limit")
    if limit is not None and not _is_whole(limit, MOST_BUNDLED):
        raise invalid_validation_rules(f"bundle_rules.limit: expected a whole number from 1 to {MOST_BUNDLED}")
    kept: dict[str, Any] = {number: _rule(given[number], f"bundle_rules.{number[:80]}") for number in numbers}
    return msgspec.json.encode({**kept, "limit": limit or 1}).decode()


def _rule(given: Any, path: str) -> dict[str, Any]:
    if not isinstance(given, Mapping) or given.get("name") != "order.items.any":
        raise invalid_validation_rules(f"{path}.name: expected order.items.any")
    item = _only(given, f"{path}.conditions.$is")
    if not isinstance(item, Mapping) or not isinstance(item.get("id"), str) or item.get("object") not in _OBJECTS:
        raise invalid_validation_rules(
            f"{path}.conditions.$is: expected one product, SKU or collection by id and object"
        )
    below = given.get("rules") or {}
    inner = below.get("1") if isinstance(below, Mapping) else None
    if not isinstance(inner, Mapping) or inner.get("name") != "order.items.aggregated_quantity":
        raise invalid_validation_rules(f"{path}.rules.1.name: expected order.items.aggregated_quantity")
    quantity = _only(inner, f"{path}.rules.1.conditions.$is")
    if not _is_whole(quantity, 1_000_000):
        raise invalid_validation_rules(f"{path}.rules.1.conditions.$is: expected one whole number from 1")
    what = {"id": item["id"], "type": item.get("type") or "product_or_sku", "object": item["object"]}
    number = {"name": inner["name"], "conditions": {"$is": [quantity]}, "rules": {}}
    return {"name": given["name"], "conditions": {"$is": [what]}, "rules": {"1": number, "logic": "1"}}


def _only(given: Mapping[str, Any], path: str) -> Any:
    conditions = given.get("conditions")
    operands = conditions.get("$is") if isinstance(conditions, Mapping) else None
    if not isinstance(operands, list) or len(operands) != 1:
        raise invalid_validation_rules(f"{path}: expected one value")
    return operands[0]


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most
