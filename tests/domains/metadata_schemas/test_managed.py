"""Schemas of a project through the management API: other names, the same schemas, and only within the key's reach."""

import httpx
import pytest

from tests.domains.metadata_schemas.conftest import Body, a, ok, refused
from tests.support.management import MANAGEMENT_KEYS, Managed

HOME = "/v1/metadata-schemas"


def path_of(project: Body) -> str:
    return f"/management/v1/projects/{project['id']}/metadata-schemas"


def test_one_schema_has_two_spellings(server: Managed, project: Body, shop: httpx.Client) -> None:
    path = path_of(project)
    ok(server.manager.post(path, json={"related_object": "Address", "properties": {"city": a(exact_length=3)}}))
    properties = {
        "home": a("object", object_type="Address"),
        "code": a(min_length=2, max_length=5, ne=["no"]),
        "share": a("number", gt=0.5, lte=99.5, eq=[1.5, 2]),
    }
    made = ok(server.manager.post(path, json={"related_object": "customer", "properties": properties}))
    assert made["properties"] == {name: {"object_type": None, **each} for name, each in properties.items()}
    assert ok(server.manager.get(f"{path}/{made['id']}")) == made
    at_home = ok(shop.get(f"{HOME}/{made['id']}"))
    assert at_home["properties"]["home"]["objectType"] == "Address"
    assert at_home["properties"]["code"] == {**a(minLength=2, maxLength=5, ne=["no"]), "objectType": None}
    listed = ok(server.manager.get(path))
    assert [each["related_object"] for each in listed["data"]] == ["Address", "customer"]
    assert (listed["data_ref"], listed["total"]) == ("data", 2)
    changed = ok(server.manager.put(f"{path}/{made['id']}", json={"properties": {"home": a("object", deleted=True)}}))
    assert changed["properties"]["home"]["deleted"] is True
    refused(shop.post("/v1/customers", json={"metadata": {"share": 0.5}}), 400, "metadata_validation_failed")
    assert server.manager.delete(f"{path}/{made['id']}").status_code == 204
    refused(server.manager.get(f"{path}/{made['id']}"), 404, "not_found")
    ok(shop.post("/v1/customers", json={"metadata": {"share": 0.5}}))


def test_refusals_speak_in_the_names_of_the_management_api(server: Managed, project: Body) -> None:
    path = path_of(project)
    for definition, told in (
        (a(min_length=3, max_length=2), "properties.x.min_length: expected at most max_length"),
        (a("object", object_type="Nobody"), "properties.x.object_type: expected the name of a custom object"),
        (a(minLength=3), "expected no field minLength"),
    ):
        body = {"related_object": "customer", "properties": {"x": definition}}
        assert told in refused(server.manager.post(path, json=body), 400, "invalid_payload")["details"]
    ok(server.manager.post(path, json={"related_object": "order", "properties": {}}))
    again = server.manager.post(path, json={"related_object": "order", "properties": {}})
    assert refused(again, 409, "duplicate_found")["resource_id"] == "order"


def test_a_retry_through_management_is_answered_again(server: Managed, project: Body) -> None:
    headers = {"Idempotency-Key": "schema"}
    body = {"related_object": "customer", "properties": {"x": a()}}
    first = server.manager.post(path_of(project), json=body, headers=headers)
    again = server.manager.post(path_of(project), json=body, headers=headers)
    assert (again.status_code, again.content) == (200, first.content)
    other = server.manager.post(path_of(server.new_project()), json=body, headers=headers)
    assert ok(other)["id"] != ok(first)["id"]


def test_projects_out_of_reach_are_404s(server: Managed, project: Body) -> None:
    ok(server.manager.post(path_of(project), json={"related_object": "customer", "properties": {}}))
    assert server.manager.get("/management/v1/projects/proj_nobody/metadata-schemas").status_code == 404
    body = {"related_object": "order", "properties": {}}
    refused(server.manager.post("/management/v1/projects/proj_nobody/metadata-schemas", json=body), 404, "not_found")


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"X-App-Id": "shop", "X-App-Token": "a-token-for-tests"},
        {**MANAGEMENT_KEYS, "X-Management-Token": "wrong"},
    ],
    ids=range(3),
)
def test_a_management_key_is_needed(server: Managed, project: Body, keys: dict[str, str]) -> None:
    with server.client(keys) as stranger:
        refused(stranger.get(path_of(project)), 401, "unauthorized")
        refused(stranger.post(path_of(project), json={}), 401, "unauthorized")


def test_a_management_key_opens_nothing_else(server: Managed) -> None:
    refused(server.manager.get("/v1/customers"), 401, "unauthorized")
    refused(server.manager.get(HOME), 401, "unauthorized")
