"""Filters of collections: each field, and what is refused; the operators have their cases in tests/engine."""

from typing import Any

import msgspec
import pytest

from patron.db.rulebook import Rulebook
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, Definition, MetadataSchema
from patron.domains.product_collections.policy.filters import Predicate, compiled, filter_of, stored_filter
from patron.domains.products.model import NEVER, Product, Sku
from patron.engine.conditions.operands import MOST_VALUES
from patron.engine.conditions.parsing import MOST_CONDITIONS
from patron.kernel.clock import from_iso
from patron.kernel.problems import Problem

METADATA = {"color": "red", "sizes": ["S", "M"], "weight": 1.5, "fair": True, "since": "2024-05-01", "gone": None}
CREATED = from_iso("2024-06-01T12:00:00Z")

TEA = Product(
    project_id="p",
    id="prod_1",
    source_id="tea",
    name="Green tea",
    price=500,
    attributes='["size"]',
    image_url=None,
    metadata=msgspec.json.encode(METADATA).decode(),
    skus=1,
    created_at=CREATED,
    updated_at=NEVER,
)
SMALL = Sku(
    project_id="p",
    id="sku_1",
    source_id="",
    product_id="prod_1",
    sku="Small",
    price=None,
    currency=None,
    attributes='{"size": "S"}',
    image_url=None,
    metadata="{}",
    created_at=CREATED,
    updated_at=CREATED + 1,
)


RULEBOOK = Rulebook("p", 0, {})


def predicate(given: dict[str, Any]) -> Predicate:
    return compiled(filter_of(given, RULEBOOK), RULEBOOK, CREATED)


def one(field: str, operator: str, values: Any) -> dict[str, Any]:
    return {"junction": "and", field: {"conditions": {operator: values}}}


PASSING: list[tuple[str, str, Any, bool, bool]] = [
    # field, operator, values, whether the product passes, whether the SKU does
    ("id", "$is", ["prod_1"], True, False),
    ("object", "$is", "sku", False, True),
    ("product_id", "$is", ["prod_1"], False, True),
    ("source_id", "$ends_with", ["ea"], True, False),
    ("source_id", "$has_value", [], True, False),
    ("source_id", "$is_unknown", [True], False, True),
    ("name", "$starts_with", ["Green"], True, False),
    ("name", "$contains", ["mall", "nothing"], False, True),
    ("name", "$not_contain", ["tea"], False, True),
    ("name", "$is", ["green tea"], False, False),
    ("price", "$is", [500], True, False),
    ("price", "$less_than", [500], False, False),
    ("price", "$less_than_equal", [500], True, False),
    ("price", "$more_than", [499.5], True, False),
    ("price", "$more_than_equal", [501], False, False),
    ("price", "$is_unknown", None, False, True),
    ("price", "$less_than", ["501"], True, False),
    ("attributes", "$is", ["size"], True, True),
    ("metadata.color", "$is", ["red"], True, False),
    ("metadata.color", "$is_not", ["red"], False, True),
    ("metadata.color", "$in", ["blue", "red"], True, False),
    ("metadata.color", "$not_in", ["blue"], True, True),
    ("metadata.sizes", "$is", ["M"], False, False),
    ("metadata.sizes", "$is", ["M", "S"], True, False),
    ("metadata.sizes", "$in", ["M"], True, False),
    ("metadata.sizes", "$not_in", ["M"], False, True),
    ("metadata.weight", "$more_than", [1], True, False),
    ("metadata.fair", "$is", [True], True, False),
    ("metadata.fair", "$is", [1], False, False),
    ("metadata.fair", "$more_than", [0], False, False),
    ("metadata.since", "$before", ["2024-05-02"], True, False),
    ("metadata.since", "$after", ["2024-05-01"], False, False),
    ("metadata.since", "$is_days_ago", [31], True, False),
    ("created_at", "$today", True, True, True),
    ("metadata.color", "$before", ["2999-01-01"], False, False),
    ("metadata.gone", "$has_value", [], False, False),
    ("created_at", "$after", ["2024-06-01T11:59:59Z"], True, True),
    ("updated_at", "$has_value", [], False, True),
    ("image_url", "$is_unknown", [], True, True),
]


@pytest.mark.parametrize(("field", "operator", "values", "product", "sku"), PASSING)
def test_what_an_operator_lets_pass(field: str, operator: str, values: Any, product: bool, sku: bool) -> None:
    passes = predicate(one(field, operator, values))
    assert (passes(TEA), passes(SMALL)) == (product, sku)


def test_fields_go_together_by_the_junction_and_operators_of_one_field_too() -> None:
    dear, red = {"conditions": {"$more_than": [900]}}, {"conditions": {"$is": ["red"]}}
    assert not predicate({"junction": "and", "price": dear, "metadata.color": red})(TEA)
    assert predicate({"junction": "OR", "price": dear, "metadata.color": red})(TEA)
    between = {"conditions": {"$more_than": [100], "$less_than": [200]}}
    assert not predicate({"junction": "and", "price": between})(TEA)


REFUSED: list[tuple[Any, str]] = [
    ({"price": {"conditions": {"$is": [1]}}}, "filter.junction: expected and, or"),
    ({"junction": "xor", "price": {"conditions": {"$is": [1]}}}, "filter.junction: expected"),
    ({"junction": "and"}, "filter: expected at least one condition"),
    (one("skus", "$is", ["x"]), "filter.skus: expected a field: id, source_id"),
    (one("metadata.", "$is", ["x"]), "filter.metadata.: expected a field"),
    ({"junction": "and", "price": [1]}, "filter.price.conditions: expected"),
    (
        one("metadata.at", "$in_location", ["loc_1"]),
        "filter.metadata.at.conditions.$in_location: expected an operator",
    ),
    (one("price", "$less_than", ["five"]), "filter.price.conditions.$less_than: expected one number"),
    (one("name", "$contains", [5]), "$contains[0]: expected a text"),
    (one("created_at", "$before", ["soon"]), "$before[0]: expected a date"),
    (one("name", "$in", ["x"] * (MOST_VALUES + 1)), f"expected at most {MOST_VALUES} values"),
    (
        {"junction": "and", **{f"metadata.{n}": {"conditions": {"$is": [1]}} for n in range(MOST_CONDITIONS + 1)}},
        f"expected at most {MOST_CONDITIONS} conditions",
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_looked_at_is_refused_by_name(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(Problem) as refusal:
        predicate(given)
    assert refusal.value.status == 400
    assert expected in refusal.value.details


def test_a_stored_filter_outlives_a_schema_that_says_otherwise() -> None:
    text = {"color": Definition(type="number", array=False, optional=True)}
    schema = MetadataSchema("p", "ms_1", "product", msgspec.json.encode(text).decode(), None, 0, None, None, 1)
    later = RULEBOOK.updated(1, {METADATA_SCHEMAS: [schema]})
    given = one("metadata.color", "$starts_with", ["re"])
    with pytest.raises(Problem):
        filter_of(given, later)
    assert compiled(stored_filter(given, later), later, CREATED)(TEA)
