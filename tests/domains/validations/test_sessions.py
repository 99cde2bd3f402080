"""Sessions hold what was validated: for whom, how much, and until when (spec I 3.6, 3.8)."""

import time
from typing import Any

import httpx
import pytest

from tests.domains.validations.conftest import validate, vouchers
from tests.domains.vouchers.conftest import Make, a_code, ok, refused

HUNDRED = {"amount": 10_000}
BY_ITSELF = {"type": "LOCK"}


def lock(key: str, **fields: Any) -> dict[str, Any]:
    return {"type": "LOCK", "key": key, **fields}


def hold(client: httpx.Client, code: str, key: str | None = None, **fields: Any) -> dict[str, Any]:
    """Validate a code with a session that holds it."""
    session = {"type": "LOCK", **({"key": key} if key else {}), **fields}
    return validate(client, code, order=HUNDRED, session=session)


def key_of(told: dict[str, Any]) -> str:
    return str(told["redeemables"][0]["result"]["error"]["key"])


def test_a_session_is_told_with_a_key_of_its_own(client: httpx.Client, make: Make) -> None:
    session = hold(client, make()["code"])["session"]
    assert session["key"].startswith("ssn_")
    assert {**session, "key": ""} == {"key": "", "type": "LOCK", "ttl": 7, "ttl_unit": "DAYS"}


def test_a_key_may_be_the_callers_own(client: httpx.Client, make: Make) -> None:
    key = a_code()
    told = hold(client, make()["code"], key, ttl=1.5, ttl_unit="HOURS")["session"]
    assert told == {"key": key, "type": "LOCK", "ttl": 1.5, "ttl_unit": "HOURS"}


def test_what_one_session_holds_is_used_for_all_others(client: httpx.Client, make: Make) -> None:
    code, key = make(redemption={"quantity": 1})["code"], a_code()
    assert hold(client, code, key)["valid"]
    assert key_of(validate(client, code, order=HUNDRED)) == "quantity_exceeded"
    assert key_of(hold(client, code)) == "quantity_exceeded"
    assert validate(client, code, order=HUNDRED, session={"key": key})["valid"]
    assert hold(client, code, key)["valid"]


def test_a_voucher_of_four_has_four_sessions(client: httpx.Client, make: Make) -> None:
    code = make(redemption={"quantity": 4})["code"]
    assert [hold(client, code)["valid"] for _ in range(5)] == [True, True, True, True, False]


def test_a_voucher_without_a_limit_has_any_number_of_sessions(client: httpx.Client, make: Make) -> None:
    code = make()["code"]
    assert all(hold(client, code)["valid"] for _ in range(8))


def test_credits_are_held_as_they_were_asked_for(client: httpx.Client, make_card: Make) -> None:
    code, key = make_card(5_000)["code"], a_code()
    asked = vouchers(code, credits=3_000)
    assert validate(client, redeemables=asked, order={"amount": 1_000}, session=lock(key))["valid"]
    other = validate(client, code, order=HUNDRED)["redeemables"][0]["result"]["gift"]
    assert other == {"balance": 2_000, "credits": 2_000, "locked_credits": 3_000}
    over = validate(client, redeemables=vouchers(code, credits=2_001), order=HUNDRED)
    assert key_of(over) == "gift_amount_exceeded"
    own = validate(client, code, order=HUNDRED, session={"key": key})["redeemables"][0]["result"]["gift"]
    assert own == {"balance": 5_000, "credits": 5_000}


def test_a_key_that_is_used_again_holds_what_it_was_used_for_last(client: httpx.Client, make_card: Make) -> None:
    first, second, key = make_card(5_000)["code"], make_card(5_000)["code"], a_code()
    for amount in (4_000, 1_000):
        asked = vouchers(first, credits=amount)
        validate(client, redeemables=asked, order=HUNDRED, session=lock(key))
    assert _left(client, first) == 4_000
    validate(client, redeemables=vouchers(second, credits=500), order=HUNDRED, session=lock(key))
    assert (_left(client, first), _left(client, second)) == (5_000, 4_500)


def test_a_session_ends_by_itself(client: httpx.Client, make: Make, make_card: Make) -> None:
    code, card = make(redemption={"quantity": 1})["code"], make_card(100)["code"]
    ending: dict[str, Any] = {"ttl": 2_000, "ttl_unit": "MILLISECONDS"}
    assert hold(client, code, **ending)["valid"]
    assert hold(client, card, **ending)["valid"]
    assert not hold(client, code)["valid"]
    time.sleep(2.05)
    assert validate(client, code, order=HUNDRED)["valid"]
    assert hold(client, code, a_code())["valid"]
    assert not hold(client, code)["valid"]
    assert hold(client, card)["redeemables"][0]["result"]["gift"]["credits"] == 100
    assert _left(client, card) == 0


@pytest.mark.parametrize("session", [{"ttl": 1, "ttl_unit": "NANOSECONDS"}, {"ttl": 0}, {"ttl_unit": "MICROSECONDS"}])
def test_a_session_may_be_short(client: httpx.Client, make: Make, session: dict[str, Any]) -> None:
    code = make(redemption={"quantity": 1})["code"]
    assert hold(client, code, **session)["valid"]
    time.sleep(0.01)
    assert hold(client, code)["valid"]


def test_of_several_sessions_each_ends_at_its_time(client: httpx.Client, make: Make) -> None:
    code, key = make(redemption={"quantity": 3})["code"], a_code()
    hold(client, code, key)
    hold(client, code, ttl=200, ttl_unit="MILLISECONDS")
    hold(client, code)
    time.sleep(0.25)
    assert hold(client, code)["valid"]
    assert not hold(client, code)["valid"]
    assert client.delete(f"/v1/vouchers/{code}/sessions/{key}").status_code == 204
    assert hold(client, code)["valid"]
    assert not hold(client, code)["valid"]


def test_a_session_is_released(client: httpx.Client, make: Make) -> None:
    code, key = make(redemption={"quantity": 1})["code"], a_code()
    hold(client, code, key)
    path = f"/v1/vouchers/{code}/sessions/{key}"
    assert client.delete(path).status_code == 204
    assert validate(client, code, order=HUNDRED)["valid"]
    assert key in refused(client.delete(path), 404, "not_found")
    hold(client, code, key)
    voucher_id = ok(client.get(f"/v1/vouchers/{code}"))["id"]
    assert client.delete(f"/v1/vouchers/{voucher_id}/sessions/{key}").status_code == 204
    assert "nothing" in refused(client.delete(f"/v1/vouchers/nothing/sessions/{key}"), 404, "not_found")


def test_what_does_not_apply_is_not_held(client: httpx.Client, make: Make) -> None:
    code, key = make(redemption={"quantity": 1})["code"], a_code()
    told = validate(client, code, a_code(), order=HUNDRED, session=lock(key))
    assert (told["valid"], "session" in told) == (False, False)
    assert hold(client, code)["valid"]


def test_a_code_that_is_made_anew_is_held_by_nobody(client: httpx.Client, make: Make) -> None:
    code, key = make(redemption={"quantity": 1})["code"], a_code()
    hold(client, code, key)
    assert client.delete(f"/v1/vouchers/{code}", params={"force": True}).status_code == 204
    make(code=code, redemption={"quantity": 1})
    assert validate(client, code, order=HUNDRED, session={"key": key})["valid"]
    assert hold(client, code)["valid"]
    assert not hold(client, code, key)["valid"]


def test_a_known_customer_reads_of_it_in_their_feed(client: httpx.Client, make: Make) -> None:
    name, code = a_code(), make(redemption={"quantity": 1})["code"]
    customer = ok(client.post("/v1/customers", json={"source_id": name}))
    for _ in range(2):
        validate(client, code, order=HUNDRED, customer={"source_id": name}, session=BY_ITSELF)
    entries = ok(client.get(f"/v1/customers/{name}/activity"))["data"]
    assert [each["type"] for each in entries][:2] == ["customer.validation.failed", "customer.validation.succeeded"]
    told = entries[1]["data"]["data"] if "data" in entries[1]["data"] else entries[1]["data"]
    validation = told["validation"]
    assert (validation["customer_id"], validation["status"]) == (customer["id"], "VALID")
    assert validation["redeemables"] == [{"id": code, "type": "voucher"}]
    assert validation["session_id"].startswith("ssn_")


def test_a_length_past_a_year_is_refused(client: httpx.Client, make: Make) -> None:
    body = {"redeemables": vouchers(make()["code"]), "session": {"type": "LOCK", "ttl": 367}}
    assert "session.ttl" in refused(client.post("/v1/validations", json=body), 400, "invalid_payload")


def _left(client: httpx.Client, card: str) -> int:
    left: int = validate(client, card, order=HUNDRED)["redeemables"][0]["result"]["gift"]["balance"]
    return left
