"""Tiers and stacks as redeemables: judged with vouchers, by categories and stacking rules; and the older operations."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.promotions.conftest import TIERS, Made, Make, ok, stack, tiers_of
from tests.domains.validations.conftest import validate, vouchers

ORDER = {"amount": 10_000}
HALF = {"discount": {"type": "PERCENT", "percent_off": 50}}
AT_ONCE = 20


def tiers(*ids: str) -> list[Made]:
    return [{"object": "promotion_tier", "id": each} for each in ids]


def stacks(made: Made) -> list[Made]:
    return [{"object": "promotion_stack", "id": made["id"]}]


def ids(entries: list[Made]) -> list[str]:
    return [each["id"] for each in entries]


def coupon(client: httpx.Client, amount: int, **fields: Any) -> str:
    """The code of a new voucher that takes this off."""
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": amount}, **fields}
    return str(ok(client.post("/v1/vouchers", json=body))["code"])


def reason(told: Made) -> str:
    """The key of the only refusal."""
    [entry] = told["inapplicable_redeemables"]
    return str(entry["result"]["error"]["key"])


def test_a_tier_applies_beside_a_voucher(client: httpx.Client, make: Make) -> None:
    campaign = make({"metadata": {"level": "B"}})
    [ten] = tiers_of(client, campaign)
    asked = [*vouchers(coupon(client, 500)), *tiers(ten["id"])]
    told = validate(client, redeemables=asked, order=ORDER, options={"expand": ["redeemable", "order"]})
    assert (told["valid"], told["order"]["total_amount"]) == (True, 8_500)
    entry = told["redeemables"][1]
    assert (entry["object"], entry["id"], entry["status"]) == ("promotion_tier", ten["id"], "APPLICABLE")
    assert (entry["campaign_id"], entry["campaign_name"]) == (campaign["id"], campaign["name"])
    assert (entry["name"], entry["metadata"]) == ("Ten off", {"level": "B"})
    assert entry["result"] == {"discount": ten["action"]["discount"]}
    assert entry["order"]["applied_discount_amount"] == 1_000


def test_a_stack_is_its_tiers_in_its_order(client: httpx.Client, make: Make) -> None:
    campaign = make({"name": "ten"}, {"name": "half", "action": HALF})
    ten, half = ids(tiers_of(client, campaign))
    for order, wanted in (((ten, half), 4_500), ((half, ten), 4_000)):
        told = validate(client, redeemables=stacks(stack(client, campaign, *order)), order=ORDER)
        assert (ids(told["redeemables"]), told["order"]["total_amount"]) == (list(order), wanted)
    assert told["redeemables"][0]["object"] == "promotion_tier"


def test_what_is_not_there_is_told_as_such(client: httpx.Client, make: Make) -> None:
    [gone] = tiers_of(client, make({}))
    assert client.delete(f"{TIERS}/{gone['id']}").status_code == 204
    for asked in (tiers(gone["id"]), [{"object": "promotion_stack", "id": "stack_nothing"}]):
        told = validate(client, redeemables=asked, order=ORDER)
        assert (told["valid"], reason(told)) == (False, "not_found")


@pytest.mark.parametrize(
    ("fields", "of_campaign", "key"),
    [
        ({"active": False}, {}, "promotion_inactive"),
        ({}, {"active": False}, "promotion_inactive"),
        ({"expiration_date": "2020-01-01"}, {}, "promotion_inactive"),
        ({}, {"start_date": "2999-01-01"}, "promotion_inactive"),
        ({"start_date": "2020-01-01", "validity_timeframe": {"interval": "P1000Y", "duration": "PT1S"}}, {},
         "promotion_not_active_now"),
        ({}, {"start_date": "2020-01-01", "validity_timeframe": {"interval": "P1000Y", "duration": "PT1S"}},
         "promotion_not_active_now"),
    ],
)  # fmt: skip
def test_a_tier_and_its_campaign_must_both_be_active(
    client: httpx.Client, make: Make, fields: Made, of_campaign: Made, key: str
) -> None:
    [made] = tiers_of(client, make(fields, **of_campaign))
    told = validate(client, redeemables=tiers(made["id"]), order=ORDER)
    assert (told["valid"], reason(told)) == (False, key)
    old = ok(client.post(f"{TIERS}/{made['id']}/validation", json={"order": ORDER}))
    assert (old["valid"], old["error"]["key"], old["reason"]) == (False, key, old["error"]["message"])


def test_while_a_campaign_is_switched_each_answer_is_one_or_the_other(client: httpx.Client, make: Make) -> None:
    campaign = make({}, {"action": HALF})
    asked = tiers(*ids(tiers_of(client, campaign)))

    def ask(n: int) -> Made:
        if n % 4 == 0:
            verb = "disable" if n % 8 == 0 else "enable"
            ok(client.post(f"/v1/campaigns/{campaign['id']}/{verb}"))
        return validate(client, redeemables=asked, order=ORDER)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for told in pool.map(ask, range(3 * AT_ONCE)):
            statuses = {each["status"] for each in told["redeemables"]}
            assert statuses == ({"APPLICABLE"} if told["valid"] else {"INAPPLICABLE"})
            assert told["valid"] is (told.get("order", {}).get("total_amount") == 4_500)
    ok(client.post(f"/v1/campaigns/{campaign['id']}/disable"))
    assert validate(client, redeemables=asked, order=ORDER)["valid"] is False


def test_a_session_beside_tiers_holds_the_vouchers(client: httpx.Client, make: Make) -> None:
    [ten] = tiers_of(client, make({}))
    code = coupon(client, 500, redemption={"quantity": 1})
    asked = [*vouchers(code), *tiers(ten["id"])]
    held = validate(client, redeemables=asked, order=ORDER, session={"type": "LOCK"})
    assert (held["valid"], held["session"]["type"]) == (True, "LOCK")
    assert reason(validate(client, code, order=ORDER)) == "quantity_exceeded"
    assert validate(client, redeemables=tiers(ten["id"]), order=ORDER, session={"type": "LOCK"})["valid"]


def test_a_tier_may_add_units_of_the_catalogue(client: httpx.Client, make: Make) -> None:
    cup = ok(client.post("/v1/products", json={"name": "Cup", "price": 300, "source_id": "cup of a tier"}))
    free = {"discount": {"type": "UNIT", "unit_off": 1, "unit_type": "cup of a tier", "effect": "ADD_NEW_ITEMS"}}
    [made] = tiers_of(client, make({"action": free}))
    told = validate(client, redeemables=tiers(made["id"]), order={"items": [{"product_id": cup["id"], "quantity": 1}]})
    assert (told["order"]["amount"], told["order"]["total_amount"]) == (600, 300)


def test_one_tier_is_validated_in_the_older_shape(client: httpx.Client, make: Make) -> None:
    campaign = make({"banner": "Today"})
    [ten] = tiers_of(client, campaign)
    told = ok(client.post(f"{TIERS}/{ten['id']}/validation", json={"order": ORDER, "customer": {"source_id": "eve"}}))
    assert (told["valid"], told["id"], told["name"], told["banner"]) == (True, ten["id"], "Ten off", "Today")
    assert (told["order"]["total_amount"], told["discount_amount"], told["applied_discount_amount"]) == (
        9_000,
        1_000,
        1_000,
    )
    assert (told["discount"], told["campaign"]["id"]) == (ten["action"]["discount"], campaign["id"])
    assert told["tracking_id"].startswith("track_")
    missing = ok(client.post(f"{TIERS}/promo_nothing/validation", json={}))
    assert (missing["valid"], missing["id"], missing["error"]["key"]) == (False, "promo_nothing", "not_found")
    without = ok(client.post(f"{TIERS}/{ten['id']}/validation", json={}))
    assert (without["valid"], without["error"]["key"]) == (False, "missing_order")
