"""Changing customers (spec C 2.3), and what moves `updated_at`."""

from typing import Any

import httpx
import pytest

from patron.kernel.clock import from_iso
from tests.domains.customers.conftest import Make, ok
from tests.http.test_refusals import refused


def test_what_is_absent_stays_and_null_is_kept_as_null(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada", email="ada@example.com", phone="1")
    after = ok(client.put(f"/v1/customers/{made['id']}", json={"email": None}))
    assert (after["name"], after["email"], after["phone"]) == ("Ada", None, "1")
    assert ok(client.get(f"/v1/customers/{made['id']}")) == after
    assert ok(client.put(f"/v1/customers/{made['id']}", json={"email": "x"}))["email"] == "x"


def test_it_may_be_named_by_its_source_id(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    assert ok(client.put(f"/v1/customers/{made['source_id']}", json={"name": "B"}))["id"] == made["id"]


def test_an_unknown_customer_is_a_404_that_names_it(client: httpx.Client) -> None:
    body = refused(client.put("/v1/customers/nobody", json={"name": "x"}), 404, "not_found")
    assert (body["resource_id"], body["resource_type"]) == ("nobody", "customer")


def test_neither_id_nor_source_id_can_be_changed(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    after = ok(client.put(f"/v1/customers/{made['id']}", json={"id": "cust_x", "source_id": "other", "name": "B"}))
    assert (after["id"], after["source_id"], after["name"]) == (made["id"], made["source_id"], "B")


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, {"a": 1, "b": 3, "c": 4}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, {"a": {"x": 5}}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, None, {"a": 1}),
    ],
)
def test_metadata_merges_by_key_and_not_deeper(
    client: httpx.Client, make: Make, before: Any, sent: Any, after: Any
) -> None:
    made = make(metadata=before)
    assert ok(client.put(f"/v1/customers/{made['id']}", json={"metadata": sent}))["metadata"] == after


def test_an_address_merges_by_key_and_null_clears_it(client: httpx.Client, make: Make) -> None:
    path = f"/v1/customers/{make(address={'city': 'Paris', 'country': 'FR'})['id']}"
    after = ok(client.put(path, json={"address": {"city": "Lyon", "state": None}}))["address"]
    assert (after["city"], after["country"], after["state"]) == ("Lyon", "FR", None)
    assert ok(client.put(path, json={"address": {"city": None}}))["address"]["city"] is None
    assert ok(client.put(path, json={"address": None}))["address"] is None


def test_updated_at_is_absent_until_the_first_change_and_then_not_before_it(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    assert "updated_at" not in made
    after = ok(client.put(f"/v1/customers/{made['id']}", json={"name": "B"}))
    assert from_iso(after["updated_at"]) >= from_iso(made["created_at"])


PROFILE = {
    "name": "Ada",
    "email": None,
    "birthdate": "1815-12-10",
    "address": {"city": "London", "country": None},
    "metadata": {"n": 1, "list": [1, 2], "none": None},
}


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"name": "Ada"},
        {"email": None},
        {"address": {"city": "London"}},
        {"metadata": {"n": 1}},
        {"metadata": {}},
        PROFILE,
    ],
    ids=str,
)
def test_a_change_that_changes_nothing_moves_nothing(client: httpx.Client, make: Make, same: Any) -> None:
    made = make(**PROFILE)
    assert ok(client.put(f"/v1/customers/{made['id']}", json=same)) == made
    assert ok(client.post("/v1/customers", json={"source_id": made["source_id"], **same})) == made


@pytest.mark.parametrize(
    "other",
    [
        {"name": "ada"},
        {"phone": None},
        {"address": {"state": "x"}},
        {"metadata": {"n": 1.0}},
        {"metadata": {"x": None}},
    ],
    ids=str,
)
def test_every_difference_moves_updated_at(client: httpx.Client, make: Make, other: Any) -> None:
    made = make(**PROFILE)
    assert "updated_at" in ok(client.put(f"/v1/customers/{made['id']}", json=other))
