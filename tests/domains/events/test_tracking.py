"""Tracking events: what is kept, counted, told and answered, and every refusal."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from patron.config import Settings
from patron.db.statements import Statement
from patron.domains.events.model import EVENT_COUNTS, EVENTS, Event, EventCount
from patron.running import opened
from tests.domains.events.conftest import Made, Make, a_name, feed_of, kinds_of, ok, refused

AT_ONCE = 20

COUNT = Statement(
    sa.select(EVENT_COUNTS.sa).where(
        EVENT_COUNTS.c.customer_id == sa.bindparam("customer_id"), EVENT_COUNTS.c.type == sa.bindparam("type")
    ),
    EventCount,
)
KEPT = Statement(sa.select(EVENTS.sa).where(EVENTS.c.customer_id == sa.bindparam("customer_id")), Event)


@pytest.fixture
def track(client: httpx.Client) -> Callable[..., httpx.Response]:
    """Track an event of a customer by source_id, with these further fields."""

    def track(event: str, source_id: str, **fields: Any) -> httpx.Response:
        return client.post("/v1/events", json={"event": event, "customer": {"source_id": source_id}, **fields})

    return track


Track = Callable[..., httpx.Response]


def kept(url: str, statement: Statement[Any], **params: str) -> list[Any]:
    """What the database holds."""
    return asyncio.run(_kept(url, statement, params))


async def _kept(url: str, statement: Statement[Any], params: dict[str, str]) -> list[Any]:
    async with opened(Settings(database_url=url), migrating=False) as patron:
        return await patron.database.scan(statement, **params)


def count_of(url: str, customer_id: str, name: str) -> int:
    [count] = kept(url, COUNT, customer_id=customer_id, type=name)
    return int(count.n)


def test_the_answer_tells_the_event_and_the_customer_in_short(track: Track, define: Make, make: Make) -> None:
    name, made = define()["name"], make(name="Ada", email="ada@example.com", metadata={"vip": True})
    assert ok(track(name, made["source_id"], metadata={"page": "/tea", "n": 1})) == {
        "object": "event",
        "type": name,
        "customer": {
            "id": made["id"],
            "name": "Ada",
            "email": "ada@example.com",
            "source_id": made["source_id"],
            "metadata": {"vip": True},
            "object": "customer",
        },
        "referral": None,
        "loyalty": None,
        "metadata": {"page": "/tea", "n": 1},
    }


def test_what_is_not_known_of_the_customer_is_null(client: httpx.Client, define: Make) -> None:
    told = ok(client.post("/v1/events", json={"event": define()["name"], "customer": {}}))["customer"]
    assert told.pop("id").startswith("cust_")
    assert told == {"name": None, "email": None, "source_id": None, "metadata": {}, "object": "customer"}


def test_the_feed_tells_the_event_with_its_definition(track: Track, define: Make, client: httpx.Client) -> None:
    definition = define()
    answer = track(definition["name"], a_name("customer"), metadata={"page": "/tea"})
    customer = answer.json()["customer"]
    [entry] = feed_of(client, customer["id"], type="customer.custom_event")
    event = entry["data"].pop("event")
    assert event.pop("id").startswith("event_")
    assert event == {
        "object": "event",
        "type": definition["name"],
        "customer": {"id": customer["id"], "object": "customer"},
        "referral": None,
        "loyalty": None,
        "metadata": {"page": "/tea"},
        "created_at": entry["created_at"],
    }
    assert entry["data"] == {
        "event_schema": {"id": definition["id"], "name": definition["name"]},
        "customer": customer,
        "referral": None,
        "loyalty": None,
    }


def test_a_new_customer_comes_along_and_all_entries_share_the_request(
    track: Track, define: Make, client: httpx.Client
) -> None:
    source_id = a_name("customer")
    answer = track(define()["name"], source_id, customer={"source_id": source_id, "name": "Ada"})
    entries = feed_of(client, source_id)
    assert kinds_of(entries) == ["customer.custom_event", "customer.created"]
    assert {entry["group_id"] for entry in entries} == {answer.headers["X-Request-Id"]}
    assert ok(client.get(f"/v1/customers/{source_id}"))["name"] == "Ada"


def test_a_known_customer_is_updated_as_by_an_upsert(client: httpx.Client, define: Make, make: Make) -> None:
    name, made = define()["name"], make(name="Ada", metadata={"a": 1})
    body = {"event": name, "customer": {"id": made["id"], "phone": "1", "metadata": {"b": 2}}}
    assert ok(client.post("/v1/events", json=body))["customer"]["metadata"] == {"a": 1, "b": 2}
    after = ok(client.get(f"/v1/customers/{made['id']}"))
    assert (after["name"], after["phone"], after["metadata"]) == ("Ada", "1", {"a": 1, "b": 2})
    newest, *_ = feed_of(client, made["id"])
    assert newest["type"] == "customer.custom_event"


def test_events_are_kept_and_counted_for_each_customer_and_name(
    track: Track, define: Make, make: Make, shared_database_url: str
) -> None:
    first, second = define()["name"], define()["name"]
    ada, bob = make(), make()
    for name, who in ((first, ada), (first, ada), (second, ada), (first, bob)):
        ok(track(name, who["source_id"], metadata={"n": 1}))
    assert count_of(shared_database_url, ada["id"], first) == 2
    assert count_of(shared_database_url, ada["id"], second) == 1
    assert count_of(shared_database_url, bob["id"], first) == 1
    events = kept(shared_database_url, KEPT, customer_id=ada["id"])
    assert sorted(event.type for event in events) == sorted([first, first, second])
    [count] = kept(shared_database_url, COUNT, customer_id=ada["id"], type=first)
    assert count.last_at == max(event.created_at for event in events if event.type == first)


def test_an_event_that_is_repeated_by_its_key_counts_once(
    client: httpx.Client, define: Make, make: Make, shared_database_url: str
) -> None:
    name, made, key = define()["name"], make(), {"Idempotency-Key": a_name("key")}
    body = {"event": name, "customer": {"id": made["id"]}}
    answers = [client.post("/v1/events", json=body, headers=key) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert count_of(shared_database_url, made["id"], name) == 1


def test_twenty_at_once_for_one_new_customer_are_twenty_events_of_one_customer(
    track: Track, define: Make, client: httpx.Client, shared_database_url: str
) -> None:
    name, source_id = define()["name"], a_name("customer")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda n: ok(track(name, source_id, metadata={"n": n})), range(AT_ONCE)))
    [customer_id] = {each["customer"]["id"] for each in told}
    assert count_of(shared_database_url, customer_id, name) == AT_ONCE
    entries = feed_of(client, customer_id)
    assert kinds_of(entries).count("customer.created") == 1
    numbers = [entry["data"]["event"]["metadata"]["n"] for entry in entries if "event" in entry["data"]]
    assert sorted(numbers) == list(range(AT_ONCE))
    assert len(kept(shared_database_url, KEPT, customer_id=customer_id)) == AT_ONCE


def test_an_event_that_is_not_defined_is_refused_with_a_remedy(track: Track, client: httpx.Client) -> None:
    source_id = a_name("customer")
    answer = track("never defined", source_id)
    assert "custom-event-schemas" in refused(answer, 404, "not_found")
    assert (answer.json()["resource_type"], answer.json()["resource_id"]) == ("custom_event_schema", "never defined")
    assert client.get(f"/v1/customers/{source_id}").status_code == 404


def test_an_unknown_customer_id_is_a_404(client: httpx.Client, define: Make) -> None:
    body = {"event": define()["name"], "customer": {"id": "cust_unknown"}}
    assert "cust_unknown" in refused(client.post("/v1/events", json=body), 404, "not_found")


@pytest.mark.parametrize("part", ["referral", "loyalty"])
def test_a_code_that_nobody_has_is_refused_rather_than_ignored(
    track: Track, define: Make, client: httpx.Client, part: str
) -> None:
    source_id = a_name("customer")
    answer = track(define()["name"], source_id, **{part: {"code": "46jL0kYI"}})
    assert refused(answer, 404, "not_found") == "Cannot find voucher with id 46jL0kYI"
    assert client.get(f"/v1/customers/{source_id}").status_code == 404


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"event": ""}, "event"),
        ({"event": "x" * 301}, "event"),
        ({"event": None}, "event"),
        ({"customer": None}, "customer"),
        ({"customer": "ada"}, "customer"),
        ({"customer": {"source_id": ""}}, "customer.source_id"),
        ({"customer": {"name": 5}}, "customer.name"),
        ({"referral": {}}, "code"),
        ({"referral": {"referrer_id": "x"}}, "code"),
        ({"loyalty": {}}, "code"),
        ({"loyalty": {"code": ""}}, "loyalty.code"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"n": 2**60}}, "metadata.n"),
    ],
)
def test_what_is_malformed_is_refused_by_name(client: httpx.Client, change: Made, named: str) -> None:
    body = {"event": "any", "customer": {"source_id": "malformed"}, **change}
    assert named in refused(client.post("/v1/events", json=body), 400, "invalid_payload")
    assert client.get("/v1/customers/malformed").status_code == 404


@pytest.mark.parametrize("missing", ["event", "customer"])
def test_an_event_and_a_customer_are_required(client: httpx.Client, missing: str) -> None:
    body = {"event": "any", "customer": {}}
    del body[missing]
    assert missing in refused(client.post("/v1/events", json=body), 400, "invalid_payload")


VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "string": (["x", ""], [1, True, ["x"], {}]),
    "number": ([0, -1.5], ["1", True, [1]]),
    "boolean": ([True, False], ["true", 1, 0]),
    "date": (["2024-02-29"], ["2023-02-29", "20240229", "2024-02-29T00:00:00Z", 20240229]),
    "datetime": (["2022-12-01T09:24:33.061Z", "2022-12-01T09:24:33+01:00"], ["yesterday", 5, "2022-13-01T00:00:00Z"]),
}


@pytest.mark.parametrize("kind", VALUES)
def test_metadata_is_held_to_the_definition(track: Track, define: Make, kind: str) -> None:
    name, source_id = define(value={"type": kind, "optional": False})["name"], a_name("customer")
    good, bad = VALUES[kind]
    for value in good:
        ok(track(name, source_id, metadata={"value": value}))
    for value in bad:
        details = refused(track(name, source_id, metadata={"value": value}), 400, "metadata_validation_failed")
        assert "value" in details


def test_every_fault_of_the_metadata_is_told(track: Track, define: Make, client: httpx.Client) -> None:
    name = define(
        rating={"type": "number", "optional": False},
        text={"type": "string", "optional": False},
        day={"type": "date", "optional": True},
        old={"type": "number", "optional": False, "deleted": True},
    )["name"]
    source_id = a_name("customer")
    details = refused(
        track(name, source_id, metadata={"text": 1, "day": "x", "old": "y"}), 400, "metadata_validation_failed"
    )
    for key in ("rating", "text", "day"):
        assert key in details
    assert "old" not in details
    assert client.get(f"/v1/customers/{source_id}").status_code == 404
    ok(track(name, source_id, metadata={"rating": 5, "text": "fine", "day": None, "anything": ["else"]}))
