"""The older operations about one voucher answer in their own shape (spec I 3.9)."""

import httpx
import pytest

from tests.domains.validations.conftest import Made
from tests.domains.vouchers.conftest import Make, a_code, ok, refused

HUNDRED = {"amount": 10_000}


def about(client: httpx.Client, code: str, **body: object) -> Made:
    return ok(client.post(f"/v1/vouchers/{code}/validate", json=body))


def test_a_discount_that_applies_is_told_whole(client: httpx.Client, make: Make) -> None:
    code = make(metadata={"a": 1}, start_date="2020-01-01T00:00:00Z")["code"]
    told = about(client, code, order=HUNDRED, customer={"source_id": "anna"})
    assert (told["valid"], told["code"], told["metadata"]) == (True, code, {"a": 1})
    assert told["discount"] == {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}
    assert told["order"]["total_amount"] == 9_000
    assert told["start_date"] == "2020-01-01T00:00:00Z"
    assert told["tracking_id"].startswith("track_")
    assert told["applicable_to"]["total"] == 0


def test_a_card_tells_its_credits(client: httpx.Client, make_card: Make) -> None:
    told = about(client, make_card(500)["code"], order=HUNDRED, gift={"credits": 200})
    assert told["gift"] == {"amount": 500, "balance": 500, "effect": "APPLY_TO_ORDER"}
    assert told["order"]["total_discount_amount"] == 200


@pytest.mark.parametrize(("fields", "key"), [({"active": False}, "voucher_disabled"), (None, "not_found")])
def test_one_that_does_not_apply_says_why(client: httpx.Client, make: Make, fields: Made | None, key: str) -> None:
    code = a_code() if fields is None else make(**fields)["code"]
    told = about(client, code, order=HUNDRED)
    assert (told["valid"], told["error"]["key"], told["code"]) == (False, key, code)
    assert told["reason"] == told["error"]["message"]
    assert told["tracking_id"].startswith("track_")


def test_one_may_be_held(client: httpx.Client, make: Make) -> None:
    code, key = make(redemption={"quantity": 1})["code"], a_code()
    assert about(client, code, order=HUNDRED, session={"type": "LOCK", "key": key})["session"]["key"] == key
    assert about(client, code, order=HUNDRED)["error"]["key"] == "quantity_exceeded"
    assert client.delete(f"/v1/vouchers/{code}/sessions/{key}").status_code == 204


def test_a_body_that_is_none_is_refused(client: httpx.Client, make: Make) -> None:
    path = f"/v1/vouchers/{make()['code']}/validate"
    assert "amount" in refused(client.post(path, json={"order": {"amount": -1}}), 400, "invalid_payload")
