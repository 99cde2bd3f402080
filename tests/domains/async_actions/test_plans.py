"""Lists and keyed reads of async actions go by an index, and look at no more rows when there are more."""

from collections.abc import Iterator
from typing import Any

import pytest

from bench.shop import project_of, write
from patron.db.statements import Statement
from patron.domains.async_actions.model import ASYNC_ACTIONS, CHUNKS, REPORT_PARTS, AsyncAction, Chunk, ReportPart
from patron.domains.async_actions.store import BY_ID, BY_MARK, FAILURES, LINES, NEXT_CHUNK, page_of
from tests.support.databases import Postgres, sqlite_file
from tests.support.plans import plan_of

MANY = 3_000

QUESTIONS: dict[str, tuple[Statement[Any], dict[str, Any], int]] = {
    "by id": (BY_ID, {"id": "aa-7"}, 1),
    "by mark": (BY_MARK, {"mark": "mark-7"}, 1),
    "next chunk": (NEXT_CHUNK, {"action_id": "aa-7", "n": 1}, 1),
    "lines": (LINES, {"action_id": "aa-7", "first": 0, "end": 400}, 2),
    "failures": (FAILURES, {"action_id": "aa-7", "first": 0, "limit": 50}, 2),
    "page": (page_of(None), {"limit": 11}, 11),
    "page before a moment": (page_of("moment"), {"limit": 11, "moment": 500}, 11),
    "page after a cursor": (page_of("cursor"), {"limit": 11, "value": 500, "id": "aa-500"}, 11),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    if request.param == "sqlite":
        with sqlite_file() as url:
            yield _filled(url)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield _filled(url)


def _filled(url: str) -> tuple[str, str]:
    project_id = project_of(url)
    actions = [
        AsyncAction(
            project_id, f"aa-{n}", "CUSTOMERS.IMPORT_CSV", "DONE", "v", f"mark-{n}", "{}", 2, 2, 2, 2, 0, "{}", n, n
        )
        for n in range(MANY)
    ]
    pairs = [(f"aa-{n}", part) for n in range(MANY) for part in range(2)]
    write(
        url,
        {
            ASYNC_ACTIONS: actions,
            CHUNKS: [Chunk(project_id, action, n, "[]", 1) for action, n in pairs],
            REPORT_PARTS: [ReportPart(project_id, action, n, "x", "[]", 1) for action, n in pairs],
        },
    )
    return url, project_id


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_read_looks_at_its_rows_alone(filled: tuple[str, str], name: str) -> None:
    url, project_id = filled
    statement, params, rows = QUESTIONS[name]
    plan = plan_of(url, statement, {"project_id": project_id, **params})
    assert plan.steps
    assert not plan.faults, plan.steps
    assert plan.rows_read <= rows + 2
