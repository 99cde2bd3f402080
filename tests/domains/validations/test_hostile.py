"""Whatever is sent: a refusal that names the field, and never a fault."""

from typing import Any

import httpx
import pytest

from tests.domains.validations.conftest import validate, vouchers
from tests.domains.vouchers.conftest import Make, a_code, refused

LONG = "x" * 256
DEEP: Any = {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}


def post(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/v1/validations", json={"redeemables": vouchers("A"), **body})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"redeemables": []}, "redeemables"),
        ({"redeemables": None}, "redeemables"),
        ({"redeemables": vouchers(*(f"C{n}" for n in range(31)))}, "redeemables"),
        ({"redeemables": [{"object": "campaign", "id": "A"}]}, "object"),
        ({"redeemables": [{"object": "voucher"}]}, "id"),
        ({"redeemables": [{"object": "voucher", "id": ""}]}, "id"),
        ({"redeemables": vouchers(LONG)}, "id"),
        ({"redeemables": vouchers("A", credits=-1)}, "credits"),
        ({"redeemables": [{"object": "voucher", "id": "A", "gift": {"credits": 1.5}}]}, "credits"),
        ({"redeemables": [{"object": "voucher", "id": "A", "gift": {"credits": 2**70}}]}, "credits"),
        ({"order": {"amount": -1}}, "amount"),
        ({"order": {"amount": 1.5}}, "amount"),
        ({"order": {"amount": 10**12 + 1}}, "amount"),
        ({"order": {"items": [{"quantity": 1}] * 501}}, "items"),
        ({"order": {"items": [{"quantity": -1}]}}, "quantity"),
        ({"order": {"items": [{"price": 10**12, "quantity": 2}]}}, "items"),
        ({"order": {"metadata": DEEP}}, "metadata"),
        ({"metadata": {str(n): n for n in range(1_001)}}, "metadata"),
        ({"metadata": {"a": "x" * 65_537}}, "metadata"),
        ({"metadata": DEEP}, "metadata"),
        ({"customer": {"source_id": LONG}}, "source_id"),
        ({"session": {"type": "HOLD"}}, "type"),
        ({"session": {"type": "LOCK", "key": LONG}}, "key"),
        ({"session": {"type": "LOCK", "ttl": -1}}, "ttl"),
        ({"session": {"type": "LOCK", "ttl": 1e300}}, "ttl"),
        ({"session": {"type": "LOCK", "ttl_unit": "YEARS"}}, "ttl_unit"),
        ({"tracking_id": "x" * 1_025}, "tracking_id"),
        ({"options": {"expand": ["everything"]}}, "expand"),
        ({"options": {"expand": ["order"] * 11}}, "expand"),
    ],
)
def test_what_is_no_request_is_refused_by_its_field(client: httpx.Client, body: Any, field: str) -> None:
    assert field in refused(post(client, **body), 400, "invalid_payload")


def test_the_same_twice_is_refused(client: httpx.Client) -> None:
    refused(post(client, redeemables=vouchers("A", "B", "A")), 400, "duplicated_redeemables")


def test_a_stack_stands_alone(client: httpx.Client) -> None:
    stack = {"object": "promotion_stack", "id": "stack_1"}
    refused(post(client, redeemables=[stack, *vouchers("A")]), 400, "invalid_redeemables")


@pytest.mark.parametrize(
    "path", ["validations", "redemptions", "vouchers/{code}/validate", "vouchers/{code}/redemption"]
)
def test_a_reward_is_not_left_out_without_a_word(client: httpx.Client, make: Make, path: str) -> None:
    code = make(redemption={"quantity": 1})["code"]
    reward: Any = {"reward": {"id": "rew_1", "points": 5}}
    body = {"redeemables": [{**vouchers(code)[0], **reward}]} if "code" not in path else reward
    details = refused(client.post(f"/v1/{path.format(code=code)}", json=body), 404, "not_found")
    assert details == "Cannot find reward with id rew_1"
    assert validate(client, code)["valid"], "it was not used"
    body["reward"] = {"points": 5}
    if "code" in path:
        assert "reward" in refused(client.post(f"/v1/{path.format(code=code)}", json=body), 400, "invalid_payload")


@pytest.mark.parametrize("kind", ["promotion_tier", "promotion_stack"])
def test_what_is_not_there_is_told_inside_of_the_answer(client: httpx.Client, kind: str) -> None:
    told = validate(client, redeemables=[{"object": kind, "id": "promo_nothing"}])
    assert (told["valid"], told["redeemables"][0]["result"]["error"]["key"]) == (False, "not_found")


@pytest.mark.parametrize("code", ["ü-🎁", "a/b", "' OR 1=1 --", '"]', "v_nothing", "%00"])
def test_any_text_may_be_a_code(client: httpx.Client, make: Make, code: str) -> None:
    known, session = make(code=code + a_code())["code"], {"type": "LOCK", "key": code}
    assert validate(client, known, session=session)["valid"]
    assert validate(client, known, code)["valid"] is False


def test_nulls_are_as_absent(client: httpx.Client, make: Make) -> None:
    nulls = dict.fromkeys(("order", "customer", "session", "tracking_id", "metadata", "options"))
    assert validate(client, make()["code"], **nulls)["valid"]
    session = dict.fromkeys(("key", "type", "ttl", "ttl_unit"))
    inner = {"session": session, "options": {"expand": None}, "order": {"items": None, "amount": None}}
    assert validate(client, redeemables=[{"object": "voucher", "id": make()["code"], "gift": None}], **inner)["valid"]


def test_thirty_of_five_hundred_lines_are_answered(client: httpx.Client, make: Make) -> None:
    discount = {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ITEMS"}
    codes = [make(discount=discount)["code"] for _ in range(30)]
    told = validate(client, *codes, order={"items": [{"price": 100, "quantity": 1}] * 500})
    assert told["order"]["total_discount_amount"] == 2_500
    assert (len(told["redeemables"]), len(told["skipped_redeemables"])) == (5, 25)
