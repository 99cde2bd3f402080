"""Pages and keyed reads go by an index, and look at no more rows when there are more redemptions."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from bench.shop import BEGIN_MS, Rows, analyze, fill, id_of, project_of, source_id_of, write
from patron.db.statements import Statement
from patron.domains.redemptions.model import FAILURE, REDEMPTION, REDEMPTIONS, ROLLBACK, SEVERAL, SUCCESS, VOUCHER
from patron.domains.redemptions.model import Redemption as Row
from patron.domains.redemptions.store import (
    BY_ID,
    PARTS_OF,
    PARTS_OF_MANY,
    REDEEMED_BY,
    SUMS_OF_CAMPAIGN,
    page_of,
)
from patron.domains.redemptions.wire.asked import Order
from patron.kernel.ids import earliest_id
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
LIMIT = 11
CAMPAIGNS = 40
EACH = 5
"""How often each voucher was redeemed, and each customer did."""

Shops = dict[int, tuple[str, str]]
"""By size: the database's URL, and the project's id."""


def place(n: int) -> str:
    return earliest_id("", BEGIN_MS + n * 1_000) + "0" * 16


def code_of(n: int) -> str:
    """The code of the voucher of this row; its order is not that of creation."""
    return f"CODE-{n // EACH * 7919 % 1_000_003:07}"


MIDDLE = place(500)
MIDDLES = {
    "id": MIDDLE,
    "created_at": MIDDLE,
    "voucher_code": code_of(500),
    "tracking_id": source_id_of(500),
    "customer_id": id_of(100),
}
FILTERS: dict[str, Any] = {
    "customer": id_of(7),
    "code": code_of(7),
    "related_id": "v_7",
    "campaign_id": "camp_7",
    "failed": True,
    "succeeded": True,
    "before": place(1_000),
    "after": place(1_000),
}
KEYED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "id": (BY_ID, {"place": place(7), "id": f"r_{place(7)}"}),
    "parts": (PARTS_OF, {"parent_id": f"r_{place(10)}"}),
    "parts of many": (PARTS_OF_MANY, {"parent_ids": f'["r_{place(10)}"]'}),
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
    shops = {}
    for url, size in ((small, SMALL), (large, LARGE)):
        fill(url, 10)
        project_id = project_of(url)
        write(url, _rows(project_id, size))
        analyze(url)
        shops[size] = url, project_id
    return shops


def _rows(project_id: str, size: int) -> Rows:
    """Every tenth row is a parent, whose part is the next; every fiftieth failed, every twentieth is a rollback."""
    return {REDEMPTIONS: [_row(project_id, n) for n in range(size)]}


def _row(project_id: str, n: int) -> Row:
    failed, rollback, parent = n % 50 == 3, n % 20 == 7, n % 10 == 0
    own_id = f"r_{place(n)}"
    return Row(
        project_id=project_id,
        place=place(n),
        id=own_id,
        object=ROLLBACK if rollback else REDEMPTION,
        result=FAILURE if failed else SUCCESS,
        status="FAILED" if failed else "SUCCEEDED",
        created_at=BEGIN_MS + n * 1_000,
        customer_id=id_of(n // EACH),
        tracking_id=source_id_of(n),
        metadata="{}",
        parent_id=f"r_{place(n - 1)}" if n % 10 == 1 else None,
        related_type=SEVERAL if parent else VOUCHER,
        related_id=own_id if parent else f"v_{n // EACH}",
        code="" if parent else code_of(n),
        campaign_id=f"camp_{n % CAMPAIGNS}",
        amount=0,
        discount_amount=10,
        order_id=None,
        order=None,
        session_key=None,
        channel="API",
        channel_id="shop",
        failure_code="x" if failed else None,
        failure_message="x" if failed else None,
        trace=None,
        version=1,
        of_id=None,
        rollback_id=None,
        rolled_back_at=None,
        order_mode=None,
        reason=None,
        once=None,
        order_amount=100,
    )


def plans(shops: Shops, statement: Statement[Any], params: dict[str, Any]) -> dict[int, Plan]:
    return {
        size: plan_of(url, statement, {"project_id": project_id, **params}) for size, (url, project_id) in shops.items()
    }


def assert_keyed(shops: Shops, statement: Statement[Any], params: dict[str, Any]) -> None:
    found = plans(shops, statement, params)
    for plan in found.values():
        assert plan.steps
        assert not plan.faults, plan.steps
    assert found[LARGE].rows_read <= found[SMALL].rows_read + 2


@pytest.mark.parametrize("name", KEYED)
def test_a_keyed_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    assert_keyed(shops, *KEYED[name])


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("after", [False, True])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, order: str, after: bool) -> None:
    where = {"value": MIDDLES[order.removeprefix("-")], "id": MIDDLE} if after else {}
    assert_keyed(shops, page_of(order, (), after=after), {"limit": LIMIT, "offset": 0, **where})


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_a_filtered_page_goes_by_the_filters_index(shops: Shops, name: str, order: str) -> None:
    assert_keyed(shops, page_of(order, (name,), after=False), {"limit": LIMIT, "offset": 0, name: FILTERS[name]})


def test_what_a_customer_redeemed_is_found_by_their_index(shops: Shops) -> None:
    for url, project_id in shops.values():
        asked = {"project_id": project_id, "customer": id_of(7), "limit": LIMIT}
        plan = plan_of(url, REDEEMED_BY, asked)
        assert any("customer" in step for step in plan.steps), plan.steps
        assert plan.rows_read <= 2 * EACH


def test_a_campaign_is_summed_up_from_its_index_alone(shops: Shops) -> None:
    """Of the days that are asked for; here those have as many entries, however many there are."""
    asked = {"campaign_id": "camp_7", "first": place(400), "end": place(1_200)}
    found = plans(shops, SUMS_OF_CAMPAIGN, asked)
    for plan in found.values():
        assert not plan.faults, plan.steps
        [step] = [step for step in plan.steps if "redemptions" in step]
        assert step.startswith("Index Only Scan") or "COVERING INDEX redemptions_campaign_idx" in step
    assert found[LARGE].rows_read <= 800 // CAMPAIGNS + 1


def test_a_scan_would_be_noticed(shops: Shops) -> None:
    everything = Statement(sa.select(REDEMPTIONS.c.id).order_by(REDEMPTIONS.c.failure_message), str)
    for url, _ in shops.values():
        assert plan_of(url, everything, {}).faults
