"""Creating and upserting customers (spec C 2.2)."""

import re

import httpx
import pytest

from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused

ZEROES = {
    "summary": {
        "redemptions": {
            "total_redeemed": 0,
            "total_failed": 0,
            "total_succeeded": 0,
            "total_rolled_back": 0,
            "total_rollback_failed": 0,
            "total_rollback_succeeded": 0,
            "gift": {"redeemed_amount": 0, "amount_to_go": 0},
            "loyalty_card": {"redeemed_points": 0, "points_to_go": 0},
        },
        "orders": {"total_amount": 0, "total_count": 0, "average_amount": 0, "last_order_amount": 0},
    },
    "loyalty": {"points": 0, "referred_customers": 0, "campaigns": {}},
    "referrals": {"campaigns": [], "total": 0},
}


def test_a_creation_is_a_200_and_shows_the_customer(client: httpx.Client) -> None:
    source_id = a_source_id()
    answer = client.post("/v1/customers", json={"source_id": source_id, "name": "Ada"})
    assert answer.status_code == 200
    body = answer.json()
    assert re.fullmatch(r"cust_[0-9A-Za-z]{24}", body.pop("id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", body.pop("created_at"))
    assert list(body.pop("assets")) == ["cockpit_url"]
    assert body == {
        "source_id": source_id,
        "name": "Ada",
        "address": None,
        "system_metadata": {},
        "object": "customer",
        **ZEROES,
    }


def test_the_answer_to_a_creation_equals_a_later_read(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada", metadata={"a": [1, {"b": None}]}, address={"city": "London"}, phone=None)
    assert ok(client.get(f"/v1/customers/{made['id']}")) == made


@pytest.mark.parametrize("body", [{}, {"name": "Nobody"}, {"source_id": None, "id": None}])
def test_a_customer_needs_no_source_id(client: httpx.Client, body: dict[str, object]) -> None:
    first, second = (ok(client.post("/v1/customers", json=body)) for _ in range(2))
    assert "source_id" not in first
    assert first["id"] != second["id"]


def test_a_known_source_id_updates_its_customer(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada", email="ada@example.com")
    again = ok(client.post("/v1/customers", json={"source_id": made["source_id"], "name": "Ada L."}))
    assert (again["id"], again["name"], again["email"]) == (made["id"], "Ada L.", "ada@example.com")


def test_a_known_id_updates_its_customer(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    again = ok(client.post("/v1/customers", json={"id": made["id"], "phone": "1"}))
    assert (again["id"], again["name"], again["phone"]) == (made["id"], "Ada", "1")


def test_an_unknown_id_is_a_404_and_cannot_be_chosen(client: httpx.Client) -> None:
    source_id = a_source_id()
    body = refused(client.post("/v1/customers", json={"id": "cust_mine", "source_id": source_id}), 404, "not_found")
    assert body["details"] == "Cannot find customer with id cust_mine"
    assert client.get(f"/v1/customers/{source_id}").status_code == 404


def test_an_id_wins_over_a_source_id(client: httpx.Client, make: Make) -> None:
    first, second = make(name="first"), make(name="second")
    answer = ok(client.post("/v1/customers", json={"id": first["id"], "source_id": second["source_id"], "name": "x"}))
    assert (answer["id"], answer["source_id"]) == (first["id"], first["source_id"])
    assert ok(client.get(f"/v1/customers/{second['id']}"))["name"] == "second"


def test_an_email_may_be_many_customers(make: Make) -> None:
    assert make(email="same@example.com")["id"] != make(email="same@example.com")["id"]


def test_birthdate_and_birthday_are_two_values(make: Make) -> None:
    made = make(birthdate="1815-12-10", birthday="2000-02-29")
    assert (made["birthdate"], made["birthday"]) == ("1815-12-10", "2000-02-29")


def test_a_scalar_that_was_set_to_null_is_told_as_null(make: Make) -> None:
    made = make(name=None, email=None, birthdate=None)
    assert {field: made[field] for field in ("name", "email", "birthdate")} == dict.fromkeys(
        ("name", "email", "birthdate")
    )
    assert not {"phone", "description", "birthday"} & made.keys()


def test_an_address_has_all_six_keys(make: Make) -> None:
    assert make(address={"city": "Paris", "line_1": None})["address"] == {
        "city": "Paris", "state": None, "line_1": None, "line_2": None, "country": None, "postal_code": None,
    }  # fmt: skip


@pytest.mark.parametrize("metadata", [{}, {"a": None}, {"n": 2**53}, {"list": [1, "x", [True]], "nested": {"k": 1.5}}])
def test_metadata_comes_back_as_it_was_sent(make: Make, metadata: dict[str, object]) -> None:
    assert make(metadata=metadata)["metadata"] == metadata


def test_what_the_server_writes_cannot_be_sent(make: Make) -> None:
    made = make(system_metadata={"x": 1}, summary={"orders": {"total_amount": 5}}, created_at="2001-01-01", object="x")
    assert made["system_metadata"] == {}
    assert {key: made[key] for key in ZEROES} == ZEROES
    assert made["object"] == "customer"
    assert made["created_at"] > "2020"


@pytest.mark.parametrize("source_id", ["a/b", "a b+c%2F", "ü🎁", "cust_not_an_id", "..", "a?b#c&d=e", '"quoted"'])
def test_a_source_id_may_hold_any_character(client: httpx.Client, source_id: str) -> None:
    made = ok(client.post("/v1/customers", json={"source_id": source_id}))
    path = "".join(f"%{byte:02X}" for byte in source_id.encode())
    assert ok(client.get(f"/v1/customers/{path}"))["id"] == made["id"]
