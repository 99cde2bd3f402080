"""What is asked of schemas and of managed projects goes by keys, not through other projects' rows."""

import asyncio
from secrets import token_bytes
from typing import Any

import pytest

from patron.config import Settings
from patron.db.actions import Ctx
from patron.db.statements import Statement
from patron.domains.metadata_schemas.actions.write import CREATE, Create
from patron.domains.metadata_schemas.store import LIVE, NAMED
from patron.domains.metadata_schemas.wire import ManagedMetadataSchemaIn, ManagedMetadataSchemaOut
from patron.domains.projects.actions.open_project import open_project
from patron.domains.projects.store import MANAGED, PROJECT
from patron.kernel.clock import now_ms
from patron.running import Opened, opened
from tests.support.plans import plan_of

PROJECTS = 100
STATEMENTS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "live": (LIVE, {}),
    "named": (NAMED, {"reference": "customer"}),
    "project": (PROJECT, {}),
    "managed": (MANAGED, {"managed_id": "proj_1"}),
}


@pytest.fixture(scope="module")
def filled(shared_database_url: str) -> tuple[str, str]:
    """A database with a schema in each of many projects; its URL and one of the projects."""
    return shared_database_url, asyncio.run(_fill(shared_database_url))


async def _fill(database_url: str) -> str:
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        projects = [await open_project(patron.units, f"Shop {n}") for n in range(PROJECTS)]
        for project_id in projects:
            await _define(patron, project_id)
        return projects[0]


async def _define(patron: Opened, project_id: str) -> None:
    schema = ManagedMetadataSchemaIn(related_object="customer", properties={})
    await patron.units.write(
        CREATE, Ctx(project_id, now_ms(), token_bytes(16)), Create(schema, ManagedMetadataSchemaOut)
    )


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_read_looks_at_its_own_projects_rows_alone(filled: tuple[str, str], name: str) -> None:
    url, project_id = filled
    statement, params = STATEMENTS[name]
    plan = plan_of(url, statement, {"project_id": project_id, **params})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= 2
