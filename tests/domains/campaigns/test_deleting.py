"""Deleting campaigns: they are gone at once, and their vouchers soon, into the bin or for good."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.domains.campaigns.conftest import (
    Make,
    a_code,
    coupons,
    discount,
    ended,
    ok,
    refused,
    settled,
    vouchers_of,
)
from tests.domains.campaigns.protecting import protect
from tests.domains.vouchers.holding import Hold, give
from tests.support.databases import numbers


def _delete(client: httpx.Client, reference: str, **params: Any) -> str:
    answer = client.delete(f"/v1/campaigns/{reference}", params=params)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["async_action_id"])


def _create(client: httpx.Client, name: str) -> httpx.Response:
    return client.post("/v1/campaigns", json=coupons(name=name))


def test_a_deleted_campaign_is_gone_at_once(client: httpx.Client, make: Make) -> None:
    campaign = settled(client, make(vouchers_count=2_000)["id"])
    action_id = _delete(client, campaign["name"])
    for reference in (campaign["id"], campaign["name"]):
        refused(client.get(f"/v1/campaigns/{reference}"), 404, "not_found")
        refused(client.put(f"/v1/campaigns/{reference}", json={"description": "x"}), 404, "not_found")
        refused(client.post(f"/v1/campaigns/{reference}/vouchers", json={}), 404, "not_found")
        refused(client.post(f"/v1/campaigns/{reference}/enable"), 404, "not_found")
        refused(client.delete(f"/v1/campaigns/{reference}"), 404, "not_found")
    refused(client.post("/v1/vouchers", json=discount(campaign=campaign["name"])), 404, "not_found")
    action = ended(client, action_id)
    assert (action["type"], action["result"]["done_count"]) == ("CAMPAIGN.VOUCHERS_DELETE", 2_000)
    assert vouchers_of(client, campaign) == []


def test_its_codes_and_its_name_stay_taken_in_the_bin(client: httpx.Client, make: Make) -> None:
    campaign = make()
    [voucher] = vouchers_of(client, campaign)
    ended(client, _delete(client, campaign["id"]))
    refused(client.get(f"/v1/vouchers/{voucher['code']}"), 404, "not_found")
    refused(client.post("/v1/vouchers", json=discount(code=voucher["code"])), 409, "duplicate_found")
    refused(_create(client, campaign["name"]), 409, "duplicate_found")


def test_nothing_is_left_of_one_that_is_deleted_for_good(client: httpx.Client, make_cards: Make) -> None:
    campaign = settled(client, make_cards(500, vouchers_count=250)["id"])
    card = vouchers_of(client, campaign)[0]
    ok(client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": 100, "source_id": "1"}))
    action = ended(client, _delete(client, campaign["id"], force="true"))
    assert action["result"]["done_count"] == 250
    again = ok(_create(client, campaign["name"]))
    assert again["id"] != campaign["id"]
    new = ok(client.post("/v1/vouchers", json=discount(code=card["code"])))
    assert new["campaign"] is None


def test_rows_go_too(shared_database_url: str, client: httpx.Client, make_cards: Make) -> None:
    campaign = settled(client, make_cards(500, vouchers_count=30)["id"])
    ended(client, _delete(client, campaign["id"], force="true"))
    left = {
        table: f"SELECT COUNT(*) FROM {table} WHERE campaign_id = '{campaign['id']}'"
        for table in ("vouchers", "voucher_transactions", "campaign_totals", "campaign_days", "campaign_names")
    }
    assert set(numbers(shared_database_url, left).values()) == {0}


def test_what_holders_have_to_go_goes_with_each_card(
    shared_database_url: str, client: httpx.Client, make_cards: Make
) -> None:
    for force in ("false", "true"):
        customer = ok(client.post("/v1/customers", json={"source_id": a_code()}))
        campaign = settled(client, make_cards(500, vouchers_count=5)["id"])
        cards = vouchers_of(client, campaign)
        give(shared_database_url, *(Hold(card["code"], customer["id"]) for card in cards[:3]))
        ok(client.post(f"/v1/vouchers/{cards[0]['code']}/balance", json={"amount": -100}))
        assert _to_go(client, customer["id"]) == 1_400
        ended(client, _delete(client, campaign["id"], force=force))
        assert _to_go(client, customer["id"]) == 0
        feed = ok(client.get(f"/v1/customers/{customer['id']}/activity", params={"type": "customer.voucher.deleted"}))
        assert len(feed["data"]) == 3


def _to_go(client: httpx.Client, customer_id: str) -> int:
    return int(ok(client.get(f"/v1/customers/{customer_id}"))["summary"]["redemptions"]["gift"]["amount_to_go"])


def test_a_campaign_may_be_deleted_while_its_codes_are_made(client: httpx.Client, make: Make) -> None:
    for force in ("false", "true"):
        campaign = make(vouchers_count=20_000)
        [generation] = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
        action = ended(client, _delete(client, campaign["id"], force=force))
        made = ended(client, generation["id"], "FAILED")["result"]["done_count"]
        assert (made < 20_000, action["result"]["done_count"]) == (True, made)
        assert vouchers_of(client, campaign) == []


def test_a_campaign_may_be_deleted_while_it_is_changed(client: httpx.Client, make: Make) -> None:
    campaign = settled(client, make(vouchers_count=1_000)["id"])
    ok(client.put(f"/v1/campaigns/{campaign['id']}", json={"category": "Late"}))
    assert ended(client, _delete(client, campaign["id"]))["result"]["done_count"] == 1_000
    assert vouchers_of(client, campaign) == []


def test_of_many_who_delete_at_once_one_does(client: httpx.Client, make: Make) -> None:
    campaign = make()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: client.delete(f"/v1/campaigns/{campaign['id']}"), range(20)))
    assert sorted(answer.status_code for answer in answers) == [202, *[404] * 19]


def test_vouchers_that_are_added_while_it_is_deleted_do_not_stay(client: httpx.Client, make: Make) -> None:
    campaign = make()

    def add(n: int) -> int:
        if n == 20:
            return client.delete(f"/v1/campaigns/{campaign['id']}").status_code
        return client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(add, range(40)))
    assert statuses <= {200, 202, 404}
    [action] = ok(client.get("/v1/async-actions", params={"limit": 1}))["async_actions"]
    ended(client, action["id"])
    assert vouchers_of(client, campaign) == []


def test_what_is_not_there_is_a_404(client: httpx.Client) -> None:
    refused(client.delete("/v1/campaigns/camp_1"), 404, "not_found")
    refused(client.delete("/v1/campaigns/camp_1", params={"force": "maybe"}), 400, "invalid_query_params")


def test_a_protected_campaign_stays_as_it_is(shared_database_url: str, client: httpx.Client, make: Make) -> None:
    campaign = make()
    [voucher] = vouchers_of(client, campaign)
    protect(shared_database_url, campaign["id"])
    url = f"/v1/campaigns/{campaign['id']}"
    for answer in (
        client.put(url, json={"description": "x"}),
        client.delete(url),
        client.post(f"{url}/vouchers", json={}),
        client.post(f"{url}/vouchers/{a_code()}", json={}),
        client.put(f"/v1/vouchers/{voucher['code']}", json={"category": "x"}),
        client.post(f"/v1/vouchers/{voucher['code']}/disable"),
        client.delete(f"/v1/vouchers/{voucher['code']}"),
        client.delete(f"/v1/vouchers/{voucher['code']}", params={"force": "true"}),
    ):
        assert campaign["id"] in refused(answer, 400, "resource_protected")
