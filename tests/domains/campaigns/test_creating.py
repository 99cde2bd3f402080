"""Creating campaigns, with one code in the call, and finding them."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.domains.campaigns.conftest import (
    TEN_PERCENT,
    Make,
    a_code,
    a_name,
    cards,
    coupons,
    discount,
    ok,
    refused,
    vouchers_of,
)


def test_a_campaign_is_told_whole(client: httpx.Client) -> None:
    body = coupons(
        {"redemption": {"quantity": 10}, "code_config": {"pattern": "10OFF-####", "charset": "0123456789"}},
        type="AUTO_UPDATE",
        description="For a rainy summer.",
        join_once=True,
        start_date="2026-01-01T00:00:00Z",
        expiration_date="2030-12-31T00:00:00Z",
        validity_timeframe={"duration": "PT1H", "interval": "P2D"},
        validity_day_of_week=[1, 2, 3],
        activity_duration_after_publishing="P24D",
        category="Summer",
        metadata={"region": "AMER"},
        use_voucher_metadata_schema=False,
    )
    made = ok(client.post("/v1/campaigns", json=body))
    assert ok(client.get(f"/v1/campaigns/{made['id']}")) == made
    assert ok(client.get(f"/v1/campaigns/{quote(made['name'])}")) == made
    assert re.fullmatch(r"camp_\w{24}", made.pop("id"))
    assert made.pop("created_at")
    when = {
        "start_date": "2026-01-01T00:00:00Z",
        "expiration_date": "2030-12-31T00:00:00Z",
        "validity_timeframe": {"interval": "P2D", "duration": "PT1H"},
        "validity_day_of_week": [1, 2, 3],
    }
    assert made == {
        "name": body["name"],
        "description": "For a rainy summer.",
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "AUTO_UPDATE",
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": TEN_PERCENT,
            "redemption": {"quantity": 10},
            "code_config": {"length": 4, "charset": "0123456789", "pattern": "10OFF-####"},
            "is_referral_code": False,
            **when,
        },
        "auto_join": False,
        "join_once": True,
        "use_voucher_metadata_schema": False,
        "activity_duration_after_publishing": "P24D",
        "vouchers_count": 1,
        "active": True,
        "metadata": {"region": "AMER"},
        "category": "Summer",
        "creation_status": "DONE",
        "vouchers_generation_status": "DONE",
        "protected": False,
        "category_id": None,
        "categories": [],
        "validation_rules_assignments": {"object": "list", "data_ref": "data", "data": [], "total": 0},
        "object": "campaign",
        **when,
    }


def test_its_voucher_takes_over_what_the_campaign_says(client: httpx.Client, make: Make) -> None:
    campaign = make(
        voucher={"redemption": {"quantity": 3}, "code_config": {"prefix": "SUN-", "length": 5}},
        start_date="2026-01-01T00:00:00Z",
        expiration_date="2030-12-31T00:00:00Z",
        validity_day_of_week=[0, 6],
        category="Summer",
        metadata={"region": "AMER"},
    )
    [voucher] = vouchers_of(client, campaign)
    assert re.fullmatch(r"SUN-\w{5}", voucher["code"])
    told = ("campaign", "campaign_id", "category", "start_date", "expiration_date", "validity_day_of_week", "metadata")
    assert {field: voucher[field] for field in told} == {
        "campaign": campaign["name"],
        "campaign_id": campaign["id"],
        **{field: campaign[field] for field in told[2:]},
    }
    assert (voucher["discount"], voucher["redemption"]["quantity"]) == (TEN_PERCENT, 3)
    assert ok(client.get("/v1/vouchers", params={"campaign": campaign["name"]}))["vouchers"] == [voucher]
    assert ok(client.get("/v1/vouchers", params={"campaign": "Unheard of"}))["total"] == 0


def test_a_gift_card_begins_with_its_transaction(client: httpx.Client, make_cards: Make) -> None:
    campaign = make_cards(5_000)
    assert campaign["voucher"]["gift"] == {"amount": 5_000, "balance": 5_000, "effect": "APPLY_TO_ORDER"}
    [card] = vouchers_of(client, campaign)
    assert card["gift"]["balance"] == 5_000
    [opening] = ok(client.get(f"/v1/vouchers/{card['code']}/transactions"))["data"]
    assert (opening["type"], opening["campaign_id"]) == ("CREDITS_ADDITION", campaign["id"])
    assert opening["details"]["balance"]["balance"] == 5_000


def test_a_standalone_campaign_has_one_code_for_all(client: httpx.Client) -> None:
    code = a_code()
    campaign = ok(client.post("/v1/campaigns", json=coupons({"code": code}, type="STANDALONE")))
    assert (campaign["type"], campaign["vouchers_count"]) == ("STANDALONE", 1)
    assert [voucher["code"] for voucher in vouchers_of(client, campaign)] == [code]
    again = client.post("/v1/campaigns", json=coupons({"code": code}, type="STANDALONE"))
    assert code in refused(again, 409, "duplicate_found")


def test_no_codes_may_be_asked_for(make: Make) -> None:
    campaign = make(vouchers_count=0)
    assert (campaign["vouchers_count"], campaign["vouchers_generation_status"]) == (0, "DONE")


def test_a_name_is_taken_once(client: httpx.Client, make: Make) -> None:
    campaign = make()
    details = refused(client.post("/v1/campaigns", json=coupons(name=campaign["name"])), 409, "duplicate_found")
    assert campaign["name"] in details


def test_of_many_who_bring_one_name_at_once_one_creates_the_campaign(client: httpx.Client) -> None:
    name = a_name()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/campaigns", json=coupons(name=name)), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 19]
    [campaign] = [answer.json() for answer in answers if answer.status_code == 200]
    assert ok(client.get(f"/v1/campaigns/{name}")) == campaign
    assert len(vouchers_of(client, campaign)) == 1


def test_a_name_may_hold_any_character(client: httpx.Client) -> None:
    name = f"{a_name()} / 100 % + «ä»"
    campaign = ok(client.post("/v1/campaigns", json=coupons(name=name)))
    assert ok(client.get(f"/v1/campaigns/{quote(name, safe='')}")) == campaign


@pytest.mark.parametrize(
    ("voucher", "fields", "key", "named"),
    [
        ({"discount": None}, {}, "invalid_campaign", "voucher.discount"),
        ({"type": "GIFT_VOUCHER"}, {}, "invalid_campaign", "voucher.type"),
        ({"gift": {"amount": 1}}, {}, "invalid_campaign", "voucher.gift"),
        ({"is_referral_code": True}, {}, "invalid_campaign", "voucher.is_referral_code"),
        ({"code": "X"}, {}, "invalid_campaign", "voucher.code"),
        ({}, {"type": "STANDALONE"}, "invalid_campaign", "voucher.code"),
        ({"code": "X"}, {"type": "STANDALONE", "vouchers_count": 2}, "invalid_campaign", "vouchers_count"),
        ({"code": "X"}, {"type": "STANDALONE", "join_once": True}, "invalid_campaign", "join_once"),
        ({"code": "X", "code_config": {}}, {"type": "STANDALONE"}, "invalid_campaign", "voucher.code_config"),
        ({}, {"type": "SOMETIMES"}, "invalid_payload", "type"),
        ({}, {"campaign_type": "LUCKY_DRAW"}, "invalid_payload", "campaign_type"),
        ({}, {"name": ""}, "invalid_payload", "name"),
        ({}, {"vouchers_count": 100_001}, "invalid_payload", "vouchers_count"),
        ({}, {"vouchers_count": 1.5}, "invalid_payload", "vouchers_count"),
        ({}, {"vouchers_count": -1}, "invalid_payload", "vouchers_count"),
        ({}, {"activity_duration_after_publishing": "a day"}, "invalid_payload", "activity_duration"),
        ({}, {"start_date": "2026-02-01", "expiration_date": "2026-01-01"}, "invalid_payload", "expiration_date"),
        ({"discount": {"type": "PERCENT"}}, {}, "invalid_payload", "percent_off"),
        ({"code_config": {"pattern": "#" * 65}}, {}, "invalid_code_config", "pattern"),
        ({"code_config": {"pattern": "SAME"}}, {"vouchers_count": 2}, "invalid_code_config", "1 codes"),
        ({"code_config": {"charset": "ab", "pattern": "##"}}, {"vouchers_count": 5}, "invalid_code_config", "4 codes"),
    ],
)
def test_what_cannot_be_is_refused(
    client: httpx.Client, voucher: dict[str, Any], fields: dict[str, Any], key: str, named: str
) -> None:
    assert named in refused(client.post("/v1/campaigns", json=coupons(voucher, **fields)), 400, key)


def test_codes_that_others_have_are_not_promised(client: httpx.Client) -> None:
    prefix = a_code()
    ok(client.post("/v1/vouchers", json=discount(code=f"{prefix}-1")))
    binned = ok(client.post("/v1/vouchers", json=discount(code=f"{prefix}-2")))
    assert client.delete(f"/v1/vouchers/{binned['code']}").status_code == 204
    few = {"code_config": {"charset": "0123", "pattern": f"{prefix}-#"}}
    details = refused(client.post("/v1/campaigns", json=coupons(few, vouchers_count=3)), 400, "invalid_code_config")
    assert "4 codes, of which 2 are taken" in details


def test_what_is_not_there_is_a_404(client: httpx.Client) -> None:
    refused(client.post("/v1/campaigns", json=coupons(category_id="cat_1")), 404, "not_found")
    refused(client.post("/v1/campaigns", json=coupons(validation_rules=["val_1"])), 404, "not_found")
    assert "Spring" in refused(client.get("/v1/campaigns/Spring"), 404, "not_found")


def test_a_refused_campaign_leaves_its_name(client: httpx.Client) -> None:
    code, name = a_code(), a_name()
    ok(client.post("/v1/vouchers", json=discount(code=code)))
    body = coupons({"code": code}, name=name, type="STANDALONE")
    refused(client.post("/v1/campaigns", json=body), 409, "duplicate_found")
    ok(client.post("/v1/campaigns", json=cards(100, name=name)))


def test_campaigns_are_listed_by_their_kind(client: httpx.Client, make: Make, make_cards: Make) -> None:
    mine = [make(), make_cards(), make()]
    page = ok(client.get("/v1/campaigns", params={"limit": 3}))
    assert page["campaigns"] == mine[::-1]
    [card] = ok(client.get("/v1/campaigns", params={"limit": 1, "campaign_type": "GIFT_VOUCHERS"}))["campaigns"]
    assert card == mine[1]
    assert ok(client.get("/v1/campaigns", params={"campaign_type": "PROMOTION"}))["total"] == 0
    assert ok(client.get("/v1/campaigns", params={"campaign_status": "FAILED"}))["total"] == 0
    assert ok(client.get("/v1/campaigns", params={"is_referral_code": "true"}))["total"] == 0


def test_pages_follow_each_other(client: httpx.Client, make: Make) -> None:
    for _ in range(3):
        make()
    for order in ("created_at", "-created_at", "updated_at", "-updated_at"):
        whole = ok(client.get("/v1/campaigns", params={"limit": 100, "order": order}))
        found: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(whole["total"]):
            page = ok(client.get("/v1/campaigns", params={"limit": 1, "order": order, **cursor}))
            found += [campaign["id"] for campaign in page["campaigns"]]
            cursor = {"cursor": page.get("next_cursor", "")}
        assert found == [campaign["id"] for campaign in whole["campaigns"]]
        assert not page["has_more"]
    other = client.get("/v1/campaigns", params={"order": "created_at", "cursor": whole.get("next_cursor", "x")})
    refused(other, 400, "invalid_query_params")
