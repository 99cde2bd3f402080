"""Defining consents and groups, changing and deleting them."""

import re
from typing import Any

import httpx
import pytest

from patron.kernel.clock import from_iso
from tests.domains.consents.conftest import Make, a_name
from tests.domains.customers.conftest import ok
from tests.http.test_refusals import refused
from tests.support.servers import Shop


def test_a_consent_is_defined_and_listed(client: httpx.Client) -> None:
    name = a_name()
    made = ok(client.post("/v1/consents", json={"name": name, "description": "News", "category": "e-mail"}))
    assert re.fullmatch("cnst_[0-9A-Za-z]{24}", made["id"])
    assert {**made, "id": "", "created_at": ""} == {
        "id": "",
        "name": name,
        "description": "News",
        "category": "e-mail",
        "created_at": "",
        "updated_at": None,
        "object": "consent",
    }
    assert ok(client.get("/v1/consents"))["consents"]["data"][-1] == made


def test_description_and_category_may_be_left_out(consent: Make) -> None:
    made = consent()
    assert (made["description"], made["category"]) == ("", "")


def test_the_list_has_both_lists_whole_the_oldest_first(client: httpx.Client, consent: Make, group: Make) -> None:
    made = [consent() for _ in range(3)]
    groups = [group(consents=[made[1]["id"]]), group(consents=[])]
    listed = ok(client.get("/v1/consents"))
    assert listed["consents"]["data"][-3:] == made
    assert listed["groups"]["data"][-2:] == groups
    for each in listed.values():
        assert (each["object"], each["data_ref"], each["total"]) == ("list", "data", len(each["data"]))
    assert ok(client.get("/v1/consent-groups")) == listed["groups"]


def test_a_group_keeps_the_order_of_its_consents(consent: Make, group: Make) -> None:
    ids = [consent()["id"] for _ in range(3)]
    made = group(description="How we reach you", consents=ids[::-1])
    assert re.fullmatch("cnstgr_[0-9A-Za-z]{24}", made["id"])
    assert (made["consents"], made["description"]) == (ids[::-1], "How we reach you")
    assert (made["object"], made["updated_at"]) == ("consent_group", None)


def test_what_is_absent_stays(client: httpx.Client, consent: Make) -> None:
    made = consent(description="News", category="e-mail")
    after = ok(client.put(f"/v1/consents/{made['id']}", json={"description": "Fewer news"}))
    assert from_iso(after["updated_at"]) >= from_iso(made["created_at"])
    assert {**after, "updated_at": None} == {**made, "description": "Fewer news"}
    assert after in ok(client.get("/v1/consents"))["consents"]["data"]


def test_a_group_is_changed(client: httpx.Client, consent: Make, group: Make) -> None:
    one, other = consent()["id"], consent()["id"]
    made = group(consents=[one, other])
    after = ok(client.put(f"/v1/consent-groups/{made['id']}", json={"consents": [other]}))
    assert from_iso(after["updated_at"]) >= from_iso(made["created_at"])
    assert {**after, "updated_at": None} == {**made, "consents": [other]}


def test_a_change_that_changes_nothing_moves_nothing(client: httpx.Client, consent: Make, group: Make) -> None:
    made = consent()
    assert ok(client.put(f"/v1/consents/{made['id']}", json={"name": made["name"]})) == made
    grouped = group(consents=[made["id"]])
    assert ok(client.put(f"/v1/consent-groups/{grouped['id']}", json={"consents": [made["id"]]})) == grouped


def test_a_deleted_consent_is_out_of_every_list_and_group(client: httpx.Client, consent: Make, group: Make) -> None:
    kept, deleted = consent(), consent()
    grouped = group(consents=[deleted["id"], kept["id"]])
    assert client.delete(f"/v1/consents/{deleted['id']}").status_code == 204
    listed = ok(client.get("/v1/consents"))
    assert deleted["id"] not in [each["id"] for each in listed["consents"]["data"]]
    [shown] = [each for each in listed["groups"]["data"] if each["id"] == grouped["id"]]
    assert shown == {**grouped, "consents": [kept["id"]]}
    path = f"/v1/consents/{deleted['id']}"
    for answer in (client.delete(path), client.put(path, json={})):
        body = refused(answer, 404, "not_found")
        assert (body["resource_id"], body["resource_type"]) == (deleted["id"], "consent")
    ok(client.post("/v1/consents", json={"name": deleted["name"]}))


def test_a_deleted_group_leaves_its_consents(client: httpx.Client, consent: Make, group: Make) -> None:
    made = consent()
    path = f"/v1/consent-groups/{group(consents=[made['id']])['id']}"
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert refused(client.put(path, json={}), 404, "not_found")["resource_type"] == "consent group"
    assert made in ok(client.get("/v1/consents"))["consents"]["data"]


def test_a_name_that_is_taken_is_a_409(client: httpx.Client, consent: Make, group: Make) -> None:
    taken, other = consent(), consent()
    answers = [
        client.post("/v1/consents", json={"name": taken["name"]}),
        client.put(f"/v1/consents/{other['id']}", json={"name": taken["name"]}),
    ]
    for answer in answers:
        assert taken["name"] in refused(answer, 409, "duplicate_found")["details"]
    taken, other = group(), group()
    refused(client.post("/v1/consent-groups", json={"name": taken["name"]}), 409, "duplicate_found")
    refused(client.put(f"/v1/consent-groups/{other['id']}", json={"name": taken["name"]}), 409, "duplicate_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": None}, "name"),
        ({"name": "ok", "description": "x" * 5_001}, "description"),
        ({"name": "ok", "category": "x" * 256}, "category"),
        ({"name": "ok", "category": 1}, "category"),
    ],
    ids=str,
)
def test_what_is_past_a_bound_is_named(client: httpx.Client, body: Any, field: str) -> None:
    assert field in refused(client.post("/v1/consents", json=body), 400, "invalid_payload")["details"]


@pytest.mark.parametrize("consents", ["x", [1], [""], ["x" * 256], ["x"] * 101, None], ids=lambda each: str(each)[:9])
def test_a_group_of_anything_but_ids_is_refused(client: httpx.Client, consents: Any) -> None:
    answer = client.post("/v1/consent-groups", json={"name": a_name(), "consents": consents})
    assert "consents" in refused(answer, 400, "invalid_payload")["details"]


def test_a_group_names_each_of_its_consents_once_and_knows_them(client: httpx.Client, consent: Make) -> None:
    one = consent()["id"]
    twice = {"name": a_name(), "consents": [one, one]}
    assert "once" in refused(client.post("/v1/consent-groups", json=twice), 400, "invalid_payload")["details"]
    unknown = {"name": a_name(), "consents": [one, "cnst_unknown"]}
    body = refused(client.post("/v1/consent-groups", json=unknown), 404, "not_found")
    assert (body["resource_id"], body["resource_type"]) == ("cnst_unknown", "consent")


def test_a_project_has_a_hundred_consents_and_groups_at_most(shop: Shop) -> None:
    for path in ("/v1/consents", "/v1/consent-groups"):
        last = {}
        for n in range(100):
            last = ok(shop.client.post(path, json={"name": str(n)}))
        refused(shop.client.post(path, json={"name": "one more"}), 400, "invalid_payload")
        assert shop.client.delete(f"{path}/{last['id']}").status_code == 204
        ok(shop.client.post(path, json={"name": "one more"}))
