"""Bulk work that is broken off, called off, or met by others on its way: no row is lost, and none is done twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest

from patron.app import BACKGROUND
from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import BY_ID, Applied, Row, Size
from patron.domains.async_actions.file_import import FileImport, Pace, file_import
from patron.domains.async_actions.files.chunks import ROWS
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.customers.actions.bulk import APPLY_ROWS, CUSTOMER_FILE, RowsChunk, Way
from patron.domains.customers.actions.carry_on import CARRY_ON
from patron.domains.customers.actions.delete import DELETE, Delete
from patron.domains.customers.actions.start_bulk import START_BULK, StartBulk
from patron.domains.customers.actions.upsert import UPSERT, missing_import, want_imports
from patron.domains.customers.bulk.chunks import of_metadata
from patron.domains.customers.model import CustomerImported
from patron.domains.customers.store import KEY
from patron.domains.customers.wire import CustomerIn
from patron.kernel.problems import Problem
from patron.queue.by_hand import cancel, retry
from tests.queue.toys import Yard, yard


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Yard]:
    async with yard(database_url) as held:
        yield held


async def begin(shop: Yard, many: int) -> str:
    """Bulk work on so many customers; the id of its action."""
    brought = await of_metadata([f"s{n}" for n in range(many)], {"a": 1})
    reply = await shop.units.write(START_BULK, shop.ctx(), StartBulk(brought, Way(in_file=False)))
    return msgspec.json.decode(reply.body, type=AsyncActionId).async_action_id


async def action_of(shop: Yard, action_id: str) -> AsyncAction:
    read = await shop.units.reading(shop.project_id)
    action = await read.one(BY_ID, project_id=shop.project_id, id=action_id)
    assert action is not None
    return action


def result_of(action: AsyncAction) -> dict[str, Any]:
    result: dict[str, Any] = msgspec.json.decode(action.result or "{}")
    return result


async def test_work_that_is_called_off_has_failed_with_its_counts_and_goes_on_when_it_is_retried(shop: Yard) -> None:
    action_id = await begin(shop, 250)
    done = ROWS - 1
    rows = [Row(n + 1, f"s{n}", CustomerIn(source_id=f"s{n}")) for n in range(done)]
    refused: Row[CustomerIn] = Row(ROWS, f"s{done}", None, Problem(400, "k", "m", "d"))
    first = RowsChunk(action_id, 0, 0, [*rows, refused], Way(in_file=False), ROWS)
    await shop.units.write(APPLY_ROWS, shop.ctx(), first)
    job = await shop.job()
    await cancel(shop.units, BACKGROUND.all_tasks, shop.project_id, job.id)
    action = await action_of(shop, action_id)
    assert (action.status, action.done_count, action.failed_count) == ("FAILED", done, 1)
    result = result_of(action)
    assert (result["done_count"], result["failed_count"]) == (done, 1)
    assert [error["row"] for error in result["errors"]] == [ROWS]
    await retry(shop.units, shop.project_id, job.id)
    async with shop.working(CARRY_ON):
        await shop.ended()
    action = await action_of(shop, action_id)
    assert (action.status, action.done_count, action.failed_count) == ("DONE", 249, 1)
    assert "message" not in result_of(action)


async def test_work_whose_rows_are_no_longer_kept_is_not_told_as_done(shop: Yard) -> None:
    brought = await of_metadata(["a", "b"], {"a": 1})
    less = msgspec.structs.replace(brought, total=5)
    reply = await shop.units.write(START_BULK, shop.ctx(), StartBulk(less, Way(in_file=False)))
    async with shop.working(CARRY_ON):
        await shop.ended()
    action = await action_of(shop, msgspec.json.decode(reply.body, type=AsyncActionId).async_action_id)
    assert (action.status, action.done_count) == ("FAILED", 2)
    assert "no longer kept" in result_of(action)["message"]


def people(many: int) -> Iterator[tuple[Row[CustomerIn], Size]]:
    for n in range(many):
        yield Row(n + 1, f"p{n}", CustomerIn(source_id=f"p{n}", name=f"{n}")), 10


async def run(importing: FileImport, many: int) -> AsyncAction:
    return await importing.run(people(many), lambda: 0, lambda _action: None)


async def test_of_two_runs_of_one_import_in_other_steps_one_stops_and_no_row_is_lost(shop: Yard) -> None:
    way = Way(report=True)
    runs = [
        await file_import(shop.units, shop.project_id, CUSTOMER_FILE, "mark", way, 0, Pace(rows, pause))
        for rows, pause in ((7, 0.0), (20, 0.001))
    ]
    assert runs[0].action.id == runs[1].action.id
    async with asyncio.timeout(60):
        outcomes = await asyncio.gather(*(run(each, 300) for each in runs), return_exceptions=True)
    problems = [each.key for each in outcomes if isinstance(each, Problem)]
    [ended] = [each for each in outcomes if isinstance(each, AsyncAction)]
    assert problems == ["import_taken_over"]
    assert (ended.status, ended.done_count, ended.failed_count) == ("DONE", 300, 0)


async def test_a_run_whose_import_another_has_ended_stops(shop: Yard) -> None:
    late, early = [
        await file_import(shop.units, shop.project_id, CUSTOMER_FILE, "m", Way(), 0, Pace(50, 0.0)) for _ in range(2)
    ]
    assert (await run(early, 30)).done_count == 30
    async with asyncio.timeout(20):
        with pytest.raises(Problem, match="goes on with it"):
            await run(late, 30)


async def test_a_customer_deleted_before_it_is_locked_is_made_anew_and_was_expected(shop: Yard) -> None:
    await shop.units.write(UPSERT, shop.ctx(), CustomerIn(source_id="s", name="old"))
    events: list[list[Any]] = []

    async def gather(read: Read, ctx: Ctx, body: RowsChunk) -> Wants:
        wants = await APPLY_ROWS.gather(read, ctx, body)
        await shop.units.write(DELETE, shop.ctx(), Delete("s"))
        return wants

    def apply(rows: Rows, ctx: Ctx, body: RowsChunk) -> Any:
        wants = missing_import(rows, ctx, CustomerIn(source_id="s"), "1")
        events.append([] if wants is None else wants.events)
        return APPLY_ROWS.apply(rows, ctx, body)

    imports = await file_import(shop.units, shop.project_id, CUSTOMER_FILE, "m", Way(), 0, Pace(50, 0.0))
    chunk = RowsChunk(imports.action.id, 0, 0, [Row(1, "s", CustomerIn(source_id="s", name="new"))], Way(), 0)
    reply = await shop.units.write(Action("late", gather, apply), shop.ctx(), chunk, bulk=True)
    applied = msgspec.json.decode(reply.body, type=Applied)
    assert (applied.done, applied.done_count) == (True, 1)
    read = await shop.units.reading(shop.project_id)
    key = await read.one(KEY, project_id=shop.project_id, source_id="s")
    assert key is not None
    assert events == [[CustomerImported(shop.project_id, key.customer_id or "")], []]


async def test_new_customers_lack_nothing(shop: Yard) -> None:
    asked: list[Wants | None] = []

    async def gather(read: Read, ctx: Ctx, body: CustomerIn) -> Wants:
        wants = Wants()
        await want_imports(read, ctx, wants, {"1": body})
        return wants

    def apply(rows: Rows, ctx: Ctx, body: CustomerIn) -> Reply:
        asked.append(missing_import(rows, ctx, body, "1"))
        return Reply(204)

    await shop.units.write(Action("look", gather, apply), shop.ctx(), CustomerIn(source_id="new"))
    assert asked == [None]
