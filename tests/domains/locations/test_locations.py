"""Locations are made through the management API, and read by the project."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.domains.locations.conftest import BELLEVILLE, SILESIA, Body, Make, circle, ok, polygon, polygons
from tests.http.test_refusals import refused
from tests.support.filters import filters
from tests.support.management import MANAGEMENT_KEYS, Managed

PATH = "/v1/locations"


def test_a_project_without_locations_has_an_empty_list(shop: httpx.Client) -> None:
    nothing = {"object": "list", "data_ref": "data", "data": [], "total": 0, "has_more": False}
    assert ok(shop.get(f"{PATH}?limit=5&order=created_at")) == nothing
    assert refused(shop.get(f"{PATH}/loc_1"), 404, "not_found")["resource_type"] == "location"
    refused(shop.get(f"{PATH}?limit=101"), 400, "invalid_query_params")


@pytest.mark.parametrize(
    "shape",
    [
        BELLEVILLE,
        circle("geo:90,-180", "500 m"),
        circle("geo:0,0", "12.5mi"),
        polygon(SILESIA),
        polygon([[0, 0], [10, 0], [10, 10.5], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]),
        polygons([SILESIA], [[[170, -10], [180, -10], [180, 10], [170, -10]]]),
    ],
    ids=range(6),
)
def test_a_shape_is_told_as_it_was_sent(
    server: Managed, path: str, shop: httpx.Client, make: Make, shape: Body
) -> None:
    made = make("Here", shape)
    assert made["id"].startswith("loc_")
    assert made == {**made, "object": "location", "name": "Here", "shape": shape, "updated_at": None}
    assert ok(shop.get(f"{PATH}/{made['id']}")) == made
    assert ok(server.manager.get(f"{path}/{made['id']}")) == made
    assert ok(shop.get(PATH)) == ok(server.manager.get(path))
    assert ok(shop.get(PATH))["data"] == [made]


def test_a_location_is_replaced(server: Managed, path: str, shop: httpx.Client, make: Make) -> None:
    made = make()
    there = f"{path}/{made['id']}"
    assert ok(server.manager.put(there, json={"name": "Belleville", "shape": BELLEVILLE})) == made
    after = ok(server.manager.put(there, json={"name": "Silesia", "shape": polygon(SILESIA)}))
    assert after == {**made, "name": "Silesia", "shape": polygon(SILESIA), "updated_at": after["updated_at"]}
    assert after["updated_at"] >= made["created_at"]
    assert ok(shop.get(f"{PATH}/{made['id']}")) == after
    refused(server.manager.put(there, json={"name": "Silesia"}), 400, "invalid_payload")
    refused(server.manager.put(f"{path}/loc_1", json={"name": "A", "shape": BELLEVILLE}), 404, "not_found")


def test_a_location_is_deleted(server: Managed, path: str, shop: httpx.Client, make: Make) -> None:
    gone, left = make("A"), make("B")
    assert server.manager.delete(f"{path}/{gone['id']}").status_code == 204
    refused(server.manager.delete(f"{path}/{gone['id']}"), 404, "not_found")
    refused(shop.get(f"{PATH}/{gone['id']}"), 404, "not_found")
    refused(server.manager.put(f"{path}/{gone['id']}", json={"name": "A", "shape": BELLEVILLE}), 404, "not_found")
    assert ok(shop.get(PATH))["data"] == [left]


def test_lists_have_pages_orders_and_filters(server: Managed, path: str, shop: httpx.Client, make: Make) -> None:
    one, two, three = (make(name) for name in ("Shop 1", "Shop 2", "Depot"))
    one = ok(server.manager.put(f"{path}/{one['id']}", json={"name": "Shop 9", "shape": BELLEVILLE}))
    for order, expected in (
        ("created_at", [one, two, three]),
        ("-created_at", [three, two, one]),
        ("updated_at", [two, three, one]),
        ("-updated_at", [one, three, two]),
    ):
        assert ok(shop.get(PATH, params={"order": order}))["data"] == expected
    page = ok(shop.get(PATH, params={"limit": 2}))
    assert (page["data"], page["total"], page["has_more"]) == ([three, two], 3, True)
    shops = ok(shop.get(PATH, params=filters(name={"$starts_with": "Shop"})))
    assert (shops["data"], shops["total"]) == ([two, one], 2)
    changed = ok(shop.get(PATH, params=filters(updated_at={"$has_value": ""})))
    assert changed["data"] == [one]
    assert ok(shop.get(PATH, params={"end_date": two["created_at"]}))["data"][-1] == one
    assert ok(shop.get(PATH, params={"end_date": "2020-01-01"}))["total"] == 0
    refused(shop.get(PATH, params={"end_date": "soon"}), 400, "invalid_query_params")
    refusal = refused(shop.get(PATH, params=filters(shape={"$is": "x"})), 400, "invalid_query_params")
    assert refusal["details"] == "filters.shape: expected a field: name, created_at, updated_at"


def test_a_project_has_no_more_than_five_hundred(server: Managed, path: str, shop: httpx.Client, make: Make) -> None:
    with ThreadPoolExecutor(8) as at_once:
        made = list(at_once.map(lambda n: make(str(n)), range(500)))
    assert ok(shop.get(PATH))["total"] == 500
    body = {"name": "One more", "shape": BELLEVILLE}
    details = refused(server.manager.post(path, json=body), 400, "invalid_payload")["details"]
    assert details == "locations: expected at most 500 in a project"
    assert server.manager.delete(f"{path}/{made[0]['id']}").status_code == 204
    make("One more")


def test_a_retry_is_answered_again(server: Managed, path: str, shop: httpx.Client) -> None:
    sent = {"json": {"name": "A", "shape": BELLEVILLE}, "headers": {"Idempotency-Key": "location"}}
    first, again = (server.manager.post(path, **sent) for _ in range(2))  # type: ignore[arg-type]
    assert first.content == again.content
    assert ok(shop.get(PATH))["total"] == 1


def test_projects_out_of_reach_are_404s(server: Managed, make: Make) -> None:
    made = make()
    elsewhere = f"/management/v1/projects/{server.new_project()['id']}/locations"
    refused(server.manager.get(f"{elsewhere}/{made['id']}"), 404, "not_found")
    refused(server.manager.delete(f"{elsewhere}/{made['id']}"), 404, "not_found")
    refused(server.manager.get("/management/v1/projects/proj_nobody/locations"), 404, "not_found")


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"X-App-Id": "shop", "X-App-Token": "a-token-for-tests"},
        {**MANAGEMENT_KEYS, "X-Management-Token": "wrong"},
    ],
    ids=range(3),
)
def test_a_management_key_is_needed(server: Managed, path: str, keys: dict[str, str]) -> None:
    with server.client(keys) as stranger:
        refused(stranger.get(path), 401, "unauthorized")
        refused(stranger.post(path, json={"name": "A", "shape": BELLEVILLE}), 401, "unauthorized")
        refused(stranger.put(f"{path}/loc_1", json={"name": "A", "shape": BELLEVILLE}), 401, "unauthorized")
        refused(stranger.delete(f"{path}/loc_1"), 401, "unauthorized")
