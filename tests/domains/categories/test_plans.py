"""What is asked of categories and of stacking rules goes by keys, not through other projects' rows."""

import asyncio
from secrets import token_bytes
from typing import Any

import pytest

from patron.config import Settings
from patron.db.actions import Ctx
from patron.db.statements import Statement
from patron.domains.categories.actions.write import CREATE
from patron.domains.categories.store import BY_ID, LIVE
from patron.domains.categories.wire import CategoryIn
from patron.domains.projects.actions.open_project import open_project
from patron.domains.stacking_rules import actions as stacking_rules
from patron.domains.stacking_rules.store import OF_PROJECT
from patron.domains.stacking_rules.wire import StackingRulesIn
from patron.kernel.clock import now_ms
from patron.running import Opened, opened
from tests.support.plans import plan_of

PROJECTS = 100
STATEMENTS: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "live": (LIVE, {}),
    "by id": (BY_ID, {"id": "cat_1"}),
    "stacking rules": (OF_PROJECT, {}),
}


@pytest.fixture(scope="module")
def filled(shared_database_url: str) -> tuple[str, str]:
    """A database with a category and stacking rules in each of many projects; its URL and one of the projects."""
    return shared_database_url, asyncio.run(_fill(shared_database_url))


async def _fill(database_url: str) -> str:
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        projects = [await open_project(patron.units, f"Shop {n}") for n in range(PROJECTS)]
        for project_id in projects:
            await _define(patron, Ctx(project_id, now_ms(), token_bytes(16)))
        return projects[0]


async def _define(patron: Opened, ctx: Ctx) -> None:
    await patron.units.write(CREATE, ctx, CategoryIn(name="Sale", hierarchy=1))
    await patron.units.write(stacking_rules.CREATE, ctx, StackingRulesIn())


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_read_looks_at_its_own_projects_rows_alone(filled: tuple[str, str], name: str) -> None:
    url, project_id = filled
    statement, params = STATEMENTS[name]
    plan = plan_of(url, statement, {"project_id": project_id, **params})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= 2
