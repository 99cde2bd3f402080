"""What is no shape is refused by the path to the fault, however large or strange it is."""

import json
import time
from typing import Any

import pytest

from tests.domains.locations.conftest import BELLEVILLE, SILESIA, Body, circle, polygon, polygons
from tests.http.test_refusals import refused
from tests.support.management import Managed

AT = "shape.geojson.coordinates"
OPEN = [[0, 0], [1, 0], [1, 1], [0, 1]]

REFUSED: list[tuple[Any, str]] = [
    (None, "shape: expected"),
    ([], "shape: expected"),
    ({}, "shape: expected the field type"),
    ({**BELLEVILLE, "type": "square"}, "shape.type: expected one of circle, polygon"),
    ({**BELLEVILLE, "format": "geojson"}, "shape.format: expected one of distance, geojson"),
    ({**BELLEVILLE, "more": 1}, "shape: expected no field more"),
    ({"type": "circle", "format": "distance"}, "shape: expected the field distance"),
    (circle(5, "1 km"), "shape.distance.center: expected"),
    (circle("40.7,-74.1", "1 km"), "shape.distance.center: expected geo:<latitude>,<longitude>"),
    (circle("geo:90.1,0", "1 km"), "shape.distance.center: expected geo:"),
    (circle("geo:0,180.1", "1 km"), "shape.distance.center: expected geo:"),
    (circle("geo:nan,0", "1 km"), "shape.distance.center: expected geo:"),
    (circle("geo:0,0", 1), "shape.distance.radius: expected"),
    (circle("geo:0,0", "1"), "shape.distance.radius: expected a length up to 20000 km"),
    (circle("geo:0,0", "0 km"), "shape.distance.radius: expected a length"),
    (circle("geo:0,0", "-1 km"), "shape.distance.radius: expected a length"),
    (circle("geo:0,0", "1 parsec"), "shape.distance.radius: expected a length"),
    (circle("geo:0,0", "20001 km"), "shape.distance.radius: expected a length"),
    (circle("geo:0,0", "1e3 km"), "shape.distance.radius: expected a length"),
    (circle("geo:0,0", "1  km"), "shape.distance.radius: expected a length"),
    (circle("geo:0,0", "9" * 101), "shape.distance.radius: expected"),
    ({**polygon(SILESIA), "format": "distance"}, "shape.format: expected one of distance, geojson"),
    ({"type": "polygon", "format": "geojson", "geojson": {"type": "Point", "coordinates": [0, 0]}}, "shape.geojson"),
    ({"type": "polygon", "format": "geojson", "geojson": {"type": "Polygon"}}, "expected the field coordinates"),
    (polygon(), f"{AT}: expected an array of at least one ring"),
    (polygon("ring"), f"{AT}[0]: expected an array of at least 4 positions"),
    (polygon(OPEN[:3]), f"{AT}[0]: expected an array of at least 4 positions"),
    (polygon(OPEN), f"{AT}[0][3]: expected the ring's first position again"),
    (polygon(SILESIA, OPEN), f"{AT}[1][3]: expected the ring's first position again"),
    (polygon([[0, 0], [1, 0], "x", [0, 0]]), f"{AT}[0][2]: expected a position: [longitude, latitude]"),
    (polygon([[0, 0], [1, 0], [1], [0, 0]]), f"{AT}[0][2]: expected a position"),
    (polygon([[0, 0], [1, 0], [1, 1, 5], [0, 0]]), f"{AT}[0][2]: expected a position"),
    (polygon([[0, 0], [1, 0], [1, True], [0, 0]]), f"{AT}[0][2]: expected a position"),
    (polygon([[0, 0], [1, 0], [None, 1], [0, 0]]), f"{AT}[0][2]: expected a position"),
    (polygon([[0, 0], [1, 0], ["1", 1], [0, 0]]), f"{AT}[0][2]: expected a position"),
    (polygon([[0, 0], [1, 0], [1, 91], [0, 0]]), f"{AT}[0][2][1]: expected a latitude within ±90"),
    (polygon([[0, 0], [-180.5, 0], [1, 1], [0, 0]]), f"{AT}[0][1][0]: expected a longitude within ±180"),
    (polygon([[0, 0], [1e300, 0], [1, 1], [0, 0]]), f"{AT}[0][1][0]: expected a longitude within ±180"),
    (
        polygon([[170, 0], [-170, 0], [-170, 10], [170, 0]]),
        f"{AT}[0][1]: expected at most 180 degrees of longitude from the position before: an area across the",
    ),
    (polygons(), f"{AT}: expected an array of at least one polygon"),
    (polygons(SILESIA), f"{AT}[0][0]: expected an array of at least 4 positions"),
    (polygons([SILESIA], [SILESIA, OPEN]), f"{AT}[1][1][3]: expected the ring's first position again"),
    (polygons([SILESIA], []), f"{AT}[1]: expected an array of at least one ring"),
    (polygon([[0, 0]] * 1_001), f"{AT}[0]: expected at most 1000 positions in all rings of a location"),
    (polygons(*[[SILESIA]] * 251), f"{AT}[250][0]: expected at most 1000 positions"),
]


@pytest.mark.parametrize(("shape", "details"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_shape_is_refused_by_its_path(server: Managed, path: str, shape: Any, details: str) -> None:
    answer = server.manager.post(path, json={"name": "A", "shape": shape})
    told = refused(answer, 400, "invalid_payload")["details"]
    assert details in told, told
    assert len(told) < 400


def nested(levels: int) -> Any:
    """An array in an array in an array."""
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


HOSTILE: dict[str, Any] = {
    "a hundred thousand positions": polygon([[n / 1e6, n / 1e6] for n in range(100_000)]),
    "a hundred thousand rings": polygon(*[SILESIA[:1]] * 100_000),
    "a hundred thousand polygons": polygons(*[[]] * 100_000),
    "nested nonsense": polygon(nested(50)),
    "a center of megabytes": circle("geo:" + "1" * 5_000_000, "1 km"),
    "a radius of megabytes": circle("geo:0,0", "1" * 5_000_000 + " km"),
    "a position of megabytes": polygon([[0, 0], ["1" * 5_000_000, 0], [1, 1], [0, 0]]),
    "a type of megabytes": {"type": "x" * 1_000_000},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_huge_is_refused_soon(server: Managed, path: str, name: str) -> None:
    body = json.dumps({"name": "A", "shape": HOSTILE[name]})
    began = time.monotonic()
    answer = server.manager.post(path, content=body, headers={"Content-Type": "application/json"})
    told = refused(answer, 400, "invalid_payload")["details"]
    assert len(told) < 400
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400])
def test_what_is_no_number_is_refused(server: Managed, path: str, number: str) -> None:
    body = json.dumps({"name": "A", "shape": polygon([[0, 0], [7, 0], [1, 1], [0, 0]])}).replace("7", number)
    answer = server.manager.post(path, content=body, headers={"Content-Type": "application/json"})
    refused(answer, 400, "invalid_payload")


@pytest.mark.parametrize("name", ["", "x" * 501, None, 5])
def test_a_name_is_needed(server: Managed, path: str, name: Any) -> None:
    body: Body = {"name": name, "shape": BELLEVILLE}
    refused(server.manager.post(path, json=body), 400, "invalid_payload")
