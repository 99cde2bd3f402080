"""A server for all tests of a file, an empty project for each test, and ways to make locations in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.management import Managed, managed

Body = dict[str, Any]
Make = Callable[..., Body]

BELLEVILLE: Body = {
    "type": "circle",
    "format": "distance",
    "distance": {"center": "geo:40.79372699823857,-74.15092132694554", "radius": "1.54 km"},
}
SILESIA: list[list[float]] = [[18.553923, 50.559107], [18.528805, 51], [19.591667, 50.832424], [18.553923, 50.559107]]


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(shared_database_url, contract_log) as server:
        yield server


@pytest.fixture
def project(server: Managed) -> Body:
    """A new project."""
    return server.new_project()


@pytest.fixture
def shop(server: Managed, project: Body) -> Iterator[httpx.Client]:
    """A client with the new project's server key."""
    with server.shop_of(project) as client:
        yield client


@pytest.fixture
def path(project: Body) -> str:
    """Where the project's locations are made."""
    return f"/management/v1/projects/{project['id']}/locations"


@pytest.fixture
def make(server: Managed, path: str) -> Make:
    """Make a location, of this shape or a circle; the answer's body."""

    def make(name: str = "Belleville", shape: Body = BELLEVILLE) -> Body:
        return ok(server.manager.post(path, json={"name": name, "shape": shape}))

    return make


def polygon(*rings: Any) -> Body:
    """The shape of a polygon with these rings."""
    return {"type": "polygon", "format": "geojson", "geojson": {"type": "Polygon", "coordinates": list(rings)}}


def polygons(*several: Any) -> Body:
    """The shape of several polygons, each an array of rings."""
    return {"type": "polygon", "format": "geojson", "geojson": {"type": "MultiPolygon", "coordinates": list(several)}}


def circle(center: Any, radius: Any) -> Body:
    """The shape of a circle."""
    return {"type": "circle", "format": "distance", "distance": {"center": center, "radius": radius}}


def ok(answer: httpx.Response) -> Body:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body
