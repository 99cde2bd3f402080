"""Campaigns of type PROMOTION: what they tell, and what becomes of their tiers with them."""

import httpx
import pytest

from tests.domains.campaigns.conftest import coupons
from tests.domains.promotions.conftest import (
    TEN_OFF,
    TIERS,
    Made,
    Make,
    a_name,
    add,
    category,
    ended,
    ok,
    promotion,
    refused,
    stack,
    tier,
    tiers_of,
)


def delete(client: httpx.Client, campaign: Made, *, force: bool = False) -> None:
    """Delete a campaign, and wait until that is done."""
    answer = client.delete(f"/v1/campaigns/{campaign['id']}", params={"force": str(force).lower()})
    assert answer.status_code == 202, answer.text
    ended(client, answer.json()["async_action_id"])


def in_bin(client: httpx.Client, campaign: Made) -> Made:
    """The entry of a campaign in the bin."""
    entries = ok(client.get("/v1/trash-bin", params={"limit": 10}))["data"]
    [entry] = [each for each in entries if each["resource_id"] == campaign["id"]]
    told: Made = entry
    return told


def test_a_campaign_is_created_with_its_tiers(client: httpx.Client, make: Make) -> None:
    made = make({"name": "a"}, {"name": "b"}, metadata={"region": "APAC"})
    assert (made["campaign_type"], made["type"], made["vouchers_count"]) == ("PROMOTION", "STATIC", 0)
    assert "voucher" not in made
    assert (made["use_voucher_metadata_schema"], made["creation_status"]) == (False, "DONE")
    told = made["promotion"]
    assert (told["object"], told["data_ref"], told["total"], told["has_more"]) == ("list", "tiers", 2, False)
    assert [(each["name"], each["hierarchy"]) for each in told["tiers"]] == [("a", 1), ("b", 2)]
    assert told["tiers"] == tiers_of(client, made)
    for name in ("id", "name"):
        assert ok(client.get(f"/v1/campaigns/{made[name]}")) == made
    listed = ok(client.get("/v1/campaigns", params={"campaign_type": "PROMOTION", "limit": 1}))
    assert listed["campaigns"] == [made]


def test_a_campaign_may_begin_without_tiers(client: httpx.Client) -> None:
    bodies: list[Made] = [{"promotion": {}}, {"promotion": {"tiers": None}}, {"promotion": None}, {}]
    for body in bodies:
        made = ok(client.post("/v1/campaigns", json={"name": a_name(), "campaign_type": "PROMOTION", **body}))
        assert made["promotion"]["tiers"] == []


def test_a_campaign_with_a_wrong_tier_is_not_created(client: httpx.Client) -> None:
    body = promotion({"name": "fine"}, {"category_id": "cat_nothing"})
    refused(client.post("/v1/campaigns", json=body), 404, "not_found")
    refused(client.get(f"/v1/campaigns/{body['name']}"), 404, "not_found")
    wrong: list[Made] = [
        {"voucher": {"discount": {"type": "PERCENT", "percent_off": 5}}},
        {"type": "STANDALONE"},
        {"vouchers_count": 1},
    ]
    for fields in wrong:
        refused(client.post("/v1/campaigns", json=promotion({}, **fields)), 400, "invalid_campaign")
    refused(client.post("/v1/campaigns", json={**coupons(), "promotion": {"tiers": []}}), 400, "invalid_campaign")
    refused(client.post("/v1/campaigns", json={"name": "x", "campaign_type": "GIFT_VOUCHERS"}), 400, "invalid_payload")


def test_a_campaign_is_changed_and_switched(client: httpx.Client, make: Make) -> None:
    made = make({"name": "a"})
    path = f"/v1/campaigns/{made['id']}"
    changed = ok(client.put(path, json={"expiration_date": "2999-01-01"}))
    assert changed["expiration_date"] == "2999-01-01T00:00:00Z"
    assert changed["promotion"]["tiers"][0]["campaign"]["expiration_date"] == "2999-01-01T00:00:00Z"
    ok(client.post(f"{path}/disable"))
    assert tiers_of(client, made)[0]["campaign"]["active"] is False
    assert tiers_of(client, made)[0]["active"] is True
    ok(client.post(f"{path}/enable"))
    refused(client.put(path, json={"discount": TEN_OFF["discount"]}), 400, "invalid_campaign")
    assert ok(client.get(path)) == {**changed, "updated_at": ok(client.get(path))["updated_at"]}


def test_a_campaign_of_tiers_takes_no_vouchers(client: httpx.Client, make: Make) -> None:
    made = make({})
    refused(client.post(f"/v1/campaigns/{made['id']}/vouchers", json={}), 400, "invalid_campaign")
    refused(client.post(f"/v1/campaigns/{made['id']}/vouchers/CODE", json={}), 400, "invalid_campaign")
    refused(client.post(f"/v1/campaigns/{made['id']}/import", json=[{"code": "X"}]), 400, "invalid_campaign")
    body = {"type": "DISCOUNT_VOUCHER", "discount": TEN_OFF["discount"], "campaign": made["name"]}
    refused(client.post("/v1/vouchers", json=body), 400, "invalid_campaign")
    body = {"customer": {"source_id": "ada"}, "campaign": {"name": made["name"]}}
    refused(client.post("/v1/publications", json=body), 400, "invalid_campaign")
    assert ok(client.get(f"/v1/campaigns/{made['id']}/transactions"))["data"] == []
    summary = ok(client.get(f"/v1/campaigns/{made['id']}/summary"))
    assert (summary["vouchers_created"], summary["discounted_amount"]) == (0, 0)


def test_tiers_and_stacks_go_with_their_campaign_and_come_back_with_it(client: httpx.Client, make: Make) -> None:
    made = make({"name": "a"}, {"name": "b"})
    kept, deleted = tiers_of(client, made)
    both = stack(client, made, kept["id"])
    assert client.delete(f"{TIERS}/{deleted['id']}").status_code == 204
    delete(client, made)
    refused(client.get(f"{TIERS}/{kept['id']}"), 404, "not_found")
    refused(client.put(f"{TIERS}/{kept['id']}", json={"name": "x"}), 404, "not_found")
    refused(client.post(f"/v1/promotions/{made['id']}/tiers", json=tier()), 404, "not_found")
    assert kept["id"] not in {each["id"] for each in ok(client.get(TIERS, params={"limit": 100}))["tiers"]}
    assert both["id"] not in {
        each["id"] for each in ok(client.get("/v1/promotions/stacks", params={"limit": 100}))["data"]
    }
    entry = in_bin(client, made)
    assert client.post(f"/v1/trash-bin/{entry['id']}/restore").status_code == 204
    assert tiers_of(client, made) == [kept]
    assert ok(client.get(f"/v1/promotions/{made['id']}/stacks"))["data"] == [both]
    assert add(client, made)["hierarchy"] == 2


@pytest.mark.parametrize("past_the_bin", [True, False])
def test_tiers_go_for_good_with_their_campaign(client: httpx.Client, make: Make, past_the_bin: bool) -> None:
    made = make({"name": "a"})
    [gone] = tiers_of(client, made)
    delete(client, made, force=past_the_bin)
    if not past_the_bin:
        assert client.delete(f"/v1/trash-bin/{in_bin(client, made)['id']}").status_code == 204
    refused(client.get(f"{TIERS}/{gone['id']}"), 404, "not_found")
    again = make({"name": "a"}, name=made["name"])
    assert [each["name"] for each in again["promotion"]["tiers"]] == ["a"]


def test_a_category_is_told_of_vouchers_campaigns_and_tiers(client: httpx.Client, make: Make) -> None:
    group = category(client)
    campaign = ok(client.post("/v1/campaigns", json=coupons(category=group["name"])))
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": TEN_OFF["discount"]}
    by_id = ok(client.post("/v1/vouchers", json={**voucher, "category_id": group["id"]}))
    of_campaign = ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))
    for told in (campaign, by_id, of_campaign, ok(client.get(f"/v1/vouchers/{by_id['code']}"))):
        assert (told["category"], told["category_id"], told["categories"]) == (group["name"], group["id"], [group])
    listed = ok(client.get("/v1/vouchers", params={"category": group["name"]}))
    assert {each["code"] for each in listed["vouchers"]} >= {by_id["code"], of_campaign["code"]}
    renamed = ok(client.put(f"/v1/categories/{group['id']}", json={"name": f"{group['name']} anew", "hierarchy": 2}))
    after = ok(client.get(f"/v1/vouchers/{by_id['code']}"))
    assert (after["category"], after["categories"]) == (renamed["name"], [renamed])
    assert client.delete(f"/v1/categories/{group['id']}").status_code == 204
    after = ok(client.get(f"/v1/vouchers/{by_id['code']}"))
    assert (after["category"], after["category_id"], after["categories"]) == (group["name"], None, [])


def test_a_category_is_changed_by_either_name(client: httpx.Client) -> None:
    one, other = category(client), category(client)
    body = {"type": "DISCOUNT_VOUCHER", "discount": TEN_OFF["discount"], "category": "Nobody's"}
    made = ok(client.post("/v1/vouchers", json=body))
    path = f"/v1/vouchers/{made['code']}"
    assert (made["category"], made["category_id"]) == ("Nobody's", None)
    for patch, wanted in (
        ({"category_id": one["id"]}, one),
        ({"category": other["name"]}, other),
        ({"category": "x", "category_id": one["id"]}, one),
    ):
        changed = ok(client.put(path, json=patch))
        assert (changed["category"], changed["categories"]) == (wanted["name"], [wanted])
    for field, text in (("category", "Text"), ("category_id", None)):
        changed = ok(client.put(path, json={field: text}))
        assert (changed["category"], changed["category_id"]) == (text, None)
    refused(client.put(path, json={"category_id": "cat_nothing"}), 404, "not_found")
