"""What segments look at of what customers have done goes by an index: the customer's own rows alone are read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bench.shop import BEGIN_MS, analyze, fill, id_of, project_of, write
from patron.db.postgres import READS_AND_WRITES, WRITES
from patron.db.statements import Statement
from patron.domains.customers.model import MERGED_CUSTOMERS, MergedCustomer
from patron.domains.events.model import ACTIVITY, ENTRY_PREFIX, PUBLICATION_PREFIX, PUBLICATIONS, Activity, Publication
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.history import COUNTS_IN_FEED, GIVEN_TO
from patron.domains.segments.store.members import count_of
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.filters import Fault
from patron.engine.conditions.parsing import parse
from patron.kernel.ids import make_id
from patron.kernel.zones import zone_of
from tests.domains.segments.strategies import GRAMMAR
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

CUSTOMERS = 2_000
DEEDS = 8
"""Entries, and publications, of each customer; half of the entries are orders that were paid."""
PAID = "customer.order.paid"
SOMEBODY = id_of(7)
BY_NAME = {"name": {"conditions": {"$is": ["Ada Nº 7"]}}}
FILTERS: dict[str, dict[str, Any]] = {
    "count": {f"events.{PAID}.count": {"conditions": {"$more_than": [1]}}},
    "last": {f"events.{PAID}.last_occurrence": {"conditions": {"$has_value": True}}},
    "given": {"publications.related_object_id": {"conditions": {"$is": ["v_3"]}}},
    "given lately": {
        "publications.related_object_id": {"conditions": {"$starts_with": ["v_"]}},
        "publications.created_at": {"conditions": {"$after": ["2020-01-01"]}},
    },
    "never": {"publications.created_at": {"conditions": {"$is_unknown": True}}},
}
ASKED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "entries": (COUNTS_IN_FEED, {"customer_id": SOMEBODY, "types": json.dumps([PAID, "customer.updated"])}),
    "publications": (GIVEN_TO, {"customer_id": SOMEBODY}),
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
    project_id = project_of(url)
    for first in range(0, CUSTOMERS, 500):
        numbers = [(n, deed) for n in range(first, first + 500) for deed in range(DEEDS)]
        write(url, {ACTIVITY: [_entry(project_id, *each) for each in numbers]})
        write(url, {PUBLICATIONS: [_publication(project_id, *each) for each in numbers]})
    merged = [MergedCustomer(project_id, f"cust_gone{n}", id_of(n), BEGIN_MS, None, 0, 0) for n in range(CUSTOMERS)]
    write(url, {MERGED_CUSTOMERS: merged})
    analyze(url)
    return url


def _entry(project_id: str, n: int, deed: int) -> Activity:
    plain: dict[str, Any] = {**dict.fromkeys(Activity.__struct_fields__, ""), "project_id": project_id}
    plain |= dict.fromkeys(("campaign_id", "campaign_type", "product_id"))
    kind = PAID if deed % 2 else "customer.updated"
    entry_id = make_id(ENTRY_PREFIX, BEGIN_MS + deed, b"", f"{n} {deed}")
    of = {"customer_id": id_of(n), "id": entry_id, "type": kind, "data": "{}", "source": "{}", "created_at": BEGIN_MS}
    return Activity(**{**plain, **of})


def _publication(project_id: str, n: int, deed: int) -> Publication:
    plain: dict[str, Any] = {**dict.fromkeys(Publication.__struct_fields__), "project_id": project_id}
    plain |= {"tracking_id": "", "channel": "API", "metadata": "{}", "code": f"C-{n}", "result": "SUCCESS"}
    publication_id = make_id(PUBLICATION_PREFIX, BEGIN_MS + deed, b"", f"{n} {deed}")
    of = {"customer_id": id_of(n), "id": publication_id, "voucher_ids": f'["v_{deed}"]', "created_at": BEGIN_MS}
    return Publication(**{**plain, **of})


def assert_looks_at(plan: Plan, rows: int) -> None:
    assert plan.steps
    assert not [step for step in plan.steps if step.startswith(("SCAN activity", "SCAN pub", "Seq Scan"))], plan.steps
    assert plan.rows_read <= rows, plan.steps


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("settings", [READS_AND_WRITES, WRITES], ids=["reading", "in a unit"])
def test_what_one_customer_has_done_is_read_of_its_rows_alone(
    shop_url: str, name: str, settings: dict[str, str]
) -> None:
    statement, params = ASKED[name]
    plan = plan_of(shop_url, statement, {"project_id": project_of(shop_url), **params}, settings)
    assert_looks_at(plan, 4 * DEEDS)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_looks_at_what_those_have_done_whom_it_asks_about(shop_url: str, name: str) -> None:
    found = parse({**BY_NAME, "$and": [FILTERS[name]]}, GRAMMAR)
    assert not isinstance(found, Fault)
    passing = population(found)
    values = passing.values(Calendar(zone_of("UTC"), "monday"), BEGIN_MS)
    plan = plan_of(shop_url, count_of(passing), {"project_id": project_of(shop_url), **values})
    assert_looks_at(plan, 4 * DEEDS)
