"""What must be true of the tables, whatever happened: what `patron verify` looks for."""

import asyncio

from patron.app import CHECKS, MADE_CHECKS
from patron.db.inspection import inspecting
from patron.db.verification import Finding, verify
from patron.domains.projects.store import ALL_PROJECTS


def check_tables(database_url: str) -> None:
    """Nothing half done lies in the tables. For SQLite, no server may run meanwhile."""
    findings = asyncio.run(_findings(database_url))
    assert not findings, findings


async def _findings(database_url: str) -> list[Finding]:
    async with inspecting(database_url) as inspection:
        projects = [project.project_id for project in await inspection.all(ALL_PROJECTS)]
        return await verify(inspection, projects, CHECKS, lambda _rule, _n, _of: None, *MADE_CHECKS)
