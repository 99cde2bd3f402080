"""What an operator does with jobs, and what becomes of those that run meanwhile."""

import asyncio

import msgspec
import pytest

from patron.kernel.clock import now_ms
from patron.queue.by_hand import JOB, NEWEST, Named, NotPossible, _canceling, cancel, retry
from patron.queue.claims import CLAIM, Claim
from patron.queue.failures import giving_up
from patron.queue.jobs import JobRow, Work
from tests.queue.toys import COUNT, MOVE, Times, Yard, statuses, task


async def test_a_canceled_job_that_waits_is_never_run(toys: Yard) -> None:
    [job_id] = await toys.order(COUNT, Times("x"))
    assert await cancel(toys.units, {}, toys.project_id, job_id) == "queued"
    async with toys.working(COUNT):
        await asyncio.sleep(1.2)
    assert statuses(await toys.jobs()) == ["canceled"]
    assert await toys.counters() == {}


async def test_a_canceled_job_that_runs_stops_at_its_next_step(toys: Yard) -> None:
    stepped, canceled = asyncio.Event(), asyncio.Event()

    async def run(work: Work[Times]) -> None:
        await work.step(MOVE, "before", state=1)
        stepped.set()
        await canceled.wait()
        await work.step(MOVE, "after", state=2)

    async with toys.working(task(run)):
        [job_id] = await toys.order(task(run), Times("x"))
        await stepped.wait()
        assert await cancel(toys.units, {}, toys.project_id, job_id) == "running"
        canceled.set()
    job = await toys.job()
    assert (job.status, job.state, job.due_at) == ("canceled", "1", None)
    assert await toys.counters() == {"before": 1}


@pytest.mark.usefixtures("soon")
async def test_a_failed_job_that_is_retried_goes_on_from_its_last_step_with_all_its_attempts(toys: Yard) -> None:
    mended = False

    async def run(work: Work[Times]) -> None:
        if work.state is None:
            await work.step(MOVE, "first", state=1)
        if not mended:
            raise NotImplementedError
        await work.finish(MOVE, "second")

    [job_id] = await toys.order(task(run), Times("x"))
    async with toys.working(task(run)):
        await toys.until(lambda jobs: jobs[0].status == "failed")
        mended = True
        await retry(toys.units, toys.project_id, job_id)
        [job] = await toys.ended()
    assert (job.status, job.attempts, job.error) == ("done", 1, None)
    assert await toys.counters() == {"first": 1, "second": 1}


async def test_a_job_that_waits_can_be_run_before_its_time(toys: Yard) -> None:
    [job_id] = await toys.order(COUNT, Times("x"), run_at=now_ms() + 60_000)
    await retry(toys.units, toys.project_id, job_id)
    async with toys.working(COUNT):
        await toys.ended()


async def test_what_is_done_can_be_neither_retried_nor_canceled(toys: Yard) -> None:
    async with toys.working(COUNT):
        [job_id] = await toys.order(COUNT, Times("x"))
        await toys.ended()
    with pytest.raises(NotPossible, match="is done"):
        await retry(toys.units, toys.project_id, job_id)
    with pytest.raises(NotPossible, match="has ended"):
        await cancel(toys.units, {}, toys.project_id, job_id)
    with pytest.raises(NotPossible, match="gone"):
        await cancel(toys.units, {}, toys.project_id, "job_unknown")


async def test_cancels_and_ends_at_once_agree_on_one_outcome(toys: Yard, twin: Yard) -> None:
    for n in range(10):
        [job_id] = await toys.order(COUNT, Times(str(n)))
        async with toys.working(COUNT):
            outcomes = await asyncio.gather(
                *(cancel(yard.units, {}, toys.project_id, job_id) for yard in (toys, twin) * 3), return_exceptions=True
            )
            await toys.ended()
        job = await toys.patron.database.one(JOB, project_id=toys.project_id, id=job_id)
        assert job is not None
        canceled = [outcome for outcome in outcomes if isinstance(outcome, str)]
        assert len(canceled) == (job.status == "canceled")
        assert (await toys.counters()).get(str(n), 0) == (job.status == "done")


async def test_a_job_that_is_called_off_is_not_claimed_in_the_same_unit(toys: Yard) -> None:
    first, second = (await toys.order(COUNT, Times("x")))[0], (await toys.order(COUNT, Times("y")))[0]
    job = await toys.patron.database.one(JOB, project_id=toys.project_id, id=first)
    assert job is not None
    calling_off = _canceling(giving_up(None, job))
    had, claimed = await asyncio.gather(
        toys.units.write(calling_off, toys.ctx(), Named(first)),
        toys.units.write(CLAIM, toys.ctx(), Claim(1, 60_000)),
    )
    assert had.body == b"queued"
    assert [job.id for job in msgspec.json.decode(claimed.body, type=list[JobRow])] == [second]
    assert {job.id: job.status for job in await toys.jobs()} == {first: "canceled", second: "running"}


async def test_jobs_are_listed_by_status_and_task_newest_first(toys: Yard) -> None:
    other = task(COUNT.run, "toys.other")
    ids = [await toys.order(each, Times("x")) for each in (COUNT, other, COUNT)]
    await cancel(toys.units, {}, toys.project_id, ids[2][0])

    async def listed(status: str, task: str, limit: int = 10) -> list[str]:
        named = {"project_id": toys.project_id, "status": status, "task": task, "limit": limit}
        return [job.id for job in await toys.patron.database.scan(NEWEST, **named)]

    newest_first = [each[0] for each in reversed(ids)]
    assert sorted(await listed("", "")) == sorted(newest_first)
    assert await listed("canceled", "") == ids[2]
    assert await listed("queued", "toys.other") == ids[1]
    assert await listed("canceled", "toys.other") == []
    assert len(await listed("", "", limit=2)) == 2
