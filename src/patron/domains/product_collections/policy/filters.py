"""Filters of collections: the language of conditions, over what a product or SKU says of itself."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.products.model import NEVER, NO_SOURCE_ID, Product, Sku
from patron.domains.projects import calendar_of
from patron.engine.conditions.fields import Facts, Field, Type
from patron.engine.conditions.filters import Fault, Filter, reads
from patron.engine.conditions.parsing import JUNCTION, Grammar, parse
from patron.engine.conditions.predicates import Matcher
from patron.kernel.problems import invalid_payload

Predicate = Callable[[Product | Sku], bool]

_FIELDS = {
    **dict.fromkeys(("id", "source_id", "name", "object", "product_id", "image_url", "attributes"), Type.TEXT),
    "price": Type.NUMBER,
    "created_at": Type.MOMENT,
    "updated_at": Type.MOMENT,
}
_METADATA = "metadata"
_KNOWN = f"{', '.join(_FIELDS)}, metadata.<key>"
_JUNCTIONS = ("and", "or")
_WITHOUT_SCHEMAS = Rulebook("", 0, {})


def filter_of(given: Mapping[str, Any], rulebook: Rulebook) -> Filter:
    """The filter that these values spell out. Problem 400 by the path to what is wrong, and what was expected."""
    junction_of(given)
    found = parse(given, rulebook.derived(_grammar))
    if isinstance(found, Fault):
        raise invalid_payload(str(found))
    return found


def stored_filter(given: Mapping[str, Any], rulebook: Rulebook) -> Filter:
    """A filter that was taken once; where a schema came later and says otherwise, it means what it meant before."""
    found = parse(given, rulebook.derived(_grammar))
    return filter_of(given, _WITHOUT_SCHEMAS) if isinstance(found, Fault) else found


def junction_of(given: Mapping[str, Any]) -> str:
    """How a filter's fields go together: `and` or `or`, in any letter case. Problem 400 where nothing is said."""
    junction = given.get(JUNCTION)
    if not isinstance(junction, str) or junction.lower() not in _JUNCTIONS:
        raise invalid_payload("filter.junction: expected and, or")
    return junction.lower()


def compiled(of: Filter, rulebook: Rulebook, now: int) -> Predicate:
    """The predicate of a filter at a moment (epoch ms)."""
    passes = Matcher(of, calendar_of(rulebook)).at(now)
    groups = {path[0] for path in reads(of)}
    return lambda row: passes(_facts_of(row, groups))


def _grammar(rulebook: Rulebook) -> Grammar:
    metadata = MetadataFields.of(rulebook, "product")

    def find(name: str) -> Field | None:
        return Field(name, (name,), _FIELDS[name]) if name in _FIELDS else metadata.find(name)

    return Grammar(find, _KNOWN)


def _facts_of(row: Product | Sku, groups: set[str]) -> Facts:
    """What a row says of itself: `name` is a SKU's own, `product_id` a SKU's alone, `attributes` are their names."""
    is_sku = isinstance(row, Sku)
    facts: dict[str, Any] = {
        "id": row.id,
        "source_id": None if row.source_id == NO_SOURCE_ID else row.source_id,
        "name": row.sku if isinstance(row, Sku) else row.name,
        "object": "sku" if is_sku else "product",
        "product_id": row.product_id if isinstance(row, Sku) else None,
        "image_url": row.image_url,
        "price": row.price,
        "created_at": row.created_at,
        "updated_at": None if row.updated_at == NEVER else row.updated_at,
    }
    if "attributes" in groups:
        facts["attributes"] = list(msgspec.json.decode(row.attributes))
    if _METADATA in groups:
        facts[_METADATA] = msgspec.json.decode(row.metadata)
    return facts
