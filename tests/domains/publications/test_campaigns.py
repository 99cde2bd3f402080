"""Giving a customer a code of a campaign: which one, how many, and what happens when none is left."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from patron.domains.publications.policy import end_of
from patron.kernel.clock import from_iso, now_ms, to_iso
from tests.domains.publications.conftest import TEN_PERCENT, Make, Publish, Told, a_name, feed, ok, refused

DAY = 86_400_000


@pytest.fixture
def campaign(client: httpx.Client) -> Make:
    """Create a campaign of discount codes with so many of them, and these fields; the answer's body."""

    def campaign(codes: int = 1, **fields: Any) -> Told:
        voucher = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT}
        body = {"name": a_name("campaign"), "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher, **fields}
        return made_of(client, {**body, "vouchers_count": codes})

    return campaign


def made_of(client: httpx.Client, body: Told) -> Told:
    """The campaign of this body, once its codes are made."""
    made = ok(client.post("/v1/campaigns", json=body))
    deadline = time.monotonic() + 120
    while made["vouchers_generation_status"] != "DONE":
        assert time.monotonic() < deadline
        time.sleep(0.02)
        made = ok(client.get(f"/v1/campaigns/{made['id']}"))
    return made


def codes_of(client: httpx.Client, campaign: Told) -> list[str]:
    """The codes of a campaign, the oldest first."""
    codes: list[str] = []
    query = {"campaign": campaign["name"], "order": "created_at", "limit": "100"}
    while True:
        page = ok(client.get("/v1/vouchers", params=query))
        codes += [voucher["code"] for voucher in page["vouchers"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    return codes


def test_codes_are_given_in_the_order_of_their_making(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(3)
    given = []
    for name in (made["name"], made["id"], {"name": made["name"]}):
        told = ok(publish(None, a_name(), campaign=name))
        assert (told["voucher"]["campaign"], told["voucher"]["campaign_id"]) == (made["name"], made["id"])
        given.append(told["voucher"]["code"])
    assert given == codes_of(client, made)
    refusal = refused(publish(None, a_name(), campaign=made["name"]), 400, "no_voucher_suitable_for_publication")
    assert made["name"] in refusal["details"]
    assert refusal["message"] == "Couldn't find any voucher suitable for publication"


def test_a_code_that_was_published_by_its_name_is_not_drawn(
    client: httpx.Client, campaign: Make, publish: Publish
) -> None:
    made = campaign(2)
    first, second = codes_of(client, made)
    told = ok(publish(first, a_name(), campaign={"name": made["name"]}))
    assert told["voucher"]["campaign"] == made["name"]
    assert ok(publish(None, a_name(), campaign=made["name"]))["voucher"]["code"] == second
    refused(publish(second, a_name()), 400, "voucher_already_published")


def test_a_voucher_is_of_the_campaign_that_is_named(campaign: Make, make: Make, publish: Publish) -> None:
    one, other = campaign(), campaign()
    code = ok(publish(None, a_name(), campaign=one["name"]))["voucher"]["code"]
    for voucher in (code, make()["code"]):
        refused(publish(voucher, a_name(), campaign=other["name"]), 404, "not_found")


def test_codes_that_are_disabled_or_over_are_passed_over(
    client: httpx.Client, campaign: Make, publish: Publish
) -> None:
    made = campaign(3)
    disabled, over, good = codes_of(client, made)
    ok(client.post(f"/v1/vouchers/{disabled}/disable"))
    ok(client.put(f"/v1/vouchers/{over}", json={"expiration_date": "2001-01-01"}))
    assert ok(publish(None, a_name(), campaign=made["name"]))["voucher"]["code"] == good
    refused(publish(None, a_name(), campaign=made["name"]), 400, "no_voucher_suitable_for_publication")
    ok(client.post(f"/v1/vouchers/{disabled}/enable"))
    assert ok(publish(None, a_name(), campaign=made["name"]))["voucher"]["code"] == disabled


def test_several_codes_are_given_or_none(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(5)
    codes, customer = codes_of(client, made), a_name()
    told = ok(publish(None, customer, campaign={"name": made["name"], "count": 3}))
    assert (told["vouchers"], len(told["vouchers_id"]), "voucher" in told) == (codes[:3], 3, False)
    refusal = refused(publish(None, a_name(), campaign={"name": made["name"], "count": 3}), 400, "missing_vouchers")
    assert "at most 2" in refusal["details"]
    assert ok(publish(None, customer, campaign={"name": made["name"], "count": 2}))["vouchers"] == codes[3:]
    refused(publish(None, customer, campaign={"name": made["name"], "count": 2}), 400,
            "no_voucher_suitable_for_publication")  # fmt: skip
    entries = ok(client.get("/v1/publications", params={"campaign": made["name"]}))["publications"]
    assert [len(entry["vouchers"]) for entry in entries] == [0, 2, 0, 3]
    [entry] = ok(client.get("/v1/publications", params={"voucher": codes[2]}))["publications"]
    assert entry["id"] == told["id"]
    held = ok(client.get(f"/v1/customers/{customer}/redeemables"))
    assert held["total"] == 5


def test_gift_cards_of_a_campaign_are_to_go(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    voucher = {"type": "GIFT_VOUCHER", "gift": {"amount": 400}}
    made = campaign(3, campaign_type="GIFT_VOUCHERS", voucher=voucher)
    customer = a_name()
    first = ok(publish(None, customer, campaign=made["name"]))
    assert first["voucher"]["gift"]["balance"] == 400
    told = ok(publish(None, customer, campaign={"name": made["name"], "count": 2}))
    assert told["customer"]["summary"]["redemptions"]["gift"]["amount_to_go"] == 1_200
    ok(client.post(f"/v1/vouchers/{first['voucher']['code']}/balance", json={"amount": -100}))
    known = ok(client.get(f"/v1/customers/{customer}"))
    assert known["summary"]["redemptions"]["gift"]["amount_to_go"] == 1_100


@pytest.mark.parametrize("kind", ["DISCOUNT_COUPONS", "GIFT_VOUCHERS"])
def test_a_campaign_that_makes_codes_has_always_one(campaign: Make, publish: Publish, kind: str) -> None:
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 10}}
    made = campaign(1, type="AUTO_UPDATE", campaign_type=kind, **({"voucher": gift} if kind[0] == "G" else {}))
    customer = a_name()
    codes = [ok(publish(None, customer, campaign=made["name"]))["voucher"]["code"] for _ in range(3)]
    told = ok(publish(None, customer, campaign={"name": made["name"], "count": 4}))
    assert len({*codes, *told["vouchers"]}) == 7
    to_go = told["customer"]["summary"]["redemptions"]["gift"]["amount_to_go"]
    assert to_go == (70 if kind[0] == "G" else 0)


def test_a_campaign_whose_codes_are_used_up_says_so(campaign: Make, publish: Publish) -> None:
    config = {"pattern": f"{a_name('P')}#", "charset": "ab"}
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, "code_config": config}
    made = campaign(1, type="AUTO_UPDATE", voucher=voucher)
    codes = {ok(publish(None, a_name(), campaign=made["name"]))["voucher"]["code"] for _ in range(2)}
    assert len(codes) == 2
    refused(publish(None, a_name(), campaign=made["name"]), 400, "no_voucher_suitable_for_publication")


def test_a_code_for_all_is_given_to_all(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    code = a_name("ALL")
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, "code": code}
    made = campaign(1, type="STANDALONE", voucher=voucher)
    customers = [a_name() for _ in range(3)]
    for customer in customers:
        told = ok(publish(None, customer, campaign=made["name"]))
        assert (told["voucher"]["code"], told["voucher"]["holder_id"]) == (code, told["customer_id"])
    assert ok(publish(code, customers[0]))["voucher"]["publish"]["count"] == 4
    refused(publish(None, customers[0], campaign={"name": made["name"], "count": 2}), 400,
            "too_many_vouchers_requested")  # fmt: skip
    assert ok(client.get("/v1/publications", params={"voucher": code}))["total"] == 4


def test_who_joins_once_has_one_code(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(3, join_once=True)
    customer = a_name()
    first = ok(publish(None, customer, campaign=made["name"]))
    again = ok(client.post("/v1/publications", json={"campaign": made["name"],
               "customer": {"source_id": customer, "name": "Ada"}}))  # fmt: skip
    assert (again["id"], again["voucher"]) == (first["id"], first["voucher"])
    assert again["customer"]["name"] == "Ada"
    by_name = ok(publish(first["voucher"]["code"], customer))
    assert by_name["id"] == first["id"]
    other = codes_of(client, made)[-1]
    refusal = refused(publish(other, customer), 400, "voucher_cannot_be_published")
    assert first["voucher"]["code"] in refusal["details"]
    refused(publish(None, customer, campaign={"name": made["name"], "count": 2}), 400, "too_many_vouchers_requested")
    assert ok(client.get(f"/v1/vouchers/{first['voucher']['code']}"))["publish"]["count"] == 1
    kinds = [entry["type"] for entry in feed(client, customer)]
    assert kinds.count("customer.publication.succeeded") == 1


def test_joining_once_can_be_asked_of_any_campaign(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(3)
    customer = a_name()
    first, _ = (ok(publish(None, customer, campaign=made["name"])) for _ in range(2))
    body = {"campaign": made["name"], "customer": {"source_id": customer}}
    for path in ("/v1/publications?join_once=true", "/v1/publications?join_once=1"):
        assert ok(client.post(path, json=body))["id"] == first["id"]
    query = {"campaign": made["name"], "customer[source_id]": customer, "join_once": "true"}
    assert ok(client.get("/v1/publications/create", params=query))["id"] == first["id"]


def test_where_the_code_was_deleted_another_one_is_given(
    client: httpx.Client, campaign: Make, publish: Publish
) -> None:
    made = campaign(2, join_once=True)
    customer = a_name()
    first = ok(publish(None, customer, campaign=made["name"]))
    assert client.delete(f"/v1/vouchers/{first['voucher']['code']}").status_code == 204
    second = ok(publish(None, customer, campaign=made["name"]))
    assert second["id"] != first["id"]
    assert ok(publish(None, customer, campaign=made["name"]))["id"] == second["id"]


def test_a_source_id_stands_for_a_campaign_by_any_of_its_names(campaign: Make, publish: Publish) -> None:
    made, other = campaign(2), campaign(2)
    customer, source_id = a_name(), a_name("publication")
    first = ok(publish(None, customer, campaign=made["name"], source_id=source_id))
    assert ok(publish(None, customer, campaign=made["id"], source_id=source_id)) == first
    refused(publish(None, customer, campaign=other["id"], source_id=source_id), 400, "duplicate_source_id")
    refused(publish(None, a_name(), campaign=made["id"], source_id=source_id), 400, "duplicate_source_id")
    refused(publish(None, customer, campaign={"name": made["id"], "count": 2}, source_id=a_name("publication")), 400,
            "too_many_vouchers_requested")  # fmt: skip


def test_a_disabled_campaign_is_still_published(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(1, active=False)
    assert ok(publish(None, a_name(), campaign=made["name"]))["result"] == "SUCCESS"


def test_a_code_may_end_some_time_after_its_publication(campaign: Make, publish: Publish) -> None:
    made = campaign(1, activity_duration_after_publishing="P2DT3H", expiration_date="2990-01-01")
    told = ok(publish(None, a_name(), campaign=made["name"]))
    begin, end = told["created_at"], told["voucher"]["expiration_date"]
    assert end_of(from_iso(begin), "P2DT3H") == from_iso(end)


def test_the_feed_tells_of_the_campaign(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(1)
    told = ok(publish(None, a_name(), campaign=made["name"]))
    query = {"campaign_id": made["id"]}
    [entry] = ok(client.get(f"/v1/customers/{told['customer_id']}/activity", params=query))["data"]
    assert entry["data"]["campaign"]["name"] == made["name"]
    assert entry["data"]["publication"]["voucher"]["campaign"] == made["name"]


def test_the_campaigns_summary_counts_what_was_given_and_what_was_refused(
    client: httpx.Client, campaign: Make, publish: Publish
) -> None:
    made, other = campaign(2), campaign(1)
    for answer in [publish(None, a_name(), campaign=made["name"]) for _ in range(3)]:
        assert answer.status_code in (200, 400)
    ok(publish(None, a_name(), campaign=other["name"]))

    def counted(**days: str) -> tuple[int, ...]:
        told = ok(client.get(f"/v1/campaigns/{made['id']}/summary", params=days))
        return told["publications"], told["publications_succeeded"], told["publications_failed"]

    past, future = (to_iso(now_ms() + n * DAY)[:10] for n in (-2, 2))
    assert counted() == counted(start_date=past, end_date=future) == (3, 2, 1)
    assert counted(end_date=past) == counted(start_date=future) == (0, 0, 0)


def test_one_who_joins_once_asks_twenty_times_at_once(campaign: Make, publish: Publish) -> None:
    made = campaign(5, join_once=True)
    customer = a_name()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: publish(None, customer, campaign=made["name"]), range(20)))
    assert len({(ok(answer)["id"], answer.json()["voucher"]["code"]) for answer in answers}) == 1
    others = [ok(publish(None, a_name(), campaign=made["name"]))["voucher"]["code"] for _ in range(4)]
    assert len(set(others)) == 4


def test_many_at_once_get_each_another_code_and_then_none(
    client: httpx.Client, campaign: Make, publish: Publish
) -> None:
    made = campaign(30)
    names = [a_name() for _ in range(50)]
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda name: publish(None, name, campaign=made["name"]), names))
    given = [answer.json()["voucher"]["code"] for answer in answers if answer.status_code == 200]
    assert sorted(given) == sorted(codes_of(client, made))
    for answer in answers:
        if answer.status_code != 200:
            refused(answer, 400, "no_voucher_suitable_for_publication")


def test_many_ask_at_once_for_several(client: httpx.Client, campaign: Make, publish: Publish) -> None:
    made = campaign(32)
    body = {"name": made["name"], "count": 5}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: publish(None, a_name(), campaign=body), range(12)))
    given = [code for answer in answers if answer.status_code == 200 for code in answer.json()["vouchers"]]
    assert (len(given), len(set(given))) == (30, 30)
    assert {answer.json()["key"] for answer in answers if answer.status_code != 200} == {"missing_vouchers"}
    assert len(ok(publish(None, a_name(), campaign={**body, "count": 2}))["vouchers"]) == 2


def test_a_campaign_that_makes_codes_makes_one_for_each_at_once(campaign: Make, publish: Publish) -> None:
    made = campaign(1, type="AUTO_UPDATE")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: publish(None, a_name(), campaign=made["name"]), range(40)))
    assert len({ok(answer)["voucher"]["code"] for answer in answers}) == 40


@pytest.mark.parametrize(
    ("begin", "lifetime", "days"),
    [(0, "P1M", 31), (30, "P1M", 58), (0, "P1Y", 365), (0, "P2W", 14), (0, "P1DT24H", 2), (0, "P9999Y", 2_932_895)],
)
def test_durations_go_by_the_calendar(begin: int, lifetime: str, days: int) -> None:
    assert end_of(begin * DAY, lifetime) == days * DAY
