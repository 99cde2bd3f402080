"""What is asked of segments and of their members goes by an index, and looks at no more rows when the shop grows."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bench.segmented import EVERYBODY, SOME, segment, segments_of
from bench.shop import BEGIN_MS, analyze, fill, id_of, project_of, write
from patron.db.actions import Ctx
from patron.db.postgres import WRITES
from patron.db.statements import Statement
from patron.domains.segments.model import SEGMENT_ACTIVITY, SEGMENT_LISTINGS, SEGMENTS, SegmentActivity, SegmentListing
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.comparing import END_OF_RANGE, RANGE, SOME_MEMBERS, differing
from patron.domains.segments.store.listing import COUNT, LISTING, LISTINGS, page_by_creation
from patron.domains.segments.store.segments import (
    ANY_TYPE,
    BY_ID,
    DELETED_AMONG,
    LIVE,
    NEWEST_ACTIVITIES,
    OLDEST_ACTIVITIES,
    TYPES,
)
from patron.domains.segments.store.standing import OF_CUSTOMER
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.filters import Fault
from patron.engine.conditions.parsing import parse
from patron.kernel.zones import zone_of
from tests.domains.segments.strategies import GRAMMAR
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import plan_of

SMALL, LARGE = RANGE + 10, 3 * RANGE
LIMIT = 11
DIFFERENT = 8
"""Of the shop's segments, the first have filters of all kinds."""
SOMETHING = 2_000
"""Activities of a segment, deleted segments, and listings that wait."""

Shops = dict[int, str]
"""Databases, by how many customers there are."""

_ACTIVITIES = {"segment_id": EVERYBODY, "type": ANY_TYPE, "above": "evseg_", "below": "evseg_~", "limit": LIMIT}
KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "by id": (BY_ID, {"id": SOME}),
    "deleted among": (DELETED_AMONG, {"ids": f'["{SOME}", "seg_of_nobody"]'}),
    "of a customer": (OF_CUSTOMER, {"customer_id": id_of(7), "kind": "auto-update"}),
    "newest activities": (NEWEST_ACTIVITIES, _ACTIVITIES),
    "oldest activities": (OLDEST_ACTIVITIES, _ACTIVITIES),
    "some members": (SOME_MEMBERS, {"segment_id": SOME, "limit": LIMIT}),
    "listing": (LISTING, {"segment_id": SOME, "id": "000007"}),
    "listings": (LISTINGS, {"segment_id": SOME}),
    "end of a range": (END_OF_RANGE, {"after": id_of(7)}),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield _filled(small, large)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield _filled(small, large)


def _filled(small: str, large: str) -> Shops:
    for url, size in ((small, SMALL), (large, LARGE)):
        fill(url, size)
        segment(url, size)
        project_id = project_of(url)
        happened = [_activity(project_id, n) for n in range(SOMETHING)]
        waiting = [SegmentListing(project_id, f"seg_{n % 100:03}", f"{n:06}", "[]") for n in range(SOMETHING)]
        gone = [replace(segments_of(project_id)[0], id=f"seg_gone{n}", deleted_at=BEGIN_MS) for n in range(SOMETHING)]
        write(url, {SEGMENTS: gone, SEGMENT_ACTIVITY: happened, SEGMENT_LISTINGS: waiting})
        analyze(url)
    return {SMALL: small, LARGE: large}


def _activity(project_id: str, n: int) -> SegmentActivity:
    return SegmentActivity(
        project_id, EVERYBODY, Ctx(project_id, BEGIN_MS + n, b"").id("evseg_"), "x", "", "{}", "{}", BEGIN_MS + n
    )


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any]) -> None:
    read = {}
    for size, url in shops.items():
        plan = plan_of(url, statement, {"project_id": project_of(url), **params})
        assert plan.steps
        assert not plan.faults, plan.steps
        read[size] = plan.rows_read
    assert read[LARGE] <= read[SMALL] + 2


@pytest.mark.parametrize("name", KEYED)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    assert_keyed(shops, *KEYED[name])


@pytest.mark.parametrize("segment_id", [EVERYBODY, SOME])
@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("position", [None, "moment", "cursor"])
def test_a_page_of_members_looks_at_its_own_entries_alone(
    shops: Shops, segment_id: str, *, down: bool, position: str | None
) -> None:
    middle = BEGIN_MS + SMALL // 2 * 1_000
    by: dict[str | None, dict[str, Any]] = {
        None: {},
        "moment": {"moment": middle},
        "cursor": {"value": middle, "id": id_of(SMALL // 2)},
    }
    paged = {"segment_id": segment_id, "limit": LIMIT, "offset": 0, **by[position]}
    assert_keyed(shops, page_by_creation(position, down=down), paged)


def test_the_total_of_a_segment_counts_its_members_alone(shops: Shops) -> None:
    """Where a shop has but two segments, reading the table is no worse, so the plan is asked without that choice."""
    asked = {"project_id": project_of(shops[LARGE]), "segment_id": SOME}
    plan = plan_of(shops[LARGE], COUNT, asked, WRITES)
    assert not plan.faults, plan.steps
    assert plan.rows_read <= LARGE // 10


@pytest.mark.parametrize("n", range(DIFFERENT))
def test_comparing_a_range_looks_at_its_customers_alone(shops: Shops, n: int) -> None:
    """A filling and a sweep go through everybody, a range at a time: each must not look at the others again."""
    each = segments_of("")[n]
    found = parse(msgspec.json.decode(each.filter or ""), GRAMMAR)
    assert not isinstance(found, Fault)
    passing = population(found)
    values = passing.values(Calendar(zone_of("UTC"), "monday"), BEGIN_MS)
    asked = {"segment_id": EVERYBODY, "after": id_of(7), "up_to": id_of(107), **values}
    for url in shops.values():
        plan = plan_of(url, differing(passing), {"project_id": project_of(url), **asked})
        assert not [step for step in plan.faults if "SEQ SCAN" in step.upper() or step.startswith("SCAN")], plan.steps
        assert plan.rows_read <= 3 * 100


@pytest.mark.parametrize("statement", [LIVE, TYPES])
def test_the_segments_of_a_project_are_read_by_their_index(shops: Shops, statement: Statement[Any]) -> None:
    """A project has some hundreds, and may have deleted more."""
    url = shops[LARGE]
    plan = plan_of(url, statement, {"project_id": project_of(url)})
    assert plan.rows_read <= len(segments_of(""))
