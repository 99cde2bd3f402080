"""Adding vouchers to a campaign: one in the call, more in the background, or under a code that is given."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import (
    TEN_PERCENT,
    Make,
    a_code,
    coupons,
    discount,
    ended,
    gift,
    ok,
    refused,
    settled,
    vouchers_of,
)


def _add(client: httpx.Client, reference: str, body: dict[str, Any] | None = None, n: int = 1) -> httpx.Response:
    return client.post(f"/v1/campaigns/{reference}/vouchers", params={"vouchers_count": n}, json=body or {})


def test_one_voucher_is_added_in_the_call(client: httpx.Client, make: Make) -> None:
    campaign = make(voucher={"code_config": {"pattern": "ADD-####"}}, category="Summer", metadata={"region": "AMER"})
    voucher = ok(_add(client, campaign["name"]))
    assert re.fullmatch(r"ADD-\w{4}", voucher["code"])
    assert (voucher["campaign"], voucher["category"], voucher["metadata"]) == (
        campaign["name"],
        "Summer",
        {"region": "AMER"},
    )
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 2


def test_more_vouchers_are_added_in_the_background(client: httpx.Client, make: Make) -> None:
    campaign = make()
    body = {
        "code_config": {"pattern": "MORE-####"},
        "category": "Late",
        "redemption": {"quantity": 7},
        "additional_info": "Added later.",
        "start_date": "2026-02-01T00:00:00Z",
        "metadata": {"season": "Fall"},
    }
    answer = _add(client, campaign["id"], body, 30)
    assert answer.status_code == 202
    action = ended(client, answer.json()["async_action_id"])
    assert action["result"]["done_count"] == 30
    assert settled(client, campaign["id"])["vouchers_count"] == 31
    added = [voucher for voucher in vouchers_of(client, campaign) if voucher["category"] == "Late"]
    assert len({voucher["code"] for voucher in added}) == 30
    for voucher in added:
        assert re.fullmatch(r"MORE-\w{4}", voucher["code"])
        assert voucher["redemption"]["quantity"] == 7
        assert (voucher["additional_info"], voucher["metadata"]) == ("Added later.", {"season": "Fall"})
        assert (voucher["start_date"], voucher["discount"]) == ("2026-02-01T00:00:00Z", TEN_PERCENT)


def test_a_code_may_be_given(client: httpx.Client, make_cards: Make) -> None:
    campaign, code = make_cards(300), f"{a_code()}/1"
    url = f"/v1/campaigns/{campaign['id']}/vouchers/{code.replace('/', '%2F')}"
    card = ok(client.post(url, json={"active": False}))
    assert (card["code"], card["gift"]["balance"], card["active"]) == (code, 300, False)
    assert code in refused(client.post(url, json={}), 409, "duplicate_found")
    assert ok(_add(client, campaign["id"], {"code": a_code()}))["campaign_id"] == campaign["id"]


def test_of_many_who_add_one_code_at_once_one_does(client: httpx.Client, make: Make) -> None:
    campaign, code = make(), a_code()
    url = f"/v1/campaigns/{campaign['id']}/vouchers/{code}"
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: client.post(url, json={}), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 19]
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 2


def test_many_add_at_once_and_each_is_counted(client: httpx.Client, make: Make) -> None:
    campaign = make()
    with ThreadPoolExecutor(20) as pool:
        codes = {ok(answer)["code"] for answer in pool.map(lambda _: _add(client, campaign["id"]), range(40))}
    assert len(codes) == 40
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 41
    assert len(vouchers_of(client, campaign)) == 41


def test_a_voucher_may_be_created_in_a_campaign(client: httpx.Client, make: Make) -> None:
    """By the operation of vouchers: what it does not say is as the campaign says."""
    campaign = make(
        voucher={"redemption": {"quantity": 2}, "code_config": {"pattern": "IN-####"}},
        category="Summer",
        expiration_date="2030-01-01T00:00:00Z",
        validity_day_of_week=[1],
        metadata={"region": "AMER"},
    )
    five = {"type": "PERCENT", "percent_off": 5}
    body = discount(campaign=campaign["name"], discount=five, metadata={"mine": 1})
    voucher = ok(client.post("/v1/vouchers", json=body))
    assert re.fullmatch(r"IN-\w{4}", voucher["code"])
    assert (voucher["campaign_id"], voucher["discount"]) == (campaign["id"], five)
    assert (voucher["category"], voucher["metadata"]) == ("Summer", {"mine": 1})
    assert (voucher["expiration_date"], voucher["redemption"]["quantity"]) == ("2030-01-01T00:00:00Z", 2)
    assert voucher["validity_day_of_week"] == [1]
    plain = ok(client.post("/v1/vouchers", json=discount(campaign_id=campaign["id"], code=a_code())))
    assert plain["metadata"] == {"region": "AMER"}
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 3
    assert client.delete(f"/v1/vouchers/{plain['code']}").status_code == 204
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 2


def test_an_import_brings_vouchers_into_campaigns(client: httpx.Client, make: Make) -> None:
    campaign = make(category="Summer")
    alone = ok(client.post("/v1/campaigns", json=coupons({"code": a_code()}, type="STANDALONE")))
    codes = [a_code() for _ in range(4)]
    rows = [
        discount(code=codes[0], campaign=campaign["name"]),
        discount(code=codes[1], campaign_id=campaign["id"]),
        gift(100, code=codes[2], campaign=campaign["name"]),
        discount(code=codes[3], campaign=alone["name"]),
    ]
    begun = client.post("/v1/vouchers/import", json=rows)
    result = ended(client, begun.json()["async_action_id"])["result"]
    assert (result["done_count"], result["failed_count"]) == (2, 2)
    brought = {voucher["code"]: voucher["category"] for voucher in vouchers_of(client, campaign)}
    assert [brought.get(code) for code in codes] == ["Summer", "Summer", None, None]
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 3


def test_a_campaign_takes_vouchers_of_its_own_kind(client: httpx.Client, make: Make) -> None:
    campaign = make()
    answer = client.post("/v1/vouchers", json=gift(100, campaign=campaign["name"]))
    assert "DISCOUNT_VOUCHER" in refused(answer, 400, "invalid_campaign")
    refused(client.post("/v1/vouchers", json=discount(campaign="Unheard of")), 404, "not_found")
    refused(client.post("/v1/vouchers", json=discount(campaign_id="camp_1")), 404, "not_found")


def test_a_standalone_campaign_takes_no_more_codes(client: httpx.Client) -> None:
    campaign = ok(client.post("/v1/campaigns", json=coupons({"code": a_code()}, type="STANDALONE")))
    for answer in (
        _add(client, campaign["id"]),
        _add(client, campaign["id"], n=5),
        client.post(f"/v1/campaigns/{campaign['id']}/vouchers/{a_code()}", json={}),
        client.post("/v1/vouchers", json=discount(campaign=campaign["name"])),
    ):
        assert "STANDALONE" in refused(answer, 400, "invalid_campaign")


@pytest.mark.parametrize(
    ("body", "n", "key", "named"),
    [
        ({}, 0, "invalid_query_params", "vouchers_count"),
        ({}, 100_001, "invalid_query_params", "vouchers_count"),
        ({"code": "X"}, 2, "invalid_payload", "code"),
        ({"redemption": {"quantity": 0}}, 1, "invalid_payload", "redemption.quantity"),
        ({"metadata": {"n": 2**60}}, 2, "invalid_payload", "metadata.n"),
        ({"start_date": "2026-02-01", "expiration_date": "2026-01-01"}, 1, "invalid_payload", "expiration_date"),
        ({"start_date": "2026-02-01", "expiration_date": "2026-01-01"}, 2, "invalid_payload", "expiration_date"),
        ({"code_config": {"pattern": "AB"}}, 2, "invalid_code_config", "1 codes"),
    ],
)
def test_what_cannot_be_added_is_refused(
    client: httpx.Client, make: Make, body: dict[str, Any], n: int, key: str, named: str
) -> None:
    campaign = make()
    assert named in refused(_add(client, campaign["id"], body, n), 400, key)
    assert ok(client.get(f"/v1/campaigns/{campaign['id']}"))["vouchers_count"] == 1


def test_what_is_not_there_is_a_404(client: httpx.Client, make: Make) -> None:
    refused(_add(client, "camp_1"), 404, "not_found")
    refused(_add(client, "camp_1", n=3), 404, "not_found")
    refused(_add(client, make()["id"], {"category_id": "cat_1"}), 404, "not_found")
