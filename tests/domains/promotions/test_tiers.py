"""Promotion tiers: created, found, listed, changed, switched and deleted; each in a place of its own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from patron.domains.promotions.model import MOST_TIERS
from tests.domains.campaigns.conftest import coupons
from tests.domains.promotions.conftest import (
    TEN_OFF,
    TIERS,
    Made,
    Make,
    add,
    category,
    ok,
    places,
    refused,
    stack,
    tier,
    tiers_of,
)

NOTHING_DONE = {"redemptions": {"total_redeemed": 0}, "orders": {"total_amount": 0, "total_discount_amount": 0}}
HOURS = {"daily": [{"start_time": "09:00", "expiration_time": "17:00", "days_of_week": [1]}]}


def test_a_tier_is_told_as_it_was_created(client: httpx.Client, make: Make) -> None:
    group = category(client)
    campaign = make(category_id=group["id"], start_date="2026-01-01")
    made = ok(
        client.post(
            f"/v1/promotions/{campaign['name']}/tiers",
            json=tier(
                banner="Ten off everything",
                metadata={"level": "B"},
                start_date="2026-02-01T00:00:00Z",
                expiration_date="2027-02-01T00:00:00Z",
                validity_timeframe={"interval": "P2D", "duration": "P1D"},
                validity_day_of_week=[1, 2],
                validity_hours=HOURS,
                category=group["name"],
                active=False,
            ),
        )
    )
    assert made["id"].startswith("promo_")
    assert made == {
        "id": made["id"],
        "created_at": made["created_at"],
        "name": "Ten off",
        "banner": "Ten off everything",
        "action": TEN_OFF,
        "metadata": {"level": "B"},
        "hierarchy": 1,
        "promotion_id": campaign["id"],
        "campaign": {
            "id": campaign["id"],
            "start_date": "2026-01-01T00:00:00Z",
            "active": True,
            "category_id": group["id"],
            "object": "campaign",
        },
        "campaign_id": campaign["id"],
        "active": False,
        "start_date": "2026-02-01T00:00:00Z",
        "expiration_date": "2027-02-01T00:00:00Z",
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [1, 2],
        "validity_hours": HOURS,
        "summary": NOTHING_DONE,
        "object": "promotion_tier",
        "validation_rule_assignments": {"object": "list", "data_ref": "data", "data": [], "total": 0},
        "category_id": group["id"],
        "categories": [group],
    }
    assert ok(client.get(f"{TIERS}/{made['id']}")) == made
    assert tiers_of(client, campaign) == [made]


def test_a_new_tier_comes_last_or_where_it_is_put(client: httpx.Client, make: Make) -> None:
    campaign = make({"name": "a"}, {"name": "b"})
    add(client, campaign, name="c")
    assert places(client, campaign) == [("a", 1), ("b", 2), ("c", 3)]
    add(client, campaign, name="far", hierarchy=9)
    add(client, campaign, name="first", hierarchy=0)
    assert places(client, campaign) == [("first", 0), ("a", 1), ("b", 2), ("c", 3), ("far", 9)]
    add(client, campaign, name="between", hierarchy=2)
    assert places(client, campaign) == [("first", 0), ("a", 1), ("between", 2), ("b", 3), ("c", 4), ("far", 9)]
    add(client, campaign, name="last")
    assert places(client, campaign)[-1] == ("last", 10)


def test_a_tier_that_moves_sends_others_one_place_on(client: httpx.Client, make: Make) -> None:
    campaign = make({"name": "a"}, {"name": "b"}, {"name": "c"})
    c = tiers_of(client, campaign)[2]
    moved = ok(client.put(f"{TIERS}/{c['id']}", json={"hierarchy": 1}))
    assert (moved["hierarchy"], moved["updated_at"] >= moved["created_at"]) == (1, True)
    assert places(client, campaign) == [("c", 1), ("a", 2), ("b", 3)]
    assert ok(client.put(f"{TIERS}/{c['id']}", json={"hierarchy": 1})) == moved
    ok(client.put(f"{TIERS}/{c['id']}", json={"hierarchy": 7}))
    assert places(client, campaign) == [("a", 2), ("b", 3), ("c", 7)]


def test_twenty_at_once_get_places_of_their_own(client: httpx.Client, make: Make) -> None:
    campaign = make({"name": "first"})
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: add(client, campaign, name=str(n), hierarchy=1), range(20)))
    assert sorted(place for _, place in places(client, campaign)) == list(range(1, 22))


def test_what_is_named_is_changed_and_the_rest_stays(client: httpx.Client, make: Make) -> None:
    group = category(client)
    campaign = make({"banner": "Old", "metadata": {"a": 1}, "start_date": "2026-01-01T00:00:00Z"})
    [made] = tiers_of(client, campaign)
    patch: Made = {
        "name": "Five per cent",
        "action": {"discount": {"type": "PERCENT", "percent_off": 5}},
        "metadata": {"b": 2},
        "category_id": group["id"],
    }
    changed = ok(client.put(f"{TIERS}/{made['id']}", json=patch))
    assert changed == {
        **made,
        **patch,
        "metadata": {"a": 1, "b": 2},
        "categories": [group],
        "updated_at": changed["updated_at"],
    }
    cleared = ok(client.put(f"{TIERS}/{made['id']}", json={"banner": None, "start_date": None, "category_id": None}))
    assert {"banner", "start_date", "category_id"} & cleared.keys() == set()
    assert ok(client.get(f"{TIERS}/{made['id']}")) == cleared


def test_a_tier_is_switched_off_and_on(client: httpx.Client, make: Make) -> None:
    [made] = tiers_of(client, make({}))
    off = ok(client.post(f"{TIERS}/{made['id']}/disable"))
    assert off == {**made, "active": False, "updated_at": off["updated_at"]}
    assert ok(client.post(f"{TIERS}/{made['id']}/disable")) == off
    assert ok(client.post(f"{TIERS}/{made['id']}/enable"))["active"] is True


def test_a_deleted_tier_is_gone_unless_it_is_in_a_stack(client: httpx.Client, make: Make) -> None:
    campaign = make({"name": "a"}, {"name": "b"})
    a, b = tiers_of(client, campaign)
    made = stack(client, campaign, a["id"])
    assert made["id"] in refused(client.delete(f"{TIERS}/{a['id']}"), 400, "resource_in_use")
    assert client.delete(f"{TIERS}/{b['id']}").status_code == 204
    refused(client.get(f"{TIERS}/{b['id']}"), 404, "not_found")
    assert places(client, campaign) == [("a", 1)]
    assert client.delete(f"/v1/promotions/{campaign['id']}/stacks/{made['id']}").status_code == 204
    assert client.delete(f"{TIERS}/{a['id']}").status_code == 204
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["promotion"]["tiers"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"action": TEN_OFF}, "name"),
        ({"name": "x"}, "action"),
        ({"name": "x", "action": {}}, "discount"),
        ({"name": "x", "action": {"discount": {"type": "AMOUNT"}}}, "amount_off"),
        (tier(hierarchy=-1), "hierarchy"),
        (tier(hierarchy=1_000_001), "hierarchy"),
        (tier(name="x" * 501), "name"),
        (tier(start_date="2026-02-01", expiration_date="2026-01-01"), "expiration_date"),
        (tier(validity_timeframe={"interval": "P1D", "duration": "PT1H"}), "start_date"),
        (tier(metadata={"a": {str(n): n for n in range(2_000)}}), "metadata"),
    ],
)
def test_what_is_no_tier_is_refused(client: httpx.Client, make: Make, body: Any, told: str) -> None:
    campaign = make({})
    assert told in refused(client.post(f"/v1/promotions/{campaign['id']}/tiers", json=body), 400, "invalid_payload")
    assert len(tiers_of(client, campaign)) == 1


def test_what_a_tier_refers_to_must_be_there(client: httpx.Client, make: Make) -> None:
    campaign = make({})
    path = f"/v1/promotions/{campaign['id']}/tiers"
    for fields in ({"category_id": "cat_1"}, {"category": "nothing"}, {"validation_rules": ["val_1"]}):
        refused(client.post(path, json=tier(**fields)), 404, "not_found")
    [made] = tiers_of(client, campaign)
    refused(client.put(f"{TIERS}/{made['id']}", json={"category_id": "cat_1"}), 404, "not_found")
    for answer in (
        client.post("/v1/promotions/camp_nothing/tiers", json=tier()),
        client.get("/v1/promotions/camp_nothing/tiers"),
        client.get(f"{TIERS}/promo_nothing"),
        client.put(f"{TIERS}/promo_nothing", json={}),
        client.delete(f"{TIERS}/promo_nothing"),
        client.post(f"{TIERS}/promo_nothing/enable"),
    ):
        refused(answer, 404, "not_found")


def test_a_campaign_of_coupons_has_no_tiers(client: httpx.Client) -> None:
    campaign = ok(client.post("/v1/campaigns", json=coupons()))
    refused(client.post(f"/v1/promotions/{campaign['id']}/tiers", json=tier()), 400, "invalid_campaign")
    assert tiers_of(client, campaign) == []


def test_a_campaign_has_a_hundred_tiers_at_most(client: httpx.Client, make: Make) -> None:
    campaign = make(*[{"name": str(n)} for n in range(MOST_TIERS)])
    assert campaign["promotion"]["total"] == MOST_TIERS
    path = f"/v1/promotions/{campaign['id']}/tiers"
    assert "100" in refused(client.post(path, json=tier()), 400, "invalid_payload")


def test_tiers_of_all_campaigns_are_listed_in_pages(client: httpx.Client, make: Make) -> None:
    campaigns = [make({"name": "a"}, {"name": "b"}) for _ in range(2)]
    wanted = [each["id"] for campaign in campaigns for each in tiers_of(client, campaign)]
    newest = ok(client.get(TIERS, params={"limit": 3}))
    assert [each["id"] for each in newest["tiers"]] == wanted[:0:-1]
    assert newest["has_more"] is True
    assert (newest["object"], newest["data_ref"], newest["total"] >= 4) == ("list", "tiers", True)
    second = ok(client.get(TIERS, params={"limit": 3, "page": 2}))
    assert second["tiers"][0]["id"] == wanted[0]
    last = ok(client.put(f"{TIERS}/{wanted[0]}", json={"name": "changed"}))
    assert ok(client.get(TIERS, params={"limit": 1, "order": "-updated_at"}))["tiers"] == [last]
    refused(client.get(TIERS, params={"order": "name"}), 400, "invalid_query_params")


def test_an_available_tier_is_on_with_its_campaign_and_within_the_dates_of_both(
    client: httpx.Client, make: Make
) -> None:
    make({"name": "on"}, {"name": "off", "active": False}, {"name": "over", "expiration_date": "2020-01-01"})
    early = make({"name": "early"}, start_date="2999-01-01")
    stopped = make({"name": "stopped"})
    ok(client.post(f"/v1/campaigns/{stopped['id']}/disable"))
    ids = {each["name"]: each["id"] for each in ok(client.get(TIERS, params={"limit": 5}))["tiers"]}
    available = ok(client.get(TIERS, params={"limit": 100, "is_available": "true"}))["tiers"]
    others = ok(client.get(TIERS, params={"limit": 100, "is_available": "false"}))["tiers"]
    assert ids["on"] in {each["id"] for each in available}
    gone = {ids[name] for name in ("off", "over", "early", "stopped")}
    assert gone <= {each["id"] for each in others}
    assert not gone & {each["id"] for each in available}
    assert ok(client.get(f"/v1/campaigns/{early['id']}"))["promotion"]["tiers"][0]["name"] == "early"
