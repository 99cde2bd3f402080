"""What is asked of campaigns and of their vouchers goes by an index, and looks at no more rows when there are more."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from bench.shop import BEGIN_MS, Rows, analyze, fill, project_of, write
from patron.db.postgres import WRITES
from patron.db.statements import Statement
from patron.domains.campaigns.store import BY_ID, BY_NAME, page_of
from patron.domains.campaigns.wire.asked import Order
from patron.domains.vouchers import (
    CAMPAIGN_DAYS,
    CAMPAIGN_NAMES,
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    CODES_AFTER,
    DAYS,
    DELETE_DAYS,
    PUBLISHABLE,
    Campaign,
    CampaignDay,
    CampaignName,
    CampaignTotals,
    transactions_in,
    voucher_of,
)
from patron.domains.vouchers.model import (
    VOUCHER_HOLDERS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
    VoucherHolder,
    VoucherTransaction,
)
from patron.domains.vouchers.of_campaign import (
    CAMPAIGN_BY_ID,
    CAMPAIGN_BY_NAME,
    CAMPAIGN_OF,
    DELETE_TRANSACTION_KEYS_OF,
    DELETE_TRANSACTIONS_OF,
    HOLDERS_OF,
)
from patron.kernel.ids import earliest_id
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import Plan, plan_of

SMALL, LARGE = 2_000, 8_000
OF_ONE = 40
"""Vouchers of a campaign."""
LIMIT = 11

Shops = list[tuple[str, str]]
"""Of a small shop, then of a large one: the database's URL, and the project's id."""


def campaign_id_of(n: int) -> str:
    return earliest_id("camp_", BEGIN_MS + n * 1_000) + "0" * 16


CAMPAIGN = campaign_id_of(7)
IN_CAMPAIGN = {"campaign_id": CAMPAIGN}
CODES = msgspec.json.encode([f"CODE-{n:07}" for n in range(280, 290)]).decode()

READS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "campaign by id": (BY_ID, {"id": CAMPAIGN}),
    "campaign by name": (BY_NAME, {"name": "Campaign 7"}),
    "campaign of a write by id": (CAMPAIGN_BY_ID, {"id": CAMPAIGN}),
    "campaign of a write by name": (CAMPAIGN_BY_NAME, {"name": "Campaign 7"}),
    "campaign of a voucher": (CAMPAIGN_OF, {"code": "CODE-0000281"}),
    "first codes": (CODES_AFTER, IN_CAMPAIGN | {"after": "", "limit": LIMIT}),
    "next codes": (CODES_AFTER, IN_CAMPAIGN | {"after": earliest_id("v_", BEGIN_MS + 290_000), "limit": LIMIT}),
    "holders": (HOLDERS_OF, {"codes": CODES}),
    "days": (DAYS, IN_CAMPAIGN | {"first": 0, "last": 1_000_000}),
    **{
        f"transactions, {down=}": (
            transactions_in(down=down),
            IN_CAMPAIGN | {"above": "", "below": "~", "limit": LIMIT},
        )
        for down in (True, False)
    },
}
WRITTEN: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "publishable": (PUBLISHABLE.statement, IN_CAMPAIGN | {"now": BEGIN_MS, "limit": LIMIT}),
    "delete days": (DELETE_DAYS, IN_CAMPAIGN),
    "delete transactions": (DELETE_TRANSACTIONS_OF, IN_CAMPAIGN | {"codes": CODES}),
    "delete keys": (DELETE_TRANSACTION_KEYS_OF, IN_CAMPAIGN | {"codes": CODES}),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shops(request: pytest.FixtureRequest) -> Iterator[Shops]:
    if request.param == "sqlite":
        with sqlite_file() as small, sqlite_file() as large:
            yield [_filled(small, SMALL), _filled(large, LARGE)]
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as small, server.database() as large:
            yield [_filled(small, SMALL), _filled(large, LARGE)]


def _filled(url: str, size: int) -> tuple[str, str]:
    fill(url, 10)
    project_id = project_of(url)
    write(url, _rows(project_id, size))
    analyze(url)
    return url, project_id


def _rows(project_id: str, size: int) -> Rows:
    """Gift cards, forty of each campaign that has any, of which nobody has every tenth; each with its opening."""
    campaigns = [campaign_row(project_id, n) for n in range(size)]
    cards = [
        replace(
            voucher_of(campaigns[n // OF_ONE], f"CODE-{n:07}", _voucher_id(n), BEGIN_MS), publish_count=min(n % 10, 1)
        )
        for n in range(size)
    ]
    return {
        VOUCHERS: cards,
        VOUCHER_TRANSACTIONS: [
            VoucherTransaction(
                project_id,
                card.code,
                1,
                card.id.replace("v_", "vtx_"),
                card.id,
                card.campaign_id,
                "CREDITS_ADDITION",
                *(500, 500, 500),
                *("API", None, None),
                BEGIN_MS,
            )
            for card in cards
        ],
        VOUCHER_HOLDERS: [
            VoucherHolder(project_id, card.code, f"cust_{n}", f"rh_{n:024}", card.id, BEGIN_MS)
            for n, card in enumerate(cards)
        ],
        CAMPAIGNS: campaigns,
        CAMPAIGN_NAMES: [CampaignName(project_id, campaign.name, campaign.id) for campaign in campaigns],
        CAMPAIGN_TOTALS: [CampaignTotals(project_id, campaign.id, OF_ONE) for campaign in campaigns],
        CAMPAIGN_DAYS: [CampaignDay(project_id, campaign.id, day, 2) for campaign in campaigns for day in range(3)],
    }


def _voucher_id(n: int) -> str:
    return earliest_id("v_", BEGIN_MS + n * 1_000) + "0" * 16


def campaign_row(project_id: str, n: int) -> Campaign:
    """The campaign with this number."""
    return Campaign(
        project_id=project_id,
        id=campaign_id_of(n),
        name=f"Campaign {n}",
        campaign_type="GIFT_VOUCHERS",
        type="STATIC",
        description=None,
        category=None,
        discount=None,
        gift_amount=500,
        gift_effect="APPLY_TO_ORDER",
        quantity=None,
        code_config="{}",
        start_at=None,
        expires_at=None,
        validity=None,
        lifetime=None,
        metadata="{}",
        schema="voucher",
        active=1,
        join_once=0,
        auto_join=0,
        protected=0,
        in_bin=0,
        created_at=BEGIN_MS,
        updated_at=BEGIN_MS + n * 1_000,
        deleted_at=None,
        version=1,
    )


def _plans(shops: Shops, statement: Statement[Any], params: dict[str, Any], **settings: Any) -> list[Plan]:
    return [plan_of(url, statement, {"project_id": project_id, **params}, **settings) for url, project_id in shops]


def _assert_keyed(found: list[Plan]) -> None:
    for plan in found:
        assert plan.steps
        assert not plan.faults, plan.steps
    small, large = found
    assert large.rows_read <= small.rows_read + LIMIT


@pytest.mark.parametrize("name", READS)
def test_a_read_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    _assert_keyed(_plans(shops, *READS[name]))


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_unit_does_looks_at_its_rows_alone(shops: Shops, name: str) -> None:
    _assert_keyed(_plans(shops, *WRITTEN[name], settings=WRITES))


def test_what_may_be_published_has_an_index_of_its_own(shops: Shops) -> None:
    """Those that somebody has are not looked at, however many they are."""
    for plan in _plans(shops, PUBLISHABLE.statement, WRITTEN["publishable"][1], settings=WRITES):
        by_name = any("vouchers_publishable_idx" in step for step in plan.steps)
        assert by_name or 0 < plan.rows_read <= OF_ONE // 10, plan


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("after", [False, True])
def test_a_page_in_any_order_looks_at_the_pages_rows_alone(shops: Shops, order: str, after: bool) -> None:
    value = CAMPAIGN if order.endswith("created_at") else BEGIN_MS + 7_000
    where = {"value": value, "id": CAMPAIGN} if after else {}
    page = page_of(order, None, typed=False, after=after)
    _assert_keyed(_plans(shops, page, {"limit": LIMIT, "offset": 0, **where}))
