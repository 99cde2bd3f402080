"""Many at once: what holds is always what the history says last, and no refusal is half done."""

from itertools import groupby
from typing import Any

import httpx

from patron.kernel.clock import from_iso
from tests.domains.consents.conftest import Make, a_name, choose, chosen, consents_of, history_of
from tests.domains.customers.conftest import a_source_id, ok
from tests.domains.customers.test_races import AT_ONCE, at_once


def assert_history_leads_to_what_holds(client: httpx.Client, customer: str) -> None:
    """Entry by entry, each begins where the one before has ended, and the last one is what the profile says."""
    entries = sorted(history_of(client, customer, order="created_at"), key=lambda each: each["consent"]["id"])
    last: dict[str, Any] = {}
    for consent_id, changes in groupby(entries, key=lambda each: each["consent"]["id"]):
        value, date, at = None, "", 0
        for change in changes:
            assert change["before"] is value is not change["value"]
            assert from_iso(change["date"]) > at
            value, date, at = change["value"], change["date"], from_iso(change["date"])
        last[consent_id] = {"date": date, "value": value}
    assert consents_of(client, customer) == last


def test_twenty_who_toggle_at_once_leave_a_history_that_leads_to_what_holds(
    client: httpx.Client, consent: Make, customer: str
) -> None:
    one, other = consent()["id"], consent()["id"]

    def deed(n: int) -> None:
        for step in range(4):
            chosen(client, customer, {one: (n + step) % 2 == 0, other: n % 3 == 0})

    at_once(deed)
    assert_history_leads_to_what_holds(client, customer)
    assert len(history_of(client, customer)) > 2


def test_twenty_who_say_the_same_are_one_change(client: httpx.Client, consent: Make, customer: str) -> None:
    made = consent()["id"]
    at_once(lambda _n: chosen(client, customer, {made: True}))
    assert len(history_of(client, customer)) == 1


def test_of_twenty_who_take_one_name_one_does(client: httpx.Client) -> None:
    for path in ("/v1/consents", "/v1/consent-groups"):
        name = a_name()
        statuses = at_once(lambda _n, path=path, name=name: client.post(path, json={"name": name}).status_code)  # type: ignore[misc]
        assert sorted(statuses) == [200] + [409] * (AT_ONCE - 1)


def test_nothing_is_said_to_a_consent_after_its_deletion(client: httpx.Client, consent: Make, customer: str) -> None:
    made = consent()["id"]

    def deed(n: int) -> int:
        if n == AT_ONCE // 2:
            return client.delete(f"/v1/consents/{made}").status_code
        return choose(client, customer, {made: n % 2 == 0}).status_code

    assert set(at_once(deed)) <= {204, 404}
    assert choose(client, customer, {made: True}).status_code == 404
    assert_history_leads_to_what_holds(client, customer)


def test_a_source_id_that_changes_hands_takes_its_consents_along_with_none(client: httpx.Client) -> None:
    source_id = a_source_id()

    def deed(n: int) -> int:
        if n % 4 == 0:
            return client.delete(f"/v1/customers/{source_id}").status_code
        if n % 4 == 1:
            return client.post("/v1/customers", json={"source_id": source_id}).status_code
        return choose(client, source_id, {"unsubscribed": n % 4 == 2}).status_code

    for _ in range(5):
        assert set(at_once(deed)) <= {200, 204, 404}
    now = ok(client.post("/v1/customers", json={"source_id": source_id}))["id"]
    assert_history_leads_to_what_holds(client, now)
