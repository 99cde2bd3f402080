"""Feeds are read by an index, and a page looks at no more rows when the feed grows."""

from collections.abc import Iterator
from typing import Any

import pytest

from bench.shop import BEGIN_MS
from patron.db.statements import Statement
from patron.domains.events.model import ENTRY_PREFIX
from patron.domains.events.store import (
    ENTRY,
    FROM_THE_FIRST,
    TO_THE_LAST,
    count_of,
    page_of,
)
from patron.kernel.ids import earliest_id
from tests.domains.events.filled import HOT, QUIET, fill, id_of
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11

Feeds = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def feeds(request: pytest.FixtureRequest) -> Iterator[Feeds]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield _filled(small, large)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield _filled(small, large)


def _filled(small: str, large: str) -> Feeds:
    return {size: (url, fill(url, size)) for url, size in ((small, SMALL), (large, LARGE))}


def assert_keyed(feeds: Feeds, statement: Statement[Any], params: dict[str, Any], customer_id: str = HOT) -> None:
    plans: dict[int, Plan] = {}
    for size, (url, project_id) in feeds.items():
        plans[size] = plan_of(url, statement, {"project_id": project_id, "customer_id": customer_id, **params})
        assert plans[size].steps
        assert not plans[size].faults, plans[size].steps
    assert plans[LARGE].rows_read <= plans[SMALL].rows_read + 2


BOUNDS = {"above": FROM_THE_FIRST, "below": TO_THE_LAST}
FILTERS: dict[str, dict[str, str]] = {
    "type": {"type": "customer.rewarded"},
    "effect": {},
    "action": {},
    "campaign_id": {"campaign_id": "camp_rare"},
    "campaign_type": {"campaign_type": "GIFT_VOUCHERS"},
}


@pytest.mark.parametrize("order", ["id", "-id"])
@pytest.mark.parametrize("bounds", ["all", "from the middle"])
def test_a_page_of_the_feed_looks_at_the_pages_rows_alone(feeds: Feeds, order: str, bounds: str) -> None:
    middle = earliest_id(ENTRY_PREFIX, BEGIN_MS + 1_000)
    where = {**BOUNDS} if bounds == "all" else {**BOUNDS, "below" if order == "-id" else "above": middle}
    assert_keyed(feeds, page_of(order, (), after=False), {**where, "limit": LIMIT})


@pytest.mark.parametrize("order", ["id", "-id"])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filtered_page_looks_at_the_pages_rows_alone(feeds: Feeds, name: str, order: str) -> None:
    assert_keyed(feeds, page_of(order, (name,), after=False), {**BOUNDS, **FILTERS[name], "limit": LIMIT})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("type", {"type": "customer.deleted"}),
        ("campaign_id", {"campaign_id": "camp_none"}),
        ("campaign_type", {"campaign_type": "PROMOTION"}),
    ],
)
def test_a_filter_that_nothing_passes_looks_at_nothing(feeds: Feeds, name: str, given: dict[str, str]) -> None:
    assert_keyed(feeds, page_of("-id", (name,), after=False), {**BOUNDS, **given, "limit": LIMIT})


def test_effects_are_sought_in_vain_without_a_look_at_the_actions(feeds: Feeds) -> None:
    assert_keyed(feeds, page_of("-id", ("effect",), after=False), {**BOUNDS, "limit": LIMIT}, QUIET)


def test_one_entry_is_found_by_its_key(feeds: Feeds) -> None:
    assert_keyed(feeds, ENTRY, {"id": id_of(ENTRY_PREFIX, 1_001)})


def test_a_total_looks_at_its_customer_alone(feeds: Feeds) -> None:
    for url, project_id in feeds.values():
        plan = plan_of(url, count_of(()), {"project_id": project_id, "customer_id": QUIET, **BOUNDS})
        assert not plan.faults
        assert plan.rows_read <= LARGE / 50
