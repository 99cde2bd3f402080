"""What is told of a campaign: its summary, and the transactions of its cards."""

from typing import Any

import httpx
import pytest

from patron.kernel.clock import now_ms, to_iso
from tests.domains.campaigns.conftest import Make, ok, refused, settled, vouchers_of

DAY_MS = 86_400_000


def _summary(client: httpx.Client, campaign_id: str, **params: Any) -> dict[str, Any]:
    return ok(client.get(f"/v1/campaigns/{campaign_id}/summary", params=params))


def test_the_summary_of_coupons_counts_them(client: httpx.Client, make: Make) -> None:
    campaign = settled(client, make(vouchers_count=5)["id"])
    ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))
    first, second = vouchers_of(client, campaign)[:2]
    assert client.delete(f"/v1/vouchers/{first['code']}").status_code == 204
    assert client.delete(f"/v1/vouchers/{second['code']}", params={"force": "true"}).status_code == 204
    told = _summary(client, campaign["name"])
    assert (told["object"], told["campaign"]["vouchers_count"]) == ("campaign_summary", 4)
    assert (told["vouchers_created"], told["vouchers_deleted"]) == (6, 2)
    assert (told["redemptions"], told["discounted_amount"]) == (0, 0)
    assert "amount_added" not in told


def test_the_summary_of_gift_cards_tells_what_moved(client: httpx.Client, make_cards: Make) -> None:
    campaign = settled(client, make_cards(1_000, vouchers_count=3)["id"])
    one, other, _ = vouchers_of(client, campaign)
    ok(client.post(f"/v1/vouchers/{one['code']}/balance", json={"amount": 250}))
    ok(client.post(f"/v1/vouchers/{one['code']}/balance", json={"amount": -100}))
    assert client.delete(f"/v1/vouchers/{one['code']}").status_code == 204
    assert client.delete(f"/v1/vouchers/{other['code']}", params={"force": "true"}).status_code == 204
    told = _summary(client, campaign["id"])
    assert told["created_vouchers_amount"] == 3_000
    assert (told["amount_added"], told["amount_subtracted"], told["amount_deleted"]) == (250, 100, 2_150)
    assert (told["amount_redeemed"], told["amount_rolledback"]) == (0, 0)
    assert "discounted_amount" not in told


def test_a_summary_is_of_the_days_that_are_asked_for(client: httpx.Client, make: Make) -> None:
    campaign = make()
    past, now, future = (to_iso(now_ms() + n * DAY_MS)[:10] for n in (-2, 0, 2))
    assert _summary(client, campaign["id"], start_date=past, end_date=future)["vouchers_created"] == 1
    assert _summary(client, campaign["id"], end_date=past)["vouchers_created"] == 0
    assert _summary(client, campaign["id"], start_date=future)["vouchers_created"] == 0
    url = f"/v1/campaigns/{campaign['id']}/summary"
    assert "end_date" in refused(
        client.get(url, params={"start_date": now, "end_date": past}), 400, "invalid_query_params"
    )
    assert "start_date" in refused(client.get(url, params={"start_date": "soon"}), 400, "invalid_query_params")
    refused(client.get("/v1/campaigns/camp_1/summary"), 404, "not_found")


@pytest.mark.parametrize("order", ["id", "-id"])
def test_transactions_are_told_in_pages(client: httpx.Client, make_cards: Make, order: str) -> None:
    campaign = settled(client, make_cards(700, vouchers_count=4)["id"])
    card = vouchers_of(client, campaign)[0]
    ok(client.post(f"/v1/vouchers/{card['code']}/balance", json={"amount": -50}))
    url = f"/v1/campaigns/{campaign['id']}/transactions"
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = ok(client.get(url, params={"limit": 2, "order": order, **after}))
        found += page["data"]
        if not page["has_more"]:
            break
        after = {"starting_after_id": page["more_starting_after"]}
    ids = [each["id"] for each in found]
    assert ids == sorted(set(ids), reverse=order == "-id")
    assert sorted(each["details"]["balance"]["amount"] for each in found) == [-50, 700, 700, 700, 700]
    assert {each["campaign_id"] for each in found} == {campaign["id"]}


def test_coupons_have_no_transactions(client: httpx.Client, make: Make) -> None:
    url = f"/v1/campaigns/{make()['id']}/transactions"
    told = ok(client.get(url))
    assert (told["data"], told["has_more"]) == ([], False)
    refused(client.get(url, params={"starting_after_id": "x"}), 400, "invalid_query_params")
    refused(client.get("/v1/campaigns/camp_1/transactions"), 404, "not_found")
