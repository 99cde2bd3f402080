"""The filters of the lists of campaigns, and of the transactions of their cards."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.domains.campaigns.conftest import Made, Make, ok, refused, settled
from tests.support.filters import filters

Conditions = dict[str, dict[str, Any]]

CASES: list[tuple[Conditions, str]] = [
    ({"campaigns": {"$ends_with": "-a"}}, "a"),
    ({"name": {"$ends_with": ["-a", "-b"]}}, "ab"),
    ({"campaigns_id": {"$is": "camp_nothing"}}, ""),
    ({"campaign_type": {"$is": "GIFT_VOUCHERS"}}, "d"),
    ({"voucher_type": {"$is": "DISCOUNT_VOUCHER"}}, "abc"),
    ({"voucher_type": {"$not_in": ["DISCOUNT_VOUCHER", "LOYALTY_CARD"]}}, "d"),
    ({"type": {"$in": ["STANDALONE", "BULK"]}}, "b"),
    ({"type": {"$not_in": ["STANDALONE"]}}, "acd"),
    ({"campaign_status": {"$is": "DONE"}}, "abcd"),
    ({"campaign_status": {"$in": ["DRAFT", "FAILED"]}}, ""),
    ({"status": {"$active": ""}}, "a"),
    ({"status": {"$expired": ""}}, "c"),
    ({"status": {"before_start": ""}}, "d"),
    ({"status": {"$in_progress": ""}}, ""),
    ({"status": {"$failed": ""}}, ""),
    ({"active": {"$enabled": ""}}, "acd"),
    ({"active": {"$disabled": ""}}, "b"),
    ({"is_referral_code": {"$is": "TRUE"}}, ""),
    ({"is_referral_code": {"$is_not": "TRUE"}}, "abcd"),
    ({"categories": {"$is_unknown": ""}}, "bcd"),
    ({"category": {"$is": "Spring"}}, "a"),
    ({"created_date": {"$after": "2021-01-01"}}, "abcd"),
    ({"updated_at": {"$has_value": ""}}, "b"),
    ({"start_date": {"$after": "2090-01-01"}}, "d"),
    ({"expiration_date": {"$before": "2021-01-01"}}, "c"),
    ({"validity_day_of_week": {"$is": [1, 2]}}, "a"),
    ({"validity_timeframe": {"$has_value": ""}}, "d"),
    ({"metadata.owner.name": {"$is": "Ada"}}, "a"),
]


@pytest.fixture(scope="module")
def group() -> str:
    return uuid4().hex


@pytest.fixture
def some(client: httpx.Client, make: Make, make_cards: Make, group: str) -> str:
    """The id of the first of four campaigns, which have metadata in common and are told apart by the last letter."""
    mine = filters(metadata__group={"$is": group})
    known = ok(client.get("/v1/campaigns", params={**mine, "order": "created_at"}))["campaigns"]
    if not known:
        metadata = {"group": group}
        days = {"validity_day_of_week": [2, 1], "category": "Spring"}
        make(name=f"{group}-a", metadata={**metadata, "owner": {"name": "Ada"}}, **days)
        switched_off = make(name=f"{group}-b", type="STANDALONE", metadata=metadata, voucher={"code": group})["id"]
        ok(client.post(f"/v1/campaigns/{switched_off}/disable"))
        make(name=f"{group}-c", expiration_date="2020-01-01", metadata=metadata)
        frame = {"start_date": "2099-01-01", "validity_timeframe": {"interval": "P2D", "duration": "PT1H"}}
        make_cards(name=f"{group}-d", metadata=metadata, **frame)
        known = ok(client.get("/v1/campaigns", params={**mine, "order": "created_at"}))["campaigns"]
    assert len(known) == 4
    for each in known:
        settled(client, each["id"])
    return str(known[0]["id"])


def letters(client: httpx.Client, group: str, conditions: Conditions) -> str:
    query = filters(**conditions, metadata__group={"$is": group})
    page = ok(client.get("/v1/campaigns", params={**query, "order": "created_at"}))
    assert page["total"] == len(page["campaigns"])
    return "".join(campaign["name"][-1] for campaign in page["campaigns"])


@pytest.mark.parametrize(("conditions", "expected"), CASES)
def test_a_filter_leaves_those_that_pass(
    client: httpx.Client, some: str, group: str, conditions: Conditions, expected: str
) -> None:
    assert letters(client, group, conditions) == expected


def test_filters_hold_beside_other_parameters(client: httpx.Client, some: str, group: str) -> None:
    query = {**filters(metadata__group={"$is": group}), "campaign_type": "DISCOUNT_COUPONS", "limit": 2}
    first = ok(client.get("/v1/campaigns", params=query))
    second = ok(client.get("/v1/campaigns", params={**query, "cursor": first["next_cursor"]}))
    assert [each["name"][-1] for each in (*first["campaigns"], *second["campaigns"])] == list("cba")
    assert (first["total"], second["has_more"]) == (3, False)
    assert ok(client.get("/v1/campaigns", params=filters(campaigns_id={"$in": [some]})))["campaigns"][0]["id"] == some


def test_categories_are_asked_for_by_their_ids(client: httpx.Client, make: Make, group: str) -> None:
    tea = ok(client.post("/v1/categories", json={"name": f"Tea {group}", "hierarchy": 1}))
    mine = make(category_id=tea["id"])
    for conditions in ({"category_ids": {"$is": tea["id"]}}, {"categories": {"$in": [tea["name"]]}}):
        page = ok(client.get("/v1/campaigns", params=filters(**conditions)))
        assert ([each["id"] for each in page["campaigns"]], page["total"]) == ([mine["id"]], 1)


def test_the_transactions_of_cards_are_narrowed(client: httpx.Client, make_cards: Make, make: Make) -> None:
    campaign = make_cards(700, vouchers_count=2)
    settled(client, campaign["id"])
    path = f"/v1/campaigns/{campaign['id']}/transactions"
    newest: Made = ok(client.get(path))["data"][0]
    for conditions in ({"voucher_id": {"$is": newest["voucher_id"]}}, {"id": {"$in": [newest["id"], "vtx_nothing"]}}):
        assert [each["id"] for each in ok(client.get(path, params=filters(**conditions)))["data"]] == [newest["id"]]
    assert ok(client.get(path, params=filters(type={"$is_not": newest["type"]})))["data"] == []
    for of in (campaign, make()):
        query = filters(balance={"$is": 1})
        refusal = refused(
            client.get(f"/v1/campaigns/{of['id']}/transactions", params=query), 400, "invalid_query_params"
        )
        assert refusal.startswith("filters.balance: expected a field: id, voucher_id")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (filters(segment={"$is": "x"}), "filters.segment: expected a field: campaigns, campaigns_id"),
        (filters(active={"$is": ""}), "filters.active.conditions.$is[0]"),
        (filters(active={"$contains": "x"}), "filters.active.conditions.$contains: expected an operator"),
        (filters(start_date={"$before": "x"}), "filters.start_date.conditions.$before[0]"),
        ({"is_referral_code": "true", **filters(nothing={"$is": "x"})}, "filters.nothing"),
    ],
)
def test_what_is_no_filter_is_refused_by_its_path(client: httpx.Client, query: dict[str, Any], path: str) -> None:
    assert refused(client.get("/v1/campaigns", params=query), 400, "invalid_query_params").startswith(path)
