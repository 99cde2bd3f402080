"""Jobs: enqueued with their cause, run by a worker, in steps that happen exactly once."""

import asyncio

import msgspec
import pytest

from patron.kernel.clock import now_ms
from patron.queue import worker
from patron.queue.jobs import LostLease, Work
from tests.queue.toys import COUNT, MOVE, Times, Yard, statuses, task


async def test_a_job_runs_once_and_what_it_was_told_is_forgotten(toys: Yard) -> None:
    async with toys.working(COUNT):
        [job_id] = await toys.order(COUNT, Times("a"))
        [job] = await toys.ended()
    assert (job.id, job.status, job.attempts, job.progress) == (job_id, "done", 1, 100)
    assert job_id.startswith("job_")
    assert (job.payload, job.state, job.error, job.due_at) == (None,) * 4
    assert await toys.counters() == {"a": 1}


async def test_a_job_begins_as_soon_as_its_cause_has_committed(toys: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """No visit finds it: the next one is an hour away."""
    monkeypatch.setattr(worker, "VISIT_SECONDS", 3_600)
    async with toys.working(COUNT):
        await toys.order(COUNT, Times("found by the first visit"))
        await toys.ended()
        for n in range(3):
            await toys.order(COUNT, Times(str(n)))
            await toys.ended()


async def test_what_another_process_enqueued_is_found_by_the_next_visit(toys: Yard, twin: Yard) -> None:
    assert worker.VISIT_SECONDS == 1
    async with toys.working(COUNT):
        await twin.order(COUNT, Times("a"))
        await toys.ended()


async def test_a_cause_that_fails_leaves_no_job(toys: Yard) -> None:
    with pytest.raises(ZeroDivisionError):
        await toys.order(COUNT, Times("a"), counter="cause", fails=True)
    assert await toys.jobs() == []
    await toys.order(COUNT, Times("a"), counter="cause")
    assert statuses(await toys.jobs()) == ["queued"]
    assert await toys.counters() == {"cause": 1}


async def test_a_job_waits_for_its_hour(toys: Yard) -> None:
    hour = now_ms() + 1_200
    async with toys.working(COUNT):
        [later] = await toys.order(COUNT, Times("later"), run_at=hour)
        [much_later] = await toys.order(COUNT, Times("much later"), run_at=hour + 3_600_000)
        await toys.order(COUNT, Times("now"))
        jobs = {job.id: job for job in await toys.until(lambda jobs: statuses(jobs).count("done") == 2)}
    assert jobs[much_later].status == "queued"
    assert (jobs[later].finished_at or 0) >= hour


async def test_jobs_of_a_project_that_does_not_exist_are_left_alone(toys: Yard, twin: Yard) -> None:
    async with toys.working(COUNT):
        twin.project_id = "proj_of_nobody"
        await twin.order(COUNT, Times("a"))
        await asyncio.sleep(1.2)
    assert statuses(await toys.jobs()) == ["queued"]


async def test_many_jobs_each_have_their_effect_once_with_a_bounded_number_at_once(toys: Yard) -> None:
    at_once, most = 0, 0

    async def run(work: Work[Times]) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.001)
        await work.step(MOVE, "steps", state=1)
        at_once -= 1
        await work.finish(MOVE, "ends")

    counting = task(run)
    await toys.order(counting, *[Times("x")] * 200)
    async with toys.working(counting, concurrency=5):
        assert set(statuses(await toys.ended())) == {"done"}
    assert await toys.counters() == {"steps": 200, "ends": 200}
    assert most == 5


async def test_two_workers_share_the_jobs(toys: Yard, twin: Yard) -> None:
    ran: dict[str, list[str]] = {"toys": [], "twin": []}
    shared = asyncio.Event()

    def by(name: str) -> object:
        async def run(work: Work[Times]) -> None:
            ran[name].append(work.job_id)
            if all(ran.values()):
                shared.set()
            await shared.wait()
            await work.finish(MOVE, "n")

        return task(run)

    mine, its = by("toys"), by("twin")
    await toys.order(mine, *[Times("x")] * 100)  # type: ignore[arg-type]
    async with toys.working(mine, concurrency=2), twin.working(its, concurrency=2):  # type: ignore[arg-type]
        await toys.ended()
    assert await toys.counters() == {"n": 100}
    assert len({*ran["toys"], *ran["twin"]}) == len(ran["toys"] + ran["twin"]) == 100


async def test_a_worker_that_stops_puts_back_what_it_runs_and_the_next_goes_on_from_its_last_step(toys: Yard) -> None:
    stepped = asyncio.Event()

    async def run(work: Work[Times]) -> None:
        if work.state is None:
            await work.step(MOVE, "first", state={"next": 2}, progress=50)
            stepped.set()
            await asyncio.sleep(60)
        assert msgspec.json.decode(work.state or b"") == {"next": 2}
        await work.finish(MOVE, "second")

    stepping = task(run)
    async with toys.working(stepping, stop_seconds=0):
        await toys.order(stepping, Times("x"))
        await stepped.wait()
    job = await toys.job()
    assert (job.status, job.progress, job.attempts) == ("queued", 50, 0)
    async with toys.working(stepping):
        await toys.ended()
    assert await toys.counters() == {"first": 1, "second": 1}


async def test_a_worker_that_stops_lets_short_jobs_end(toys: Yard) -> None:
    begun = asyncio.Event()

    async def run(work: Work[Times]) -> None:
        begun.set()
        await asyncio.sleep(0.3)

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        await begun.wait()
    assert statuses(await toys.jobs()) == ["done"]


async def test_a_step_after_the_end_changes_nothing(toys: Yard) -> None:
    late: list[type[BaseException]] = []

    async def run(work: Work[Times]) -> None:
        await work.finish(MOVE, "n")
        for write in (work.step(MOVE, "n"), work.finish(MOVE, "n")):
            try:
                await write
            except LostLease as fault:
                late.append(type(fault))

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        await toys.until(lambda _jobs: len(late) == 2)
    assert await toys.counters() == {"n": 1}
    assert statuses(await toys.jobs()) == ["done"]


async def test_a_job_that_is_not_kept_is_gone_when_it_is_done(toys: Yard) -> None:
    async def run(work: Work[Times]) -> None:
        await work.step(MOVE, "n")
        await work.finish(MOVE, "n")

    passing = task(run, keep=False)
    async with toys.working(passing):
        await toys.order(passing, *[Times("x")] * 3)
        await toys.until(lambda jobs: not jobs)
    assert await toys.counters() == {"n": 6}
