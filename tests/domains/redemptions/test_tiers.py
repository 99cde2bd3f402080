"""Redeeming promotion tiers and stacks, alone and beside vouchers, and giving them back."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.domains.promotions.conftest import TIERS, promotion, stack, tiers_of
from tests.domains.redemptions.conftest import (
    Make,
    Told,
    a_name,
    all_rolled_back,
    asked,
    counted,
    feed,
    kinds,
    ok,
    refused,
    rolled_back,
)

ORDER = {"amount": 10_000}
HALF = {"discount": {"type": "PERCENT", "percent_off": 50}}


@pytest.fixture
def campaign(client: httpx.Client) -> Told:
    """A promotion with two tiers."""
    return ok(client.post("/v1/campaigns", json=promotion({"name": "ten"}, {"name": "half", "action": HALF})))


@pytest.fixture
def tiers(client: httpx.Client, campaign: Told) -> list[str]:
    return [each["id"] for each in tiers_of(client, campaign)]


def of_tier(client: httpx.Client, tier_id: str) -> tuple[int, int, int]:
    """How often a tier was redeemed, what the orders came to, and what it took off them."""
    told = ok(client.get(f"{TIERS}/{tier_id}"))["summary"]
    return told["redemptions"]["total_redeemed"], *told["orders"].values()


def wanted(*tier_ids: str) -> list[Told]:
    return [{"object": "promotion_tier", "id": tier_id} for tier_id in tier_ids]


def test_a_tier_is_redeemed_and_given_back(client: httpx.Client, campaign: Told, tiers: list[str]) -> None:
    ada = a_name()
    body = {"redeemables": wanted(tiers[0]), "order": ORDER, "customer": {"source_id": ada}}
    told = ok(client.post("/v1/redemptions", json=body))
    [redemption] = told["redemptions"]
    assert (redemption["related_object_type"], redemption["related_object_id"]) == ("promotion_tier", tiers[0])
    assert (redemption["related_object_parent_id"], told["order"]["total_amount"]) == (campaign["id"], 9_000)
    assert of_tier(client, tiers[0]) == (1, 10_000, 1_000)
    assert redemption["promotion_tier"] == ok(client.get(f"{TIERS}/{tiers[0]}"))
    assert ok(client.get(f"/v1/redemptions/{redemption['id']}")) == redemption
    assert counted(client, ada) == {"total_redeemed": 1, "total_succeeded": 1}
    entry = next(each for each in feed(client, ada) if each["type"] == "customer.redemption.succeeded")
    assert entry["data"]["promotion_tier"]["id"] == tiers[0]
    back = ok(rolled_back(client, redemption["id"]))
    assert (back["related_object_id"], back["promotion_tier"]["id"]) == (tiers[0], tiers[0])
    assert back["promotion_tier"]["summary"]["redemptions"]["total_redeemed"] == 0
    assert of_tier(client, tiers[0]) == (0, 0, 0)
    refused(rolled_back(client, redemption["id"]), 400, "already_rolled_back")
    assert of_tier(client, tiers[0]) == (0, 0, 0)
    assert kinds(client, ada)[-2:] == ["customer.redemption.rollback.succeeded", "customer.redemption.rollback.failed"]


def test_a_stack_is_redeemed_as_its_tiers(client: httpx.Client, campaign: Told, tiers: list[str]) -> None:
    both = stack(client, campaign, tiers[1], tiers[0])
    body = {"redeemables": [{"object": "promotion_stack", "id": both["id"]}], "order": ORDER}
    told = ok(client.post("/v1/redemptions", json=body))
    assert [each["related_object_id"] for each in told["redemptions"]] == [tiers[1], tiers[0]]
    assert told["order"]["total_amount"] == 4_000
    assert [of_tier(client, each) for each in tiers] == [(1, 10_000, 1_000), (1, 10_000, 5_000)]
    ok(all_rolled_back(client, told["parent_redemption"]["id"]))
    assert [of_tier(client, each) for each in tiers] == [(0, 0, 0), (0, 0, 0)]


def test_a_tier_beside_a_voucher(client: httpx.Client, make: Make, tiers: list[str]) -> None:
    code = make()
    told = ok(client.post("/v1/redemptions", json={"redeemables": [*asked(code), *wanted(tiers[0])], "order": ORDER}))
    first, second = told["redemptions"]
    assert (first["voucher"]["code"], second["promotion_tier"]["id"]) == (code, tiers[0])
    assert ("voucher" in second, "promotion_tier" in first) == (False, False)
    assert told["order"]["total_amount"] == 8_000


def test_one_tier_is_redeemed_by_the_older_operation(client: httpx.Client, tiers: list[str]) -> None:
    path = f"{TIERS}/{tiers[0]}/redemption"
    told = ok(client.post(path, json={"order": ORDER, "customer": {"source_id": a_name()}}))
    assert (told["object"], told["result"], told["promotion_tier"]["id"]) == ("redemption", "SUCCESS", tiers[0])
    ok(client.post(f"{TIERS}/{tiers[0]}/disable"))
    eve = a_name()
    answer = client.post(path, json={"order": ORDER, "customer": {"source_id": eve}})
    failed = refused(answer, 400, "promotion_inactive")
    assert failed["resource_id"].startswith("rf_")
    kept = ok(client.get(f"/v1/redemptions/{failed['resource_id']}"))
    assert (kept["failure_code"], kept["promotion_tier"]["id"]) == ("promotion_inactive", tiers[0])
    assert counted(client, eve) == {"total_redeemed": 1, "total_failed": 1}
    assert of_tier(client, tiers[0]) == (1, 10_000, 1_000)
    refused(client.post(f"{TIERS}/promo_nothing/redemption", json={"order": ORDER}), 404, "not_found")


def test_what_is_left_of_a_deleted_tier_is_that_it_was_redeemed(client: httpx.Client, tiers: list[str]) -> None:
    told = ok(client.post(f"{TIERS}/{tiers[0]}/redemption", json={"order": ORDER}))
    assert client.delete(f"{TIERS}/{tiers[0]}").status_code == 204
    after = ok(client.get(f"/v1/redemptions/{told['id']}"))
    assert ("promotion_tier" in after, after["related_object_id"]) == (False, tiers[0])
    assert ok(rolled_back(client, told["id"]))["result"] == "SUCCESS"


def test_every_one_of_twenty_at_once_is_counted(client: httpx.Client, tiers: list[str]) -> None:
    def redeem(_: int) -> str:
        told = ok(client.post("/v1/redemptions", json={"redeemables": wanted(*tiers), "order": ORDER}))
        return str(told["parent_redemption"]["id"])

    with ThreadPoolExecutor(20) as pool:
        parents = list(pool.map(redeem, range(20)))
    assert [of_tier(client, each) for each in tiers] == [(20, 200_000, 20_000), (20, 200_000, 90_000)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda parent: all_rolled_back(client, parent), [*parents[:10], *parents[:10]]))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [400] * 10
    assert [of_tier(client, each) for each in tiers] == [(10, 100_000, 10_000), (10, 100_000, 45_000)]
