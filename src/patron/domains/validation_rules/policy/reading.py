"""Reading what a caller sends as a rule: into the form that is stored, or a Problem by the path to the fault."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS
from patron.domains.validation_rules.policy.contexts import illegal, is_context
from patron.domains.validation_rules.wire.given import ApplicableIn, EntryIn
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Fault
from patron.engine.formulas.parsing import compiled
from patron.engine.rules.nodes import Tree
from patron.engine.rules.parsing import LOGIC, Terms, parse
from patron.http.faults import fault_details
from patron.kernel.incentive_problems import invalid_validation_rules

_encode = msgspec.json.encode
_WITHOUT_SCHEMAS = Rulebook("", 0, {})
_COUNTED_LIMITS = ("product_campaign_", "product_customer_", "product_in_collection_", "product_promotion_tier_")
LONGEST_RULES = 200_000
"""Characters of a rule's rules: every process holds them."""
_TOLD_ALONE = ("order_item_indices", "order_item_units")


def check_context(context: str) -> None:
    """Refuse a context that there is not. Problem 400."""
    if not is_context(context):
        raise invalid_validation_rules("context_type: expected one of the documented contexts, such as global")


def tree_of(rules: Any, rulebook: Rulebook, context: str = "global") -> Tree | None:
    """The tree of rules that are sent. Problem 400 by the path to the fault."""
    terms = Terms(_property(rulebook), lambda name: illegal(name, context))
    found = parse(rules, terms)
    if isinstance(found, Fault):
        raise invalid_validation_rules(str(found))
    return found


def stored_tree(rules: Any, rulebook: Rulebook) -> Tree | None:
    """The tree of rules that were taken once; where a schema came later and says otherwise, as they were meant then."""
    found = parse(rules, Terms(_property(rulebook)))
    if isinstance(found, Fault):
        found = parse(rules, Terms(_property(_WITHOUT_SCHEMAS)))
    assert not isinstance(found, Fault)
    return found


def _property(rulebook: Rulebook) -> Any:
    closed = {each.related_object for each in rulebook.rows(METADATA_SCHEMAS).values() if each.allow_defined_only}

    def find(resource: str, name: str) -> Field | None:
        field = MetadataFields.of(rulebook, resource).find(f"metadata.{name}")
        return None if field is not None and field.type is Type.ANY and resource in closed else field

    return find


def kept_rules(given: Mapping[str, Any]) -> str:
    """Rules that `tree_of` has taken as they are stored and told: each with its fields, and a logic (spec C 4.1).

    Problem 400 where that is too long.
    """
    text = _encode(_kept(given) or {LOGIC: ""}).decode()
    if len(text) > LONGEST_RULES:
        raise invalid_validation_rules(f"rules: expected at most {LONGEST_RULES} characters in all")
    return text


def _kept(given: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [key for key in given if key != LOGIC]
    kept: dict[str, Any] = {number: _node(given[number]) for number in numbers}
    if numbers:
        logic = given.get(LOGIC)
        kept[LOGIC] = logic if isinstance(logic, str) and logic.strip() else " and ".join(numbers)
    return kept


def _node(given: Mapping[str, Any]) -> dict[str, Any]:
    node = {
        "name": given["name"],
        "property": given.get("property"),
        "conditions": given.get("conditions") or {},
        "rules": _kept(given.get("rules") or {}),
    }
    if given.get("error"):
        node["error"] = {"message": given["error"].get("message")}
    return node


def kept_applicable(given: ApplicableIn | None) -> str:
    """What an incentive is for, as it is stored and told. Problem 400 by the path to the fault."""
    lists = (
        {"excluded": [], "included": []}
        if given is None
        else {name: _entries(getattr(given, name) or [], f"applicable_to.{name}") for name in ("excluded", "included")}
    )
    return _encode({**lists, "included_all": given is not None and given.included_all is True}).decode()


def _entries(given: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    return [_entry(each, f"{path}[{n}]") for n, each in enumerate(given)]


def _entry(given: dict[str, Any], path: str) -> dict[str, Any]:
    for name, value in given.items():
        if name.startswith(_COUNTED_LIMITS) and value is not None:
            raise invalid_validation_rules(f"{path}.{name[:80]}: expected none, as units of products are not counted")
        if name.endswith("_formula") and name != "price_formula" and value is not None:
            raise invalid_validation_rules(f"{path}.{name[:80]}: expected none; the limit itself is a number")
    sent = {name: value for name, value in given.items() if name not in _TOLD_ALONE}
    try:
        entry = msgspec.convert(sent, EntryIn)
    except msgspec.ValidationError as error:
        details = fault_details(str(error), EntryIn, "").removeprefix(":").lstrip()
        raise invalid_validation_rules(
            f"{path}: {details}" if details.startswith("expected") else f"{path}.{details}"
        ) from None
    if isinstance(entry.price_formula, str) and compiled(entry.price_formula) is None:
        raise invalid_validation_rules(f"{path}.price_formula: expected a formula")
    kept = {name: value for name, value in msgspec.structs.asdict(entry).items() if value not in (UNSET, None)}
    return {"object": entry.object, "id": entry.id, "effect": "APPLY_TO_EVERY", **kept}
