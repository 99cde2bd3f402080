"""Codes that are made in the background: as many as were asked for, each once."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.domains.campaigns.conftest import (
    Make,
    a_code,
    cards,
    coupons,
    discount,
    ended,
    ok,
    settled,
    vouchers_of,
)

MANY = 1_200
"""More than two chunks."""


def test_more_codes_than_one_are_made_in_the_background(client: httpx.Client) -> None:
    body = coupons({"code_config": {"pattern": "RAIN-#####"}}, vouchers_count=MANY)
    begun = ok(client.post("/v1/campaigns", json=body))
    assert (begun["vouchers_count"], begun["vouchers_generation_status"]) == (0, "IN_PROGRESS")
    campaign = settled(client, begun["id"])
    assert (campaign["vouchers_count"], campaign["vouchers_generation_status"]) == (MANY, "DONE")
    codes = [voucher["code"] for voucher in vouchers_of(client, campaign)]
    assert len(set(codes)) == MANY
    assert all(code.startswith("RAIN-") and len(code) == 10 for code in codes)
    [action] = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
    action = ended(client, action["id"])
    assert (action["type"], action["progress"]) == ("CAMPAIGN.VOUCHERS_GENERATE", 100)
    assert action["result"]["done_count"] == MANY


def test_each_gift_card_is_explained(client: httpx.Client) -> None:
    campaign = settled(client, ok(client.post("/v1/campaigns", json=cards(700, vouchers_count=350)))["id"])
    made = vouchers_of(client, campaign)
    assert (campaign["vouchers_count"], len(made)) == (350, 350)
    for card in made[::70]:
        assert card["gift"] == {"amount": 700, "subtracted_amount": 0, "balance": 700, "effect": "APPLY_TO_ORDER"}
        [opening] = ok(client.get(f"/v1/vouchers/{card['code']}/transactions"))["data"]
        assert (opening["details"]["balance"]["balance"], opening["source"]) == (700, "API")


def test_all_codes_of_a_configuration_may_be_used_up(client: httpx.Client) -> None:
    prefix = a_code()
    ok(client.post("/v1/vouchers", json=discount(code=f"{prefix}-7")))
    few = {"code_config": {"charset": "0123456789", "pattern": f"{prefix}-#"}}
    campaign = settled(client, ok(client.post("/v1/campaigns", json=coupons(few, vouchers_count=9)))["id"])
    codes = sorted(voucher["code"] for voucher in vouchers_of(client, campaign))
    assert codes == [f"{prefix}-{n}" for n in range(10) if n != 7]


def test_two_campaigns_of_one_configuration_share_its_codes(client: httpx.Client) -> None:
    config = {"code_config": {"charset": "0123456789", "pattern": f"{a_code()}-####"}}
    bodies = [coupons(config, vouchers_count=3_000) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        begun = list(pool.map(lambda body: ok(client.post("/v1/campaigns", json=body)), bodies))
    campaigns = [settled(client, campaign["id"]) for campaign in begun]
    assert [campaign["vouchers_count"] for campaign in campaigns] == [3_000, 3_000]
    codes = {voucher["code"] for campaign in campaigns for voucher in vouchers_of(client, campaign)}
    assert len(codes) == 6_000


def test_what_cannot_be_kept_of_a_promise_is_told(client: httpx.Client) -> None:
    """More codes are promised together than there are: each promise by itself could have been kept."""
    config = {"code_config": {"charset": "0123456789", "pattern": f"{a_code()}-####"}}
    begun = [ok(client.post("/v1/campaigns", json=coupons(config, vouchers_count=6_000))) for _ in range(2)]
    campaigns = [settled(client, campaign["id"]) for campaign in begun]
    assert sum(campaign["vouchers_count"] for campaign in campaigns) == 10_000
    assert "FAILED" in [campaign["vouchers_generation_status"] for campaign in campaigns]
    assert ok(client.get("/v1/campaigns", params={"campaign_status": "FAILED"}))["total"]
    actions = ok(client.get("/v1/async-actions", params={"limit": 2}))["async_actions"]
    results = [ok(client.get(f"/v1/async-actions/{action['id']}"))["result"] for action in actions]
    assert any("codes were made" in result.get("message", "") for result in results)


def test_a_campaign_is_told_while_its_codes_are_made(client: httpx.Client, make: Make) -> None:
    begun = make(vouchers_count=5_000)
    seen = [ok(client.get(f"/v1/campaigns/{begun['id']}")) for _ in range(5)]
    counts = [campaign["vouchers_count"] for campaign in seen]
    assert counts == sorted(counts)
    assert settled(client, begun["id"])["vouchers_count"] == 5_000
