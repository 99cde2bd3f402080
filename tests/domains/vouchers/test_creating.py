"""Creating vouchers: every kind, under codes that are given and codes that are made."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.domains.vouchers.conftest import TEN_PERCENT, Make, a_code, discount, gift, ok, refused


def test_a_discount_voucher_is_told_whole(client: httpx.Client) -> None:
    code = a_code()
    body = discount(
        code=code,
        category="New Customers",
        start_date="2026-01-01T00:00:00Z",
        expiration_date="2030-12-31T23:59:59.500+01:00",
        validity_timeframe={"duration": "PT1H", "interval": "P2D"},
        validity_day_of_week=[1, 2, 3],
        validity_hours={"daily": [{"start_time": "09:00", "days_of_week": [1], "expiration_time": "17:30"}]},
        active=False,
        additional_info="For new customers.",
        redemption={"quantity": 10},
        metadata={"test": True, "locale": "de"},
    )
    made = ok(client.post("/v1/vouchers", json=body))
    assert re.fullmatch(r"v_\w{24}", made.pop("id"))
    assert made.pop("created_at")
    assert sorted(made.pop("assets")) == ["barcode", "qr"]
    assert made == {
        "code": code,
        "campaign": None,
        "campaign_id": None,
        "category": "New Customers",
        "category_id": None,
        "categories": [],
        "type": "DISCOUNT_VOUCHER",
        "discount": TEN_PERCENT,
        "gift": None,
        "loyalty_card": None,
        "start_date": "2026-01-01T00:00:00Z",
        "expiration_date": "2030-12-31T22:59:59.500Z",
        "validity_timeframe": {"interval": "P2D", "duration": "PT1H"},
        "validity_day_of_week": [1, 2, 3],
        "validity_hours": {"daily": [{"start_time": "09:00", "days_of_week": [1], "expiration_time": "17:30"}]},
        "active": False,
        "additional_info": "For new customers.",
        "metadata": {"test": True, "locale": "de"},
        "is_referral_code": False,
        "updated_at": None,
        "validation_rules_assignments": {"object": "list", "data_ref": "data", "data": [], "total": 0},
        "redemption": {
            "quantity": 10,
            "redeemed_quantity": 0,
            "object": "list",
            "url": f"/v1/vouchers/{code}/redemptions?page=1&limit=10",
        },
        "publish": {"object": "list", "count": 0, "url": f"/v1/vouchers/{code}/publications?page=1&limit=10"},
        "object": "voucher",
    }


def test_what_was_created_is_found_by_code_and_by_id(client: httpx.Client, make: Make, make_card: Make) -> None:
    for made in (make(), make_card(500)):
        assert ok(client.get(f"/v1/vouchers/{made['code']}")) == made
        assert ok(client.get(f"/v1/vouchers/{made['id']}")) == made


def test_a_gift_card_has_its_credits(client: httpx.Client, make_card: Make) -> None:
    card = make_card(10_000)
    assert card["gift"] == {"amount": 10_000, "subtracted_amount": 0, "balance": 10_000, "effect": "APPLY_TO_ORDER"}
    assert (card["discount"], card["is_referral_code"]) == (None, None)
    assert (card["redemption"]["quantity"], card["redemption"]["redeemed_amount"]) == (None, 0)
    effect = ok(client.post("/v1/vouchers", json=gift(0) | {"gift": {"amount": 0, "effect": "APPLY_TO_ITEMS"}}))
    assert (effect["gift"]["effect"], effect["gift"]["balance"]) == ("APPLY_TO_ITEMS", 0)


@pytest.mark.parametrize(
    "given",
    [
        *(
            {"type": "AMOUNT", "amount_off": 500, "effect": effect}
            for effect in (
                "APPLY_TO_ORDER",
                "APPLY_TO_ITEMS",
                "APPLY_TO_ITEMS_BY_QUANTITY",
                "APPLY_TO_ITEMS_PROPORTIONALLY",
                "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
            )
        ),
        {"type": "AMOUNT", "amount_off": 0, "amount_off_formula": "ORDER_AMOUNT*0.1", "aggregated_amount_limit": 900},
        {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 700, "aggregated_amount_limit": 900},
        {"type": "PERCENT", "percent_off": 100, "percent_off_formula": 'IF(a;"x";2)', "is_dynamic": True},
        {"type": "FIXED", "fixed_amount": 100, "fixed_amount_formula": "ORDER_ITEM_PRICE*0.01+1"},
        {"type": "FIXED", "fixed_amount": 100, "effect": "APPLY_TO_ITEMS"},
        *(
            {"type": "UNIT", "unit_off": 1, "unit_type": "prod_1", "effect": effect}
            for effect in ("ADD_MISSING_ITEMS", "ADD_NEW_ITEMS", "ADD_SAME_ITEMS", "REPLACE_ITEMS")
        ),
        {
            "type": "UNIT",
            "unit_off": 2,
            "unit_off_formula": "ORDER_ITEMS_QUANTITY",
            "unit_type": "sku_1",
            "product": {"id": "prod_1", "source_id": "p1", "name": "Tea"},
            "sku": {"id": "sku_1", "name": "Tea, 100 g"},
        },
        {
            "type": "UNIT",
            "effect": "ADD_MANY_ITEMS",
            "units": [
                {"unit_off": 1, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS"},
                {"unit_type": "prod_2", "effect": "ADD_MISSING_ITEMS", "product": {"id": "prod_2", "name": "Cup"}},
            ],
        },
    ],
)
def test_every_kind_of_discount_is_kept_as_it_is_sent(make: Make, given: dict[str, Any]) -> None:
    assert make(discount=given)["discount"] == given


def test_null_is_as_absent(client: httpx.Client) -> None:
    """The Python client sends a null for each field of a model that was made from a dictionary."""
    code = a_code()
    names = (
        "campaign campaign_id category category_id start_date expiration_date active gift validity_timeframe"
        " validity_day_of_week validity_hours additional_info metadata validation_rules redemption code_config"
    )
    nulls: dict[str, Any] = dict.fromkeys(names.split())
    made = ok(client.post("/v1/vouchers", json=discount(code=code, **nulls)))
    assert (made["active"], made["metadata"], made["start_date"]) == (True, {}, None)


@pytest.mark.parametrize("code", ["a/b", "a b+c", "100%", "ü-🎁", "a?b=c&d#e", "a%2Fb", "v_not-an-id", "x" * 255])
def test_a_code_may_have_any_character(client: httpx.Client, code: str) -> None:
    path = f"/v1/vouchers/{quote(code, safe='')}"
    made = ok(client.post(path, json=discount()))
    assert made["code"] == code
    assert ok(client.get(path)) == made
    assert ok(client.post(f"{path}/disable"))["active"] is False
    assert client.delete(path).status_code == 204
    refused(client.get(path), 404, "not_found")


def test_a_taken_code_is_refused(client: httpx.Client, make: Make) -> None:
    made = make()
    for answer in (
        client.post("/v1/vouchers", json=discount(code=made["code"])),
        client.post(f"/v1/vouchers/{made['code']}", json=gift(5)),
    ):
        assert made["code"] in refused(answer, 409, "duplicate_found")
    assert ok(client.get(f"/v1/vouchers/{made['code']}")) == made


def test_codes_that_differ_in_case_are_two(make: Make) -> None:
    code = a_code().lower()
    assert make(code=code)["id"] != make(code=code.upper())["id"]


def test_a_code_in_the_path_and_another_in_the_body_are_refused(client: httpx.Client) -> None:
    code = a_code()
    assert ok(client.post(f"/v1/vouchers/{code}", json=discount(code=code)))["code"] == code
    details = refused(client.post(f"/v1/vouchers/{a_code()}", json=discount(code="other")), 400, "invalid_payload")
    assert details.startswith("code:")
    details = refused(client.post(f"/v1/vouchers/{'x' * 256}", json=discount()), 400, "invalid_payload")
    assert details.startswith("code:")


def test_an_idempotency_key_creates_once(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": a_code()}
    first, second = (client.post("/v1/vouchers", json=gift(100), headers=headers) for _ in range(2))
    assert second.headers["Idempotency-Replayed"] == "true"
    assert ok(first) == ok(second)


@pytest.mark.parametrize(
    ("fields", "key", "names"),
    [
        ({"type": "LOYALTY_CARD"}, "invalid_payload", "type"),
        ({"discount": None}, "invalid_payload", "discount"),
        ({"gift": {"amount": 5}}, "invalid_payload", "gift"),
        ({"type": "GIFT_VOUCHER", "discount": None}, "invalid_payload", "gift"),
        ({"type": "GIFT_VOUCHER", "discount": None, "gift": {"amount": -1}}, "invalid_payload", "gift.amount"),
        ({"type": "GIFT_VOUCHER", "discount": None, "gift": {"amount": 1.5}}, "invalid_payload", "gift.amount"),
        (
            {"type": "GIFT_VOUCHER", "discount": None, "gift": {"amount": 9, "balance": 8}},
            "invalid_gift",
            "gift.balance",
        ),
        (
            {"type": "GIFT_VOUCHER", "discount": None, "gift": {"amount": 9, "subtracted_amount": 1}},
            "invalid_gift",
            "gift.subtracted_amount",
        ),
        ({"code": ""}, "invalid_payload", "code"),
        ({"code": "x" * 256}, "invalid_payload", "code"),
        ({"start_date": "tomorrow"}, "invalid_payload", "start_date"),
        ({"expiration_date": "9999-12-31T23:59:59-23:59"}, "invalid_payload", "expiration_date"),
        ({"start_date": "2026-01-02", "expiration_date": "2026-01-02"}, "invalid_payload", "expiration_date"),
        ({"validity_timeframe": {"duration": "PT1H", "interval": "P2D"}}, "invalid_payload", "start_date"),
        ({"validity_timeframe": {"duration": "1 hour", "interval": "P2D"}}, "invalid_payload", "duration"),
        ({"validity_timeframe": {"duration": "PT1H"}}, "invalid_payload", "interval"),
        ({"validity_day_of_week": [7]}, "invalid_payload", "validity_day_of_week"),
        ({"validity_day_of_week": []}, "invalid_payload", "validity_day_of_week"),
        ({"validity_hours": {"daily": [{"start_time": "25:00"}]}}, "invalid_payload", "start_time"),
        (
            {"validity_hours": {"daily": [{"start_time": "10:00", "expiration_time": "09:00"}]}},
            "invalid_payload",
            "daily[0]",
        ),
        (
            {"validity_hours": {"daily": [{"expiration_time": "12:00"}, {"start_time": "11:00", "days_of_week": [3]}]}},
            "invalid_payload",
            "daily[1]",
        ),
        ({"redemption": {"quantity": 0}}, "invalid_payload", "redemption.quantity"),
        ({"redemption": {"quantity": 1.5}}, "invalid_payload", "redemption.quantity"),
        ({"additional_info": "x" * 5_001}, "invalid_payload", "additional_info"),
        ({"metadata": {"n": 2**60}}, "invalid_payload", "metadata.n"),
    ],
)
def test_what_no_voucher_can_have_is_refused_by_name(
    client: httpx.Client, fields: dict[str, Any], key: str, names: str
) -> None:
    code = a_code()
    answer = client.post("/v1/vouchers", json=discount(**{"code": code, **fields}))
    assert names in refused(answer, 400, key)
    refused(client.get(f"/v1/vouchers/{code}"), 404, "not_found")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, "type"),
        ({"type": "HALF"}, "type"),
        ({"type": "AMOUNT"}, "amount_off"),
        ({"type": "AMOUNT", "amount_off": -1}, "amount_off"),
        ({"type": "AMOUNT", "amount_off": 10.5}, "amount_off"),
        ({"type": "AMOUNT", "amount_off": True}, "amount_off"),
        ({"type": "AMOUNT", "amount_off": 10**13}, "amount_off"),
        ({"type": "AMOUNT", "amount_off_formula": "1"}, "amount_off"),
        ({"type": "AMOUNT", "amount_off": 1, "amount_off_formula": ""}, "amount_off_formula"),
        ({"type": "AMOUNT", "amount_off": 1, "amount_limit": 5}, "amount_limit"),
        ({"type": "AMOUNT", "amount_off": 1, "percent_off": 5}, "percent_off"),
        ({"type": "AMOUNT", "amount_off": 1, "effect": "ADD_NEW_ITEMS"}, "effect"),
        ({"type": "AMOUNT", "amount_off": 1, "effect": "NONE"}, "effect"),
        ({"type": "PERCENT"}, "percent_off"),
        ({"type": "PERCENT", "percent_off": 1000}, "percent_off"),
        ({"type": "PERCENT", "percent_off": -0.5}, "percent_off"),
        ({"type": "PERCENT", "percent_off": "10"}, "percent_off"),
        ({"type": "PERCENT", "percent_off": 1, "effect": "APPLY_TO_ITEMS_BY_QUANTITY"}, "effect"),
        ({"type": "PERCENT", "percent_off": 1, "amount_limit": -1}, "amount_limit"),
        ({"type": "FIXED"}, "fixed_amount"),
        ({"type": "FIXED", "fixed_amount": -1}, "fixed_amount"),
        ({"type": "FIXED", "fixed_amount": 1, "aggregated_amount_limit": 1}, "aggregated_amount_limit"),
        ({"type": "UNIT"}, "unit_type"),
        ({"type": "UNIT", "unit_type": "p", "unit_off": -1}, "unit_off"),
        ({"type": "UNIT", "unit_type": "p", "unit_off_formula": "1"}, "unit_off"),
        ({"type": "UNIT", "unit_type": "p", "effect": "APPLY_TO_ORDER"}, "effect"),
        ({"type": "UNIT", "unit_type": "p", "units": [{"unit_type": "p", "effect": "ADD_NEW_ITEMS"}]}, "units"),
        ({"type": "UNIT", "effect": "ADD_MANY_ITEMS"}, "units"),
        ({"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": []}, "units"),
        ({"type": "UNIT", "effect": "ADD_MANY_ITEMS", "unit_type": "p", "units": []}, "unit"),
        (
            {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [{"unit_type": "p", "effect": "ADD_SAME_ITEMS"}]},
            "units[0].effect",
        ),
        (
            {
                "type": "UNIT",
                "effect": "ADD_MANY_ITEMS",
                "units": [{"unit_type": "p", "effect": "ADD_NEW_ITEMS", "unit_off_formula": "1"}],
            },
            "units[0].unit_off",
        ),
    ],
)
def test_what_no_discount_can_have_is_refused_by_name(client: httpx.Client, given: dict[str, Any], names: str) -> None:
    answer = client.post("/v1/vouchers", json=discount(discount=given))
    assert f"discount.{names}" in refused(answer, 400, "invalid_payload") or names in answer.json()["details"]


@pytest.mark.parametrize(("field", "value"), [("category_id", "cat_1"), ("validation_rules", ["val_1"])])
def test_what_a_voucher_refers_to_must_be_there(client: httpx.Client, field: str, value: Any) -> None:
    refused(client.post("/v1/vouchers", json=discount(**{field: value})), 404, "not_found")
