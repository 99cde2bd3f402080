"""What is asked of locations goes by keys, not through other projects' rows."""

from typing import Any

import msgspec
import pytest

from bench.shop import analyze, project_of, write
from patron.db.statements import Statement
from patron.domains.locations.model import LOCATIONS, Location
from patron.domains.locations.store import BY_ID, IDS, LIVE
from tests.domains.locations.conftest import BELLEVILLE
from tests.support.plans import plan_of

PROJECTS = 5_000
STATEMENTS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "live": (LIVE, {}),
    "ids": (IDS, {}),
    "by id": (BY_ID, {"id": "loc_1"}),
}


@pytest.fixture(scope="module")
def filled(shared_database_url: str) -> tuple[str, str]:
    """A database with a location in each of many projects; its URL and one of the projects."""
    project_of(shared_database_url)
    shape = msgspec.json.encode(BELLEVILLE).decode()
    write(
        shared_database_url,
        {LOCATIONS: [Location(f"proj_{n}", "loc_1", "Belleville", shape, 1, None, None, 1) for n in range(PROJECTS)]},
    )
    analyze(shared_database_url)
    return shared_database_url, "proj_7"


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_read_looks_at_its_own_projects_rows_alone(filled: tuple[str, str], name: str) -> None:
    url, project_id = filled
    statement, params = STATEMENTS[name]
    plan = plan_of(url, statement, {"project_id": project_id, **params})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= 2
