"""Changing campaigns: what reaches their vouchers, and what does not; switching them on and off."""

from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import (
    TEN_PERCENT,
    Make,
    a_code,
    coupons,
    ended,
    ok,
    refused,
    settled,
    vouchers_of,
)

HALF = {"type": "PERCENT", "percent_off": 50}


def _put(client: httpx.Client, reference: str, **fields: Any) -> httpx.Response:
    return client.put(f"/v1/campaigns/{reference}", json=fields)


def test_a_change_is_told_and_kept(client: httpx.Client, make: Make) -> None:
    campaign = make(vouchers_count=0, metadata={"region": "AMER", "old": 1}, start_date="2026-01-01T00:00:00Z")
    changed = ok(
        _put(
            client,
            campaign["name"],
            description="New",
            type="AUTO_UPDATE",
            join_once=True,
            activity_duration_after_publishing="P7D",
            expiration_date="2030-01-01",
            metadata={"season": "Fall"},
            unset_metadata_fields=["old", "unheard of"],
        )
    )
    assert changed.pop("updated_at")
    assert changed == campaign | {
        "description": "New",
        "type": "AUTO_UPDATE",
        "join_once": True,
        "activity_duration_after_publishing": "P7D",
        "expiration_date": "2030-01-01T00:00:00Z",
        "metadata": {"region": "AMER", "season": "Fall"},
        "voucher": campaign["voucher"] | {"expiration_date": "2030-01-01T00:00:00Z"},
    }
    cleared = ok(_put(client, campaign["id"], start_date=None, expiration_date=None, description=None))
    assert not {"start_date", "expiration_date", "description"} & cleared.keys()


def test_nothing_new_changes_nothing(client: httpx.Client, make: Make) -> None:
    campaign = make(metadata={"b": 1, "a": {"d": 2, "c": 3}})
    assert ok(_put(client, campaign["id"], metadata={"a": {"c": 3, "d": 2}}, discount=TEN_PERCENT)) == campaign


def test_a_change_reaches_the_vouchers_that_nobody_has(client: httpx.Client, make: Make) -> None:
    campaign = settled(client, make(vouchers_count=450, metadata={"region": "AMER", "old": 1})["id"])
    own = vouchers_of(client, campaign)[0]
    ok(client.put(f"/v1/vouchers/{own['code']}", json={"metadata": {"own": True}}))
    changed = ok(
        _put(
            client,
            campaign["id"],
            discount=HALF,
            expiration_date="2030-01-01T00:00:00Z",
            category="Late",
            metadata={"region": "APAC"},
            unset_metadata_fields=["old"],
        )
    )
    assert changed["vouchers_generation_status"] == "MODIFYING"
    assert settled(client, campaign["id"])["vouchers_generation_status"] == "DONE"
    [action] = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
    action = ended(client, action["id"])
    assert (action["type"], action["result"]["done_count"]) == ("CAMPAIGN.VOUCHERS_UPDATE", 450)
    for voucher in vouchers_of(client, campaign):
        told = (voucher["discount"], voucher["expiration_date"], voucher["category"])
        assert told == (HALF, "2030-01-01T00:00:00Z", "Late")
        mine = {"own": True} if voucher["code"] == own["code"] else {}
        assert voucher["metadata"] == {"region": "APAC", **mine}


def test_codes_that_are_made_meanwhile_are_of_the_change(client: httpx.Client, make: Make) -> None:
    campaign = make(vouchers_count=4_000)
    ok(_put(client, campaign["id"], discount=HALF))
    added = ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))
    assert added["discount"] == HALF
    assert settled(client, campaign["id"])["vouchers_count"] == 4_001
    assert all(voucher["discount"] == HALF for voucher in vouchers_of(client, campaign))


def test_of_two_changes_the_later_one_holds(client: httpx.Client, make: Make) -> None:
    campaign = settled(client, make(vouchers_count=900)["id"])
    for percent in range(20, 30):
        ok(_put(client, campaign["id"], discount={"type": "PERCENT", "percent_off": percent}))
    settled(client, campaign["id"])
    assert {voucher["discount"]["percent_off"] for voucher in vouchers_of(client, campaign)} == {29}


def test_credits_are_those_of_new_cards(client: httpx.Client, make_cards: Make) -> None:
    campaign = make_cards(100)
    changed = ok(_put(client, campaign["id"], gift={"amount": 250, "effect": "APPLY_TO_ITEMS"}))
    assert changed["voucher"]["gift"] == {"amount": 250, "balance": 250, "effect": "APPLY_TO_ITEMS"}
    settled(client, campaign["id"])
    new = ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))
    assert new["gift"]["balance"] == 250
    balances = {card["gift"]["balance"]: card["gift"]["effect"] for card in vouchers_of(client, campaign)}
    assert balances == {100: "APPLY_TO_ITEMS", 250: "APPLY_TO_ITEMS"}


def test_a_voucher_whose_dates_would_not_go_together_is_told_and_left(client: httpx.Client, make: Make) -> None:
    campaign = make()
    code = a_code()
    url = f"/v1/campaigns/{campaign['id']}/vouchers/{code}"
    ok(client.post(url, json={"expiration_date": "2026-06-01T00:00:00Z"}))
    ok(_put(client, campaign["id"], start_date="2027-01-01T00:00:00Z"))
    settled(client, campaign["id"])
    [action] = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
    result = ended(client, action["id"])["result"]
    assert (result["done_count"], result["failed_count"], result["errors"][0]["source_id"]) == (1, 1, code)
    assert ok(client.get(f"/v1/vouchers/{code}"))["start_date"] is None


@pytest.mark.parametrize(
    ("fields", "key", "named"),
    [
        ({"discount": {"type": "AMOUNT", "amount_off": 1}}, "invalid_campaign", "discount.type"),
        ({"gift": {"amount": 1}}, "invalid_campaign", "gift"),
        ({"type": "STANDALONE"}, "invalid_payload", "type"),
        ({"start_date": "2030-01-02", "expiration_date": "2030-01-01"}, "invalid_payload", "expiration_date"),
        ({"metadata": {"n": 2**60}}, "invalid_payload", "metadata.n"),
        ({"activity_duration_after_publishing": "1"}, "invalid_payload", "activity_duration"),
        ({"unset_metadata_fields": [1]}, "invalid_payload", "unset_metadata_fields"),
    ],
)
def test_what_cannot_be_changed_is_refused(
    client: httpx.Client, make: Make, fields: dict[str, Any], key: str, named: str
) -> None:
    campaign = make()
    assert named in refused(_put(client, campaign["id"], **fields), 400, key)
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}")) == campaign


def test_a_standalone_campaign_stays_one(client: httpx.Client, make_cards: Make) -> None:
    alone = ok(client.post("/v1/campaigns", json=coupons({"code": a_code()}, type="STANDALONE")))
    assert "STANDALONE" in refused(_put(client, alone["id"], type="STATIC"), 400, "invalid_campaign")
    assert "join_once" in refused(_put(client, alone["id"], join_once=True), 400, "invalid_campaign")
    assert "discount" in refused(_put(client, make_cards()["id"], discount=HALF), 400, "invalid_campaign")


def test_a_campaign_is_switched_off_and_on(client: httpx.Client, make: Make) -> None:
    campaign = make()
    for verb, active in (("disable", False), ("disable", False), ("enable", True)):
        assert ok(client.post(f"/v1/campaigns/{campaign['name']}/{verb}")) == {}
        assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["active"] is active
    assert vouchers_of(client, campaign)[0]["active"]


def test_what_is_not_there_is_a_404(client: httpx.Client, make: Make) -> None:
    refused(_put(client, "camp_1", description="x"), 404, "not_found")
    refused(_put(client, make()["id"], category_id="cat_1"), 404, "not_found")
    for verb in ("enable", "disable"):
        refused(client.post(f"/v1/campaigns/camp_1/{verb}"), 404, "not_found")
