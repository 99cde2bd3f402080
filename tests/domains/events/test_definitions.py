"""Definitions of events, through the management API."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.domains.events.conftest import Definitions, Made, Make, a_name, ok, refused
from tests.support.servers import KEYS, Shop

NUMBER = {"type": "number", "optional": True}


def test_a_definition_is_made_found_and_listed(definitions: Definitions, define: Make) -> None:
    name = a_name("event")
    made = define(name, rating={"type": "number", "optional": False}, when={"type": "datetime", "optional": True})
    assert made["id"].startswith("ms_")
    assert (made["name"], made["object"]) == (name, "custom-event-schema")
    assert made["schema"]["properties"]["rating"] == {"type": "number", "optional": False}
    assert "updated_at" not in made
    assert ok(definitions.get(f"/{made['id']}")) == made
    listed = ok(definitions.get())
    assert listed["data"][0] == made
    assert listed["total"] == len(listed["data"])


def test_a_change_adds_and_changes_properties_and_leaves_the_others(definitions: Definitions, define: Make) -> None:
    made = define(kept=NUMBER, changed=NUMBER)
    change = {"changed": {"type": "number", "optional": False}, "added": {"type": "date", "optional": True}}
    after = ok(definitions.put(f"/{made['id']}", {"schema": {"properties": change}}))
    assert after["schema"]["properties"] == {"kept": NUMBER, **change}
    assert (after["id"], after["name"], after["created_at"]) == (made["id"], made["name"], made["created_at"])
    assert "updated_at" in after
    assert ok(definitions.get(f"/{made['id']}")) == after


def test_a_change_that_changes_nothing_leaves_the_time_of_the_last_one(definitions: Definitions, define: Make) -> None:
    made = define(kept=NUMBER)
    assert ok(definitions.put(f"/{made['id']}", {"schema": {"properties": {"kept": NUMBER}}})) == made
    assert ok(definitions.put(f"/{made['id']}", {})) == made


def test_a_type_cannot_be_changed(definitions: Definitions, define: Make) -> None:
    made = define(kept=NUMBER)
    change = {"schema": {"properties": {"kept": {"type": "string", "optional": True}}}}
    details = refused(definitions.put(f"/{made['id']}", change), 400, "invalid_payload")
    assert details == "schema.properties.kept.type: expected number, which cannot be changed"
    assert ok(definitions.get(f"/{made['id']}")) == made


def test_what_was_removed_is_no_more_and_can_be_tracked_no_more(
    definitions: Definitions, define: Make, client: httpx.Client
) -> None:
    made = define()
    body = {"event": made["name"], "customer": {"source_id": a_name("customer")}}
    ok(client.post("/v1/events", json=body))
    assert definitions.delete(f"/{made['id']}").status_code == 204
    for answer in (
        definitions.get(f"/{made['id']}"),
        definitions.put(f"/{made['id']}", {}),
        definitions.delete(f"/{made['id']}"),
        client.post("/v1/events", json=body),
    ):
        refused(answer, 404, "not_found")
    assert made["id"] not in [each["id"] for each in ok(definitions.get())["data"]]


def test_a_name_of_a_removed_definition_may_be_defined_anew(
    definitions: Definitions, define: Make, client: httpx.Client
) -> None:
    made = define(old={"type": "number", "optional": False})
    assert definitions.delete(f"/{made['id']}").status_code == 204
    again = define(made["name"], new=NUMBER)
    assert again["id"] != made["id"]
    assert again["schema"]["properties"] == {"new": NUMBER}
    refused(definitions.get(f"/{made['id']}"), 404, "not_found")
    ok(client.post("/v1/events", json={"event": made["name"], "customer": {"source_id": a_name("customer")}}))


def test_a_name_is_defined_once(definitions: Definitions, define: Make) -> None:
    made = define()
    answer = definitions.post({"name": made["name"], "schema": {"properties": {}}})
    assert made["name"] in refused(answer, 409, "duplicate_found")
    assert answer.json()["resource_type"] == "custom_event_schema"


def test_of_twenty_who_define_one_name_at_once_one_does(definitions: Definitions) -> None:
    body = {"name": a_name("event"), "schema": {"properties": {}}}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: definitions.post(body), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": 5}, "name"),
        ({"schema": {}}, "properties"),
        ({"schema": {"properties": {"x": {"type": "geopoint", "optional": True}}}}, "boolean, date, datetime"),
        ({"schema": {"properties": {"x": {"type": "string"}}}}, "optional"),
        ({"schema": {"properties": {"": {"type": "string", "optional": True}}}}, "properties"),
        ({"schema": {"properties": {f"k{n}": NUMBER for n in range(101)}}}, "100"),
    ],
)
def test_a_malformed_definition_is_refused(definitions: Definitions, change: Made, named: str) -> None:
    body = {"name": a_name("event"), "schema": {"properties": {}}, **change}
    assert named in refused(definitions.post(body), 400, "invalid_payload")


def test_changes_together_stay_within_the_bound(definitions: Definitions, define: Make) -> None:
    made = define(**{f"k{n}": NUMBER for n in range(100)})
    change = {"schema": {"properties": {"one more": NUMBER}}}
    assert "100" in refused(definitions.put(f"/{made['id']}", change), 400, "invalid_payload")


def test_a_server_key_does_not_define(server: Shop, definitions: Definitions) -> None:
    answer = httpx.get(server.url + definitions.path, headers=KEYS, trust_env=False)
    refused(answer, 401, "unauthorized")
