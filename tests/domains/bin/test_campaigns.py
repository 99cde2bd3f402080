"""Campaigns in the bin: they come back without their vouchers, which can come after them, or go for good."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.domains.bin.conftest import BIN, Made, entries, entry_of, is_binned, purged, restored
from tests.domains.campaigns.conftest import cards, coupons, ended, settled, vouchers_of
from tests.domains.vouchers.conftest import ok, refused


def delete(client: httpx.Client, campaign: Made) -> None:
    """Delete a campaign, and wait until the last of its vouchers is gone."""
    answer = client.delete(f"/v1/campaigns/{campaign['id']}")
    assert answer.status_code == 202, answer.text
    ended(client, answer.json()["async_action_id"])


def thrown_away(client: httpx.Client, codes: int, amount: int = 500) -> tuple[Made, list[Made]]:
    """A campaign of gift cards in the bin, and the cards that went with it."""
    made = settled(client, ok(client.post("/v1/campaigns", json=cards(amount, vouchers_count=codes)))["id"])
    vouchers = vouchers_of(client, made)
    delete(client, made)
    return made, vouchers


def test_an_entry_tells_the_campaigns_name(client: httpx.Client) -> None:
    made, [card] = thrown_away(client, 1)
    entry = entry_of(client, made["id"])
    assert (entry["resource_type"], entry["resource_name"], entry["resource_parent_id"]) == (
        "campaign",
        made["name"],
        None,
    )
    assert entry_of(client, card["id"])["resource_parent_id"] == made["id"]
    only = entries(client, **{"filters[resource_type][conditions][$is]": "campaign"})
    assert made["id"] in {each["resource_id"] for each in only}
    assert {each["resource_type"] for each in only} == {"campaign"}


def test_a_campaign_comes_back_and_then_its_vouchers(client: httpx.Client) -> None:
    made, vouchers = thrown_away(client, 3)
    for card in vouchers:
        refused(restored(client, card["id"]), 409, "parent_missing")
    assert restored(client, made["id"]).status_code == 204
    after = ok(client.get(f"/v1/campaigns/{made['name']}"))
    assert (after["id"], after["vouchers_count"], after["voucher"]) == (made["id"], 0, made["voucher"])
    assert not is_binned(client, made["id"])
    assert restored(client, vouchers[0]["id"]).status_code == 204
    assert ok(client.get(f"/v1/campaigns/{made['id']}"))["vouchers_count"] == 1
    [card] = vouchers_of(client, made)
    assert (card["code"], card["gift"]["balance"]) == (vouchers[0]["code"], 500)
    assert ok(client.post(f"/v1/campaigns/{made['id']}/vouchers", json={}))["campaign_id"] == made["id"]


def test_a_purged_campaign_frees_its_name_and_nothing_comes_back_to_it(client: httpx.Client) -> None:
    made, [card] = thrown_away(client, 1)
    refused(client.post("/v1/campaigns", json=coupons(name=made["name"])), 409, "duplicate_found")
    entry = entry_of(client, made["id"])["id"]
    assert purged(client, made["id"]).status_code == 204
    for again in (client.delete(f"{BIN}/{entry}"), client.post(f"{BIN}/{entry}/restore")):
        refused(again, 404, "not_found")
    refused(restored(client, card["id"]), 409, "parent_missing")
    assert purged(client, card["id"]).status_code == 204
    assert ok(client.post("/v1/campaigns", json=coupons(name=made["name"])))["id"] != made["id"]


def test_a_campaign_that_was_deleted_twice_has_another_entry(client: httpx.Client) -> None:
    made, _ = thrown_away(client, 1)
    first = entry_of(client, made["id"])["id"]
    assert restored(client, made["id"]).status_code == 204
    delete(client, made)
    assert entry_of(client, made["id"])["id"] != first
    refused(client.post(f"{BIN}/{first}/restore"), 404, "not_found")


def test_of_twenty_who_take_one_campaign_out_one_does(client: httpx.Client) -> None:
    made, _ = thrown_away(client, 1)
    entry = f"{BIN}/{entry_of(client, made['id'])['id']}"

    def take(n: int) -> int:
        return (client.delete(entry) if n % 2 else client.post(f"{entry}/restore")).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(take, range(20)))
    assert (statuses.count(204), statuses.count(404)) == (1, 19)
