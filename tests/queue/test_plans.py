"""What every worker asks again and again goes by an index, however many jobs a project has had."""

import asyncio
from typing import Any

import pytest

from patron.db.statements import Statement
from patron.kernel.clock import now_ms
from patron.queue.by_hand import JOB, NEWEST
from patron.queue.claims import CLAIMABLE, DUE
from patron.queue.outbox import CLAIMABLE as CLAIMABLE_EVENTS
from patron.queue.outbox import WAITING
from patron.queue.schedule import OF_PROJECT
from tests.queue.toys import COUNT, Times, Yard, run_sql
from tests.support.plans import plan_of

ENDED = 2_000
DUE_NOW = 5

MANY = f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {ENDED})"
CLAIMED_EVENTS = (
    f"{MANY} INSERT INTO outbox (project_id, id, kind, payload, created_at, lease_until, fence) "
    "SELECT '{}', CAST(n AS TEXT), 'Rang', '1', 1, 9999999999999, 1 FROM many"
)
OTHER_SCHEDULES = (
    f"{MANY} INSERT INTO schedules (project_id, name, timing, next_at) SELECT CAST(n AS TEXT), 'x', '', 1 FROM many"
)

ASKED: dict[str, tuple[Statement[Any], dict[str, Any]]] = {
    "due": (DUE, {"now": now_ms() + 60_000}),
    "claimable": (CLAIMABLE.statement, {"now": now_ms() + 60_000, "limit": 3}),
    "waiting": (WAITING, {"now": now_ms()}),
    "claimable events": (CLAIMABLE_EVENTS.statement, {"now": now_ms(), "limit": 3}),
    "schedules": (OF_PROJECT, {}),
    "job": (JOB, {"id": "job_7"}),
}
OPERATORS = {"newest": (NEWEST, {"status": "", "task": "", "limit": 10})}
"""Asked so rarely that a plan may be poor while the statistics are."""


@pytest.mark.parametrize("analyzed", [False, True], ids=["new", "analyzed"])
async def test_what_workers_ask_reads_no_more_than_it_takes(toys: Yard, database_url: str, analyzed: bool) -> None:
    for _ in range(ENDED // 500):
        await toys.order(COUNT, *[Times("x")] * 500)
    await run_sql(database_url, "UPDATE jobs SET status = 'done', due_at = NULL, finished_at = 1, payload = NULL")
    await toys.order(COUNT, *[Times("x")] * DUE_NOW)
    await run_sql(database_url, CLAIMED_EVENTS.format(toys.project_id))
    await run_sql(database_url, OTHER_SCHEDULES)
    if analyzed:
        await run_sql(database_url, "ANALYZE")
    for name, (statement, params) in {**ASKED, **(OPERATORS if analyzed else {})}.items():
        params = {"project_id": toys.project_id, **params}
        plan = await asyncio.to_thread(plan_of, database_url, statement, params)
        assert not plan.faults, (name, plan)
        assert plan.rows_read <= 10, (name, plan)
