"""A filter by what has an index goes by it."""

from collections.abc import Iterator
from typing import Any

import pytest

from bench.shop import analyze, fill, project_of
from patron.db.filters.filtered import Filtered
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.segments.policy.fields import KNOWN, CustomerFields
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.members import count_of, newest_of
from patron.engine.conditions.filters import Fault
from patron.engine.conditions.parsing import Grammar, parse
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import plan_of

CUSTOMERS = 3_000
BY_INDEX: dict[str, Any] = {
    "email": {"email": {"conditions": {"$is": ["7@shop.example"]}}},
    "name": {"name": {"conditions": {"$is": ["Ada Nº 7"]}}, "metadata.vip": {"conditions": {"$in": [True]}}},
    "id": {"id": {"conditions": {"$is": ["cust_7"]}}},
    "source_id": {"source_id": {"conditions": {"$is": ["shop-7"]}}, "loyalty.points": {"conditions": {"$is": [0]}}},
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        with sqlite_file() as url:
            yield _filled(url)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield _filled(url)


def _filled(url: str) -> str:
    fill(url, CUSTOMERS)
    analyze(url)
    return url


def _population(given: Any) -> Filtered:
    found = parse(given, Grammar(CustomerFields(MetadataFields({}, "customer")).find, KNOWN))
    assert not isinstance(found, Fault)
    return population(found)


@pytest.mark.parametrize("name", BY_INDEX)
def test_a_filter_by_an_indexed_field_looks_at_few_rows(shop_url: str, name: str) -> None:
    passing = _population(BY_INDEX[name])
    plan = plan_of(shop_url, count_of(passing), {"project_id": project_of(shop_url)})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= 4


def test_the_newest_of_many_are_read_in_order(shop_url: str) -> None:
    passing = _population({"metadata.lang": {"conditions": {"$in": ["en", "de", "pl"]}}})
    plan = plan_of(shop_url, newest_of(passing), {"project_id": project_of(shop_url), "limit": 10})
    assert not [step for step in plan.steps if step.startswith("Sort") or "TEMP B-TREE" in step], plan.steps
