"""How a database would run a statement, and how many rows it looks at."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import apsw
import asyncpg

from patron.db.postgres import READS_AND_WRITES
from patron.db.statements import Statement


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the database's own words, and on PostgreSQL the rows that all its scans looked at."""

    steps: list[str]
    rows_read: int

    @property
    def faults(self) -> list[str]:
        """Steps that look at a whole table, or sort what no index brings in order.

        What SQLite calls a virtual table is a parameter: the values of a JSON array.
        """
        steps = [step for step in self.steps if "VIRTUAL TABLE" not in step]
        return [step for step in steps if step.startswith(("SCAN", "Seq Scan", "Sort")) or "TEMP B-TREE" in step]


def plan_of(
    database_url: str, statement: Statement[Any], params: dict[str, Any], settings: dict[str, str] = READS_AND_WRITES
) -> Plan:
    """The plan that the server would get: on PostgreSQL one that is made once for all values.

    `settings` are those of its connections; a unit's are `WRITES`.
    """
    if database_url.startswith("sqlite"):
        return _sqlite_plan(database_url.removeprefix("sqlite:///"), statement, params)
    return asyncio.run(_postgres_plan(database_url, statement, params, settings))


def _sqlite_plan(path: str, statement: Statement[Any], params: dict[str, Any]) -> Plan:
    connection = apsw.Connection(path)
    text = statement.sqlite
    steps = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text.sql}", text.take(params))]
    connection.close()
    return Plan(steps, 0)


async def _postgres_plan(url: str, statement: Statement[Any], params: dict[str, Any], settings: dict[str, str]) -> Plan:
    session = await asyncpg.connect(url, server_settings=settings)
    text = statement.postgres
    await session.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE asked AS {text.sql}")
    values = ", ".join("'{}'".format(str(value).replace("'", "''")) for value in text.take(params))
    [[answer]] = await session.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked{f'({values})' * bool(values)}")
    await session.close()
    found = nodes(json.loads(answer)[0]["Plan"])
    steps = [f"{node['Node Type']} {node.get('Relation Name', '')} {node.get('Index Cond', '')}" for node in found]
    return Plan(steps, round(sum(map(rows_read_by, found))))


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """PostgreSQL's plan, and all that stands below it."""
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


def rows_read_by(node: dict[str, Any]) -> float:
    """How many rows of a table a step of PostgreSQL's looked at, in all its loops; 0 for one that looks at none."""
    if "Relation Name" not in node:
        return 0
    return float(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)))
