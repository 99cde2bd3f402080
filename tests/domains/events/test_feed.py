"""A customer's feed: what is in it, with whose key it came, and what becomes of it."""

import json

import httpx
import pytest

from tests.domains.events.conftest import Made, Make, a_name, feed_of, kinds_of, ok, refused
from tests.support.servers import APP_ID


def test_creating_and_changing_a_customer_is_told_newest_first(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada", metadata={"vip": True})
    changed = ok(client.put(f"/v1/customers/{made['id']}", json={"name": "Ada Lovelace"}))
    updated, created = feed_of(client, made["id"])
    assert (created["type"], updated["type"]) == ("customer.created", "customer.updated")
    assert created["data"] == {"customer": without_link(made)}
    assert updated["data"] == {"customer": without_link(changed)}
    assert created["id"].startswith("evcus_")
    assert created["created_at"] == made["created_at"]
    assert updated["created_at"] == changed["updated_at"]


def test_an_entry_is_told_in_the_very_form_of_the_answer(client: httpx.Client, make: Make) -> None:
    """As text: the order of keys too. A link to the customer's page is in the answer alone."""
    made = client.post("/v1/customers", json={"source_id": a_name("customer"), "metadata": {"zz": 1, "a": 2}})
    feed = client.get(f"/v1/customers/{made.json()['id']}/activity")
    told = json.dumps(without_link(made.json()), separators=(",", ":"))
    assert f'"data":{{"customer":{told}}}' in feed.text


def without_link(customer: Made) -> Made:
    """The answer of a write without what is kept nowhere."""
    return {key: value for key, value in customer.items() if key != "assets"}


def test_an_entry_carries_the_id_of_its_request_and_the_key_that_it_came_with(client: httpx.Client) -> None:
    answer = client.post("/v1/customers", json={"source_id": a_name("customer")})
    [entry] = feed_of(client, answer.json()["id"])
    assert entry["group_id"] == answer.headers["X-Request-Id"]
    assert entry["event_source"] == {"channel": "API", "api_key": {"name": "bootstrap", "app_id": APP_ID}}


def test_a_write_that_changes_nothing_is_not_told(client: httpx.Client, make: Make) -> None:
    made = make(name="Ada")
    ok(client.post("/v1/customers", json={"source_id": made["source_id"], "name": "Ada"}))
    assert kinds_of(feed_of(client, made["id"])) == ["customer.created"]


def test_a_write_that_is_refused_is_not_told(client: httpx.Client, make: Make) -> None:
    made = make()
    assert client.put(f"/v1/customers/{made['id']}", json={"name": 5}).status_code == 400
    assert kinds_of(feed_of(client, made["id"])) == ["customer.created"]


def test_a_write_that_is_repeated_by_its_key_is_told_once(client: httpx.Client) -> None:
    body, key = {"source_id": a_name("customer")}, {"Idempotency-Key": a_name("key")}
    made = [ok(client.post("/v1/customers", json=body, headers=key)) for _ in range(2)]
    assert len(feed_of(client, made[0]["id"])) == 1


def test_the_feed_is_found_by_id_and_by_source_id(client: httpx.Client, make: Make) -> None:
    made = make()
    assert feed_of(client, made["id"]) == feed_of(client, made["source_id"])


@pytest.mark.parametrize("name", ["activity", "activities"])
def test_the_feed_of_an_unknown_customer_is_a_404(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/v1/customers/nobody/{name}")
    assert refused(answer, 404, "not_found") == "Cannot find customer with id nobody"


@pytest.mark.parametrize("name", ["activity", "activities"])
def test_the_feed_of_a_deleted_customer_is_a_404(client: httpx.Client, make: Make, name: str) -> None:
    made = make()
    assert client.delete(f"/v1/customers/{made['id']}").status_code == 204
    refused(client.get(f"/v1/customers/{made['id']}/{name}"), 404, "not_found")


def test_a_customer_who_takes_the_name_of_a_deleted_one_begins_with_an_empty_feed(
    client: httpx.Client, make: Make
) -> None:
    made = make()
    assert client.delete(f"/v1/customers/{made['id']}").status_code == 204
    again = make(source_id=made["source_id"])
    assert kinds_of(feed_of(client, made["source_id"])) == ["customer.created"]
    assert again["id"] != made["id"]


def test_consents_are_told_by_name_to_who_asks_for_them(client: httpx.Client, make: Make) -> None:
    made = make()
    consent = ok(client.post("/v1/consents", json={"name": a_name("Newsletter")}))
    for kind, value in (("customer.consents.given", True), ("customer.consents.revoked", False)):
        answer = client.put(f"/v1/customers/{made['id']}/consents", json={consent["id"]: value})
        assert answer.status_code == 204
        [entry] = ok(client.get(f"/v1/customers/{made['id']}/activity", params={"type": kind}))["data"]
        assert (entry["type"], entry["group_id"]) == (kind, answer.headers["X-Request-Id"])
        assert entry["data"]["customer"]["id"] == made["id"]
        assert entry["data"]["consents"] == [{"id": consent["id"], "name": consent["name"], "object": "consent"}]


@pytest.mark.parametrize("name", ["activity", "activities"])
def test_a_feed_has_no_kind_that_the_official_client_refuses(client: httpx.Client, make: Make, name: str) -> None:
    made = make()
    consent = ok(client.post("/v1/consents", json={"name": a_name("Newsletter")}))
    assert client.put(f"/v1/customers/{made['id']}/consents", json={consent["id"]: True}).status_code == 204
    feed = ok(client.get(f"/v1/customers/{made['id']}/{name}"))["data"]
    assert kinds_of(feed) == ["customer.updated", "customer.created"]
