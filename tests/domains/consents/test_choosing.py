"""What customers consent to: set, shown wherever the customer is, and told with its history (spec C 1.6, 2.11)."""

from typing import Any

import httpx
import pytest

from patron.kernel.clock import from_iso
from tests.domains.consents.conftest import Make, choose, chosen, consents_of, history_of
from tests.domains.customers.conftest import a_source_id, ok
from tests.http.test_refusals import refused
from tests.support.servers import APP_ID


def test_it_is_set_and_shown_in_the_profile(client: httpx.Client, consent: Make, customer: str) -> None:
    yes, no = consent()["id"], consent()["id"]
    assert consents_of(client, customer) == {}
    chosen(client, customer, {yes: True, no: False, "unsubscribed": False})
    said = consents_of(client, customer)
    date = said[yes]["date"]
    assert said == {each: {"date": date, "value": each == yes} for each in (yes, no, "unsubscribed")}
    shown = ok(client.get(f"/v1/customers/{customer}"))
    assert shown["updated_at"] == date
    assert from_iso(date) >= from_iso(shown["created_at"])
    listed = ok(client.get("/v1/customers", params={"order": "-updated_at", "limit": 1}))["customers"]
    assert listed == [{name: value for name, value in shown.items() if name != "assets"}]
    assert ok(client.put(f"/v1/customers/{customer}", json={}))["system_metadata"] == shown["system_metadata"]


def test_a_customer_may_be_named_by_source_id(client: httpx.Client, consent: Make) -> None:
    made, source_id = consent()["id"], a_source_id()
    ok(client.post("/v1/customers", json={"source_id": source_id}))
    chosen(client, source_id, {made: True})
    assert consents_of(client, source_id)[made]["value"] is True
    assert len(history_of(client, source_id)) == 1


def test_what_is_absent_stays_and_what_is_said_again_keeps_its_date(
    client: httpx.Client, consent: Make, customer: str
) -> None:
    one, other = consent()["id"], consent()["id"]
    chosen(client, customer, {one: True})
    before = ok(client.get(f"/v1/customers/{customer}"))
    chosen(client, customer, {one: True})
    assert ok(client.get(f"/v1/customers/{customer}")) == before
    chosen(client, customer, {one: True, other: False})
    after = consents_of(client, customer)
    assert after[one] == before["system_metadata"]["consents"][one]
    assert from_iso(after[other]["date"]) > from_iso(after[one]["date"])
    assert len(history_of(client, customer)) == 2


def test_the_rest_of_the_profile_stays_as_it_is(client: httpx.Client, consent: Make) -> None:
    made = ok(client.post("/v1/customers", json={"name": "Ada", "email": None, "metadata": {"vip": True}}))
    chosen(client, made["id"], {consent()["id"]: True})
    after = ok(client.get(f"/v1/customers/{made['id']}"))
    del after["updated_at"]
    assert {**after, "system_metadata": {}} == made


def test_the_history_says_what_when_and_from_where(client: httpx.Client, consent: Make, customer: str) -> None:
    made = consent()
    answers = [choose(client, customer, {made["id"]: value}) for value in (False, True)]
    entries = history_of(client, customer)
    assert [(each["before"], each["value"]) for each in entries] == [(False, True), (None, False)]
    assert [each["request_id"] for each in entries] == [answer.headers["X-Request-Id"] for answer in answers[::-1]]
    assert entries[0]["date"] == consents_of(client, customer)[made["id"]]["date"]
    assert from_iso(entries[0]["date"]) > from_iso(entries[1]["date"])
    for each in entries:
        assert each["consent"] == {"id": made["id"], "name": made["name"], "object": "consent"}
        assert (each["channel"], each["api_key_id"], each["origin"]) == ("API", APP_ID, None)


def test_the_history_is_told_page_by_page_in_both_directions(
    client: httpx.Client, consent: Make, customer: str
) -> None:
    made = consent()["id"]
    for n in range(7):
        chosen(client, customer, {made: n % 2 == 0, "unsubscribed": n % 2 == 1})
    entries = history_of(client, customer)
    assert len(entries) == 14
    assert history_of(client, customer, limit=3) == entries
    assert history_of(client, customer, limit=3, order="created_at") == entries[::-1]
    path = f"/v1/customers/{customer}/consents/history"
    assert ok(client.get(path, params={"limit": 4, "page": 2}))["consent_changes"] == entries[4:8]


def test_a_cursor_is_good_for_its_own_history_alone(client: httpx.Client, consent: Make, customer: str) -> None:
    chosen(client, customer, {consent()["id"]: True, "unsubscribed": True})
    path = f"/v1/customers/{customer}/consents/history"
    cursor = ok(client.get(path, params={"limit": 1}))["next_cursor"]
    other = ok(client.post("/v1/customers", json={}))["id"]
    for strange, params in (
        (f"/v1/customers/{other}/consents/history", {"cursor": cursor}),
        (path, {"cursor": cursor, "order": "created_at"}),
        (path, {"cursor": f"{cursor}x"}),
    ):
        details = refused(client.get(strange, params=params), 400, "invalid_query_params")["details"]
        assert details.startswith("cursor")


def test_what_a_customer_consents_to_is_told_with_the_definitions(
    client: httpx.Client, consent: Make, customer: str
) -> None:
    asked, unasked, deleted = consent(description="News", category="mail"), consent(), consent()
    chosen(client, customer, {asked["id"]: True, deleted["id"]: True})
    client.delete(f"/v1/consents/{deleted['id']}")
    listed = ok(client.get(f"/v1/customers/{customer}/consents"))
    assert listed["total"] == len(listed["data"])
    assert listed["data"][0]["id"] == "unsubscribed"
    shown = {each["id"]: each for each in listed["data"]}
    assert shown[asked["id"]] == {
        "id": asked["id"],
        "name": asked["name"],
        "description": "News",
        "category": "mail",
        "value": True,
        "date": consents_of(client, customer)[asked["id"]]["date"],
        "deleted": False,
        "object": "customer_consent",
    }
    assert (shown[unasked["id"]]["value"], shown[unasked["id"]]["date"]) == (None, None)
    assert (shown[deleted["id"]]["value"], shown[deleted["id"]]["deleted"]) == (True, True)


def test_what_was_said_outlives_the_definition_and_cannot_be_said_again(
    client: httpx.Client, consent: Make, customer: str
) -> None:
    made = consent()
    chosen(client, customer, {made["id"]: True})
    before = consents_of(client, customer)
    client.delete(f"/v1/consents/{made['id']}")
    for value in (True, False):
        refused(choose(client, customer, {made["id"]: value}), 404, "not_found")
    assert consents_of(client, customer) == before
    [entry] = history_of(client, customer)
    assert entry["consent"]["name"] == made["name"]


def test_an_unknown_consent_is_a_404_that_names_it_and_nothing_at_all_is_set(
    client: httpx.Client, consent: Make, customer: str
) -> None:
    choices = {consent()["id"]: True, "unsubscribed": True, "cnst_unknown": True}
    body = refused(choose(client, customer, choices), 404, "not_found")
    assert (body["resource_id"], body["resource_type"]) == ("cnst_unknown", "consent")
    assert consents_of(client, customer) == {}
    assert history_of(client, customer) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"unsubscribed": None},
        {"unsubscribed": 1},
        {"unsubscribed": "true"},
        {"": True},
        {"x" * 256: True},
    ],
    ids=lambda each: str(each)[:30],
)
def test_anything_but_a_map_of_booleans_with_something_in_it_is_refused(
    client: httpx.Client, customer: str, body: Any
) -> None:
    refused(choose(client, customer, body), 400, "invalid_payload")
    assert consents_of(client, customer) == {}


def test_more_choices_than_there_can_be_consents_are_refused(client: httpx.Client, customer: str) -> None:
    refused(choose(client, customer, {f"cnst_{n}": True for n in range(102)}), 400, "invalid_payload")


def test_an_unknown_or_deleted_customer_is_a_404_that_names_it(client: httpx.Client, customer: str) -> None:
    chosen(client, customer, {"unsubscribed": True})
    assert client.delete(f"/v1/customers/{customer}").status_code == 204
    path = f"/v1/customers/{customer}/consents"
    for answer in (choose(client, customer, {"unsubscribed": True}), client.get(path), client.get(f"{path}/history")):
        body = refused(answer, 404, "not_found")
        assert (body["resource_id"], body["resource_type"]) == (customer, "customer")


def test_system_metadata_cannot_be_written_by_other_ways(client: httpx.Client, customer: str) -> None:
    forged = {"system_metadata": {"consents": {"unsubscribed": {"date": "2001-01-01T00:00:00Z", "value": False}}}}
    assert ok(client.put(f"/v1/customers/{customer}", json=forged))["system_metadata"] == {}


def test_the_same_request_under_one_key_is_done_once(client: httpx.Client, customer: str) -> None:
    headers = {"Idempotency-Key": f"consents of {customer}"}
    path = f"/v1/customers/{customer}/consents"
    first = client.put(path, json={"unsubscribed": True}, headers=headers)
    chosen(client, customer, {"unsubscribed": False})
    again = client.put(path, json={"unsubscribed": True}, headers=headers)
    assert (first.status_code, again.status_code) == (204, 204)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert consents_of(client, customer)["unsubscribed"]["value"] is False


def test_dates_are_told_to_the_millisecond(client: httpx.Client, customer: str) -> None:
    chosen(client, customer, {"unsubscribed": True})
    [entry] = history_of(client, customer)
    made = ok(client.get(f"/v1/customers/{customer}"))["created_at"]
    assert 0 <= from_iso(entry["date"]) - from_iso(made) < 60_000
