"""Attempts that come to nothing are kept, counted and told; what is malformed leaves no trace (spec I 4.3)."""

from typing import Any

import httpx
import pytest

from tests.domains.redemptions.conftest import (
    TEN_PERCENT,
    Make,
    Redeem,
    a_name,
    counted,
    feed,
    of_voucher,
    ok,
    refused,
)


def test_a_failed_attempt_is_kept_and_counted(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code, who = make(active=False), a_name()
    told = refused(redeem(code, customer={"source_id": who}, order={"amount": 500}), 400, "voucher_disabled")
    assert (told["resource_type"], told["resource_id"][:3]) == ("redemption", "rf_")
    kept = ok(client.get(f"/v1/redemptions/{told['resource_id']}"))
    assert (kept["result"], kept["status"], kept["failure_code"]) == ("FAILURE", "FAILED", "voucher_disabled")
    assert (kept["order"], kept["voucher"]["code"], kept["customer"]["source_id"]) == (None, code, who)
    assert counted(client, who) == {"total_redeemed": 1, "total_failed": 1}
    assert feed(client, who)[0]["type"] == "customer.redemption.failed"
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 0


def test_it_says_all_reasons(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code = make(active=False, expiration_date="2020-01-01T00:00:00Z")
    told = refused(redeem(code), 400, "voucher_disabled")
    [trace] = ok(client.get(f"/v1/redemptions/{told['resource_id']}"))["trace"]
    assert trace["redeemable"] == code
    assert [each["key"] for each in trace["reasons"]] == ["voucher_disabled", "voucher_expired"]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"active": False}, "voucher_disabled"),
        ({"expiration_date": "2020-01-01T00:00:00Z"}, "voucher_expired"),
        ({"start_date": "2090-01-01T00:00:00Z"}, "voucher_not_active"),
        ({"discount": {"type": "AMOUNT", "amount_off": 5}}, "missing_order"),
    ],
)
def test_why_a_voucher_is_refused(make: Make, redeem: Redeem, fields: dict[str, Any], key: str) -> None:
    refused(redeem(make(**fields)), 400, key)


def test_a_voucher_is_redeemed_as_often_as_it_may_be(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code = make(redemption={"quantity": 2})
    for _ in range(2):
        ok(redeem(code))
    refused(redeem(code), 400, "quantity_exceeded")
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 2


def test_a_card_pays_no_more_than_it_holds(client: httpx.Client, make_card: Make, redeem: Redeem) -> None:
    card = make_card(100)
    refused(redeem((card, 101), order={"amount": 500}), 400, "gift_amount_exceeded")
    assert of_voucher(client, card)["gift"]["balance"] == 100


def test_a_code_that_is_not_there_is_an_attempt_too(client: httpx.Client, redeem: Redeem) -> None:
    who = a_name()
    told = refused(redeem("NO-SUCH-CODE", customer={"source_id": who}), 404, "not_found")
    kept = ok(client.get(f"/v1/redemptions/{told['resource_id']}"))
    assert (kept["failure_code"], kept["related_object_id"]) == ("resource_not_found", "NO-SUCH-CODE")
    assert "voucher" not in kept
    assert counted(client, who) == {"total_redeemed": 1, "total_failed": 1}


def test_of_several_all_are_redeemed_or_none(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    good, bad, who = make(), make(active=False), a_name()
    source_id = a_name("order")
    told = redeem(good, bad, customer={"source_id": who}, order={"source_id": source_id, "amount": 100})
    refused(told, 400, "voucher_disabled")
    assert of_voucher(client, good)["redemption"]["redeemed_quantity"] == 0
    assert counted(client, who) == {"total_redeemed": 1, "total_failed": 1}
    refused(client.get(f"/v1/orders/{source_id}"), 404, "not_found")


def test_what_is_past_a_limit_is_left_out_and_the_rest_redeemed(make: Make, redeem: Redeem) -> None:
    codes = [make() for _ in range(7)]
    told = ok(redeem(*codes, order={"amount": 1_000}))
    assert len(told["redemptions"]) == 5
    assert [each["id"] for each in told["skipped_redeemables"]] == codes[5:]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"redeemables": []},
        {"redeemables": [{"object": "voucher", "id": f"C{n}"} for n in range(31)]},
        {"redeemables": [{"object": "voucher", "id": "C"}] * 2},
        {"redeemables": [{"object": "customer", "id": "C"}]},
        {"redeemables": [{"object": "voucher", "id": "C", "gift": {"credits": -1}}]},
        {"redeemables": [{"object": "voucher", "id": "C"}], "order": {"amount": -1}},
        {"redeemables": [{"object": "voucher", "id": "C"}], "order": {"items": [{"amount": 1}] * 501}},
        {"redeemables": [{"object": "voucher", "id": "C"}], "metadata": {"x": "y" * 100_000}},
        {"redeemables": [{"object": "voucher", "id": "C"}], "order": {"amount": 1.5}},
    ],
)
def test_what_is_malformed_leaves_no_trace(client: httpx.Client, body: dict[str, Any]) -> None:
    before = ok(client.get("/v1/redemptions"))["total"]
    answer = client.post("/v1/redemptions", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["key"] in ("invalid_payload", "duplicated_redeemables")
    assert ok(client.get("/v1/redemptions"))["total"] == before


def test_an_unknown_customer_or_order_leaves_no_trace(client: httpx.Client, make: Make, redeem: Redeem) -> None:
    code = make()
    before = ok(client.get("/v1/redemptions"))["total"]
    refused(redeem(code, customer={"id": "cust_nobody"}), 404, "not_found")
    refused(redeem(code, order={"id": "ord_none"}), 404, "not_found")
    assert ok(client.get("/v1/redemptions"))["total"] == before
    assert of_voucher(client, code)["redemption"]["redeemed_quantity"] == 0


def test_the_older_operation_fails_alike(client: httpx.Client) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, "active": False}
    code = ok(client.post("/v1/vouchers", json=body))["code"]
    told = refused(client.post(f"/v1/vouchers/{code}/redemption", json={}), 400, "voucher_disabled")
    assert told["resource_id"].startswith("rf_")
