"""Segments of those whose point is in a location: made, kept, explained, and filled anew when the location moves."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.domains.locations.conftest import circle, polygon, polygons
from tests.domains.products.conftest import Made, ok
from tests.domains.segments.by_hand import ByHand, Project, serving_by_hand
from tests.domains.segments.test_segments import PATH, comings, create, customer, members, refused

FILL = "segments.fill"
BERLIN, POTSDAM, WARSAW = "geo:52.52,13.405", "geo:52.3906,13.0645", "geo:52.2297,21.0122"
AROUND_BERLIN = circle(BERLIN, "50 km")
POLAND = polygon([[14.1, 49], [24.2, 49], [24.2, 54.9], [14.1, 54.9], [14.1, 49]])
CLIENTS = 20

Locate = Callable[..., str]


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[ByHand]:
    with serving_by_hand(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture
def project(server: ByHand) -> Project:
    return server.project(timezone="UTC")


@pytest.fixture
def client(project: Project) -> httpx.Client:
    """A client of a project whose customers have a `home`, and several `haunts`."""
    properties = {
        "home": {"type": "geopoint", "array": False, "optional": True},
        "haunts": {"type": "geopoint", "array": True, "optional": True},
        "note": {"type": "string", "array": False, "optional": True},
    }
    ok(project.client.post("/v1/metadata-schemas", json={"related_object": "customer", "properties": properties}))
    return project.client


@pytest.fixture
def locate(project: Project) -> Locate:
    """Make a location of this shape; its id."""

    def locate(shape: Made = AROUND_BERLIN, name: str = "Here") -> str:
        return str(ok(project.manager.post(project.path("locations"), json={"name": name, "shape": shape}))["id"])

    return locate


def at(point: Any, **metadata: Any) -> Made:
    return {"metadata": {"home": point, **metadata}}


def inside(*locations: str, field: str = "metadata.home", operator: str = "$in_location") -> Made:
    return {field: {"conditions": {operator: list(locations)}}}


def test_a_shop_asks_who_lives_near(project: Project, client: httpx.Client, locate: Locate) -> None:
    """The way from the map to a customer's segments."""
    near = locate()
    ada, bob = customer(client, **at(BERLIN)), customer(client, **at(WARSAW))
    eve = customer(client, name="Eve")
    segment = create(client, filter=inside(near))
    assert segment["filter"] == inside(near)
    project.run_jobs()
    assert members(client, segment) == [ada]
    told = {each: ok(client.get(f"/v1/customers/{each}/segments"))["data"] for each in (ada, bob, eve)}
    assert ([each["id"] for each in told[ada]], told[bob], told[eve]) == ([segment["id"]], [], [])
    why = ok(client.get(f"{PATH}/{segment['id']}/customers/{bob}/explanation"))
    assert (why["is_member"], why["explanation"]) == (
        False,
        {
            "property": "metadata.home",
            "operator": "$in_location",
            "expected": [near],
            "actual": WARSAW,
            "passes": False,
        },
    )
    ok(client.put(f"/v1/customers/{bob}", json=at(POTSDAM)))
    assert (members(client, segment), comings(client, bob)) == ([bob, ada], [f"+{segment['id']}"])
    ok(client.put(f"/v1/customers/{ada}", json=at(None)))
    assert members(client, segment) == [bob]


def test_inside_any_outside_all(client: httpx.Client, locate: Locate) -> None:
    near, poland = locate(), locate(POLAND)
    two = locate(polygons([[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]))
    ada, bob, eve = (customer(client, **at(each)) for each in (BERLIN, WARSAW, "geo:5.2,5.5"))
    unknown, several = customer(client, name="Zoe"), customer(client, metadata={"haunts": [WARSAW, BERLIN]})
    everybody = {ada, bob, eve, unknown, several}
    haunts = {"field": "metadata.haunts"}
    for given, expected in (
        (inside(near), {ada}),
        (inside(near, poland), {ada, bob}),
        (inside(two), {eve}),
        ({"metadata.home": {"conditions": {"$in_location": near}}}, {ada}),
        (inside(near, operator="$not_in_location"), everybody - {ada}),
        (inside(near, poland, operator="$not_in_location"), everybody - {ada, bob}),
        ({"$not": inside(near)}, everybody - {ada}),
        ({**inside(near, operator="$not_in_location"), "name": {"conditions": {"$has_value": True}}}, {unknown}),
        (inside(near, **haunts), {several}),
        (inside(two, **haunts), set()),
        (inside(near, operator="$not_in_location", **haunts), everybody - {several}),
    ):
        preview = ok(client.post(f"{PATH}/preview", json={"filter": given}))
        assert {each["id"] for each in preview["sample"]} == expected, given
        segment = create(client, type="passive", filter=given)
        assert set(members(client, segment)) == expected, given
        assert {each for each in everybody if _is_in(client, segment, each)} == expected, given


def _is_in(client: httpx.Client, segment: Made, customer_id: str) -> bool:
    return segment["id"] in [each["id"] for each in ok(client.get(f"/v1/customers/{customer_id}/segments"))["data"]]


def test_what_is_no_location_is_refused_by_its_path(client: httpx.Client, project: Project, locate: Locate) -> None:
    near, gone = locate(), locate()
    assert project.manager.delete(project.path(f"locations/{gone}")).status_code == 204
    at_home = "filter.metadata.home.conditions.$in_location"
    for given, details in (
        (inside("loc_nobody"), f"{at_home}[0]: expected the id of a location"),
        (inside(near, gone), f"{at_home}[1]: expected the id of a location"),
        ({"metadata.home": {"conditions": {"$in_location": "here"}}}, f"{at_home}: expected the id of a location"),
        ({"metadata.home": {"conditions": {"$in_location": [{"id": near}]}}}, f"{at_home}[0]: expected the id"),
        ({"metadata.home": {"conditions": {"$in_location": [[near]]}}}, f"{at_home}[0]: expected the id"),
        (inside(), f"{at_home}: expected the id of at least one location"),
        (inside(*[near] * 101), "filter: expected at most 100 locations in all"),
        ({"$and": [inside(*[near] * 60)] * 2}, "filter: expected at most 100 locations in all"),
        (inside(near, field="metadata.note"), "$in_location: expected an operator of a field of type text"),
        (inside(near, field="metadata.else"), "$in_location: expected an operator of a field of type any"),
        (inside(near, field="address.city"), "$in_location: expected an operator of a field of type text"),
        ({"metadata.home": {"conditions": {"$is": [BERLIN]}}}, "$is_unknown, $in_location, $not_in_location"),
    ):
        refused(client.post(f"{PATH}/preview", json={"filter": given}), 400, "invalid_payload", details)
        refused(client.post(PATH, json={"name": "A", "filter": given}), 400, "invalid_payload", details)


@pytest.mark.parametrize(
    "operands", [["x" * 5_000_000], ["loc_1"] * 100_000, [[[[[["loc_1"]]]]]], [{"id": {}}, 1, None]]
)
def test_what_is_huge_or_strange_is_refused(client: httpx.Client, operands: list[Any]) -> None:
    given = {"metadata.home": {"conditions": {"$in_location": operands}}}
    for answer in (
        client.post(f"{PATH}/preview", json={"filter": given}),
        client.post(PATH, json={"name": "A", "filter": given}),
    ):
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
        assert len(answer.json()["details"]) < 300


def test_locations_of_another_project_are_none(server: ByHand, client: httpx.Client) -> None:
    other = server.project(timezone="UTC")
    body = {"name": "There", "shape": AROUND_BERLIN}
    there = ok(other.manager.post(other.path("locations"), json=body))["id"]
    refused(client.post(PATH, json={"name": "A", "filter": inside(there)}), 400, "invalid_payload", "the id of a")


def test_rules_do_not_ask_for_locations_themselves(client: httpx.Client, locate: Locate) -> None:
    near = locate()
    rule = {"name": "customer.metadata", "property": "home", "conditions": {"$in_location": [near]}}
    answer = client.post("/v1/validation-rules", json={"name": "A", "rules": {"1": rule}})
    assert answer.status_code == 400, answer.text


def move(project: Project, location: str, shape: Made) -> None:
    ok(project.manager.put(project.path(f"locations/{location}"), json={"name": "Here", "shape": shape}))


def test_a_location_that_moves_takes_others_in(project: Project, client: httpx.Client, locate: Locate) -> None:
    here, elsewhere = locate(), locate()
    ada, bob = customer(client, **at(BERLIN)), customer(client, **at(WARSAW))
    active, other = create(client, filter=inside(here)), create(client, filter=inside(elsewhere))
    passive = create(client, type="passive", filter=inside(here, operator="$not_in_location"))
    project.run_jobs()
    assert (members(client, active), members(client, passive)) == ([ada], [bob])
    move(project, here, POLAND)
    assert project.run_jobs() == [FILL, FILL]
    assert (members(client, active), members(client, passive), members(client, other)) == ([bob], [ada], [ada])
    assert comings(client, bob) == [f"+{active['id']}"]
    assert comings(client, ada) == [f"-{active['id']}"]
    assert FILL not in project.sweep()


def test_a_location_that_is_called_otherwise_takes_nobody_in(
    project: Project, client: httpx.Client, locate: Locate
) -> None:
    here = locate()
    ada = customer(client, **at(BERLIN))
    active = create(client, filter=inside(here))
    project.run_jobs()
    body = {"name": "Berlin and around", "shape": AROUND_BERLIN}
    ok(project.manager.put(project.path(f"locations/{here}"), json=body))
    assert FILL not in project.sweep()
    assert (members(client, active), comings(client, ada)) == ([ada], [])


def test_who_moves_while_a_location_moves_is_where_it_belongs(
    project: Project, client: httpx.Client, locate: Locate
) -> None:
    here = locate()
    with ThreadPoolExecutor(10) as at_once:
        ids = sorted(at_once.map(lambda n: customer(client, **at(WARSAW if n % 2 else BERLIN)), range(130)))
    active = create(client, filter=inside(here))
    project.run_jobs()
    turns = iter(range(2))

    def between() -> None:
        if next(turns, None) == 0:
            move(project, here, POLAND)
            for each in (ids[0], ids[-1]):
                ok(client.put(f"/v1/customers/{each}", json=at(POTSDAM)))
            for each in (ids[1], ids[-2]):
                ok(client.put(f"/v1/customers/{each}", json=at(WARSAW)))

    move(project, here, circle(WARSAW, "1 km"))
    project.run_jobs(between=between)
    expected = {each for each in ids if ok(client.get(f"/v1/customers/{each}"))["metadata"]["home"] == WARSAW}
    assert set(members(client, active)) == expected
    assert {ids[1], ids[-2]} <= expected
    assert not {ids[0], ids[-1]} & expected


@pytest.mark.parametrize("kind", ["auto-update", "passive"])
def test_a_location_that_a_segment_names_is_not_deleted(
    project: Project, client: httpx.Client, locate: Locate, kind: str
) -> None:
    named, free = locate(), locate()
    filters = {"$or": [{"name": {"conditions": {"$is": "Ada"}}}, {"$not": inside(named)}]}
    segment = create(client, type=kind, filter=filters)
    there = project.path(f"locations/{named}")
    refused(project.manager.delete(there), 400, "resource_in_use", segment["id"])
    ok(client.get(f"/v1/locations/{named}"))
    assert project.manager.delete(project.path(f"locations/{free}")).status_code == 204
    assert client.delete(f"{PATH}/{segment['id']}").status_code == 204
    assert project.manager.delete(there).status_code == 204


@pytest.mark.parametrize("is_new", [True, False])
def test_of_a_segment_that_names_a_location_and_its_deletion_at_once_one_is_refused(
    project: Project, client: httpx.Client, locate: Locate, is_new: bool
) -> None:
    locations = [locate() for _ in range(CLIENTS)]
    nameless = {"name": {"conditions": {"$is": "Ada"}}}
    others = [create(client, type="passive", filter=nameless)["id"] for _ in range(0 if is_new else CLIENTS)]

    def save(n: int) -> int:
        body = {"name": "A", "filter": inside(locations[n])}
        if is_new:
            return client.post(PATH, json=body).status_code
        return client.put(f"{PATH}/{others[n]}", json=body).status_code

    def delete(n: int) -> int:
        return project.manager.delete(project.path(f"locations/{locations[n]}")).status_code

    with ThreadPoolExecutor(CLIENTS) as at_once:
        asked: list[tuple[Callable[[int], int], int]] = [(each, n) for n in range(CLIENTS) for each in (save, delete)]
        statuses = list(at_once.map(lambda each: each[0](each[1]), asked))
    pairs = list(zip(statuses[::2], statuses[1::2], strict=True))
    assert set(pairs) <= {(200, 400), (400, 204)}, pairs


def test_a_filter_outlives_the_schema_that_it_was_made_under(
    project: Project, client: httpx.Client, locate: Locate
) -> None:
    here = locate()
    ada, bob = customer(client, **at(BERLIN)), customer(client, **at(WARSAW))
    active = create(client, filter=inside(here))
    passive = create(client, type="passive", filter=inside(here, operator="$not_in_location"))
    project.run_jobs()
    assert client.delete("/v1/metadata-schemas/customer").status_code == 204
    project.sweep()
    assert (members(client, active), members(client, passive)) == ([ada], [bob])


def test_a_rule_asks_for_a_segment_with_the_point_that_is_sent(client: httpx.Client, locate: Locate) -> None:
    segment = create(client, type="passive", filter=inside(locate()))
    rule = {"name": "customer.segment", "conditions": {"$is": [segment["id"]]}}
    rules = ok(client.post("/v1/validation-rules", json={"name": "Near", "rules": {"1": rule, "logic": "1"}}))
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}}
    ok(client.post("/v1/vouchers/NEAR", json={**voucher, "validation_rules": [rules["id"]]}))
    for point, valid in ((BERLIN, True), (WARSAW, False), (None, False)):
        asked = {"redeemables": [{"object": "voucher", "id": "NEAR"}], "order": {"amount": 1_000}}
        told = ok(client.post("/v1/validations", json={**asked, "customer": {"source_id": "ada", **at(point)}}))
        assert told["valid"] is valid, point
