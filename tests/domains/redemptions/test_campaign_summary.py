"""What the summary of a campaign tells of redemptions and rollbacks, by day."""

from typing import Any

import httpx
import pytest

from patron.kernel.clock import now_ms, to_iso
from tests.domains.campaigns.conftest import cards, coupons
from tests.domains.promotions.conftest import promotion, tiers_of
from tests.domains.redemptions.conftest import Redeem, Told, a_name, asked, made, ok, rolled_back

DAY_MS = 86_400_000
OF_COUPONS = ("discounted_amount", "rolledback_discounted_amount")
OF_CARDS = ("amount_redeemed", "amount_rolledback")


def summary(client: httpx.Client, campaign: Told, **days: str) -> Told:
    """The figures of redemptions that are not 0."""
    told = ok(client.get(f"/v1/campaigns/{campaign['id']}/summary", params=days))
    names = [name for name in told if name.startswith(("redemptions", "rollbacks", "orders"))]
    return {name: told[name] for name in (*names, *OF_COUPONS, *OF_CARDS) if told.get(name)}


@pytest.fixture
def campaign(client: httpx.Client) -> Told:
    return ok(client.post("/v1/campaigns", json=coupons()))


def test_what_was_redeemed_refused_and_given_back_is_counted(
    client: httpx.Client, campaign: Told, redeem: Redeem
) -> None:
    code = made(client, campaign=campaign["name"], redemption={"quantity": 2})
    assert summary(client, campaign) == {}
    first, _ = (ok(redeem(code, order={"amount": 5_000}))["redemptions"][0] for _ in range(2))
    assert redeem(code, order={"amount": 900}).status_code == 400
    told = {"redemptions": 3, "redemptions_succeeded": 2, "redemptions_failed": 1}
    sums = {"orders_amount": 10_000, "discounted_amount": 1_000}
    assert summary(client, campaign) == {**told, **sums}
    ok(rolled_back(client, first["id"]))
    assert rolled_back(client, first["id"]).status_code == 400
    rollbacks = {"rollbacks": 2, "rollbacks_succeeded": 1, "rollbacks_failed": 1}
    back = {"orders_rolledback_amount": 5_000, "rolledback_discounted_amount": 500}
    assert summary(client, campaign) == {**told, **sums, **rollbacks, **back}


def test_it_is_of_the_campaign_and_of_the_days_that_are_asked_for(
    client: httpx.Client, campaign: Told, redeem: Redeem
) -> None:
    other = ok(client.post("/v1/campaigns", json=coupons()))
    ok(redeem(made(client, campaign=campaign["name"])))
    ok(redeem(made(client)))
    assert summary(client, other) == {}
    past, future = (to_iso(now_ms() + n * DAY_MS)[:10] for n in (-2, 2))
    everything = {"redemptions": 1, "redemptions_succeeded": 1}
    assert summary(client, campaign, start_date=past, end_date=future) == everything
    assert summary(client, campaign, end_date=past) == summary(client, campaign, start_date=future) == {}


def test_of_gift_cards_it_tells_what_was_spent(client: httpx.Client, redeem: Redeem) -> None:
    campaign = ok(client.post("/v1/campaigns", json=cards(1_000)))
    card = ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))["code"]
    done = [ok(redeem((card, spent), order={"amount": 700}))["redemptions"][0] for spent in (300, 200)]
    ok(rolled_back(client, done[0]["id"]))
    told = summary(client, campaign)
    assert {name: told[name] for name in OF_CARDS} == {"amount_redeemed": 500, "amount_rolledback": 300}
    assert (told["orders_amount"], told["orders_rolledback_amount"]) == (1_400, 700)
    assert not set(OF_COUPONS) & set(told)


def test_of_what_was_redeemed_together_each_part_counts_for_its_campaign(
    client: httpx.Client, campaign: Told, redeem: Redeem
) -> None:
    """The row that stands for both is nobody's; what comes second takes its tenth of what the first one left."""
    other = ok(client.post("/v1/campaigns", json=promotion({"name": "tier"})))
    [tier] = tiers_of(client, other)
    wanted: list[Any] = [
        *asked(made(client, campaign=campaign["name"])),
        {"object": "promotion_tier", "id": tier["id"]},
    ]
    told = ok(client.post("/v1/redemptions", json={"redeemables": wanted, "order": {"amount": 10_000}}))
    ok(client.post(f"/v1/redemptions/{told['parent_redemption']['id']}/rollbacks", json={}))
    parts = [each["order"]["total_applied_discount_amount"] for each in told["redemptions"]]
    for each, discounted in ((campaign, parts[0]), (other, parts[1])):
        assert summary(client, each) == {
            "redemptions": 1,
            "redemptions_succeeded": 1,
            "rollbacks": 1,
            "rollbacks_succeeded": 1,
            "orders_amount": 10_000,
            "orders_rolledback_amount": 10_000,
            "discounted_amount": discounted,
            "rolledback_discounted_amount": discounted,
        }


def test_the_customers_erasure_changes_nothing(client: httpx.Client, campaign: Told, redeem: Redeem) -> None:
    """And what is given back afterwards is as much as was counted."""
    who = a_name()
    code = made(client, campaign=campaign["name"])
    done = ok(redeem(code, customer={"source_id": who}, order={"amount": 3_000}))["redemptions"][0]
    before = summary(client, campaign)
    assert client.post(f"/v1/customers/{who}/permanent-deletion").status_code == 200
    assert summary(client, campaign) == before
    ok(rolled_back(client, done["id"]))
    assert summary(client, campaign)["orders_rolledback_amount"] == before["orders_amount"] == 3_000
