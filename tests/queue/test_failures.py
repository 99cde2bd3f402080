"""What goes wrong: errors, lost leases, deaths, deleted projects, tasks that nobody knows."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from patron.db.actions import Action
from patron.kernel.clock import now_ms
from patron.kernel.problems import busy, not_found
from patron.queue import worker
from patron.queue.claims import ATTEMPTS, CLAIM, GIVE_BACK, RENEW, Claim, GiveBack, Renewal
from patron.queue.failures import failing, failure, pause_ms
from patron.queue.jobs import JobRow, LostLease, Work
from patron.queue.worker import UNKNOWN_TASK_MS
from tests.queue.toys import COUNT, MOVE, Times, Yard, run_sql, statuses, task


def runs(name: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("patron_job_runs_total", {"task": name, "outcome": outcome}) or 0.0


@pytest.mark.usefixtures("soon")
async def test_a_job_that_fails_is_tried_again_from_its_last_step(toys: Yard) -> None:
    attempts: list[tuple[int, bytes | None]] = []

    async def run(work: Work[Times]) -> None:
        attempts.append((work.attempt, work.state))
        if work.state is None:
            await work.step(MOVE, "first", state=1)
        if work.attempt < 4:
            raise OSError("secret@example.com")
        await work.finish(MOVE, "second")

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.ended()
    assert (job.status, job.attempts) == ("done", 4)
    assert attempts == [(1, None), (2, b"1"), (3, b"1"), (4, b"1")]
    assert await toys.counters() == {"first": 1, "second": 1}


@pytest.mark.usefixtures("soon")
async def test_a_job_that_always_fails_ends_as_failed_and_tells_nothing_of_a_person(toys: Yard) -> None:
    async def run(_work: Work[Times]) -> None:
        raise ValueError("secret@example.com")

    failing = task(run, "toys.failing")
    before = runs("toys.failing", "retry"), runs("toys.failing", "failed")
    async with toys.working(failing):
        await toys.order(failing, Times("x"))
        [job] = await toys.ended()
    assert (job.status, job.attempts, job.due_at) == ("failed", ATTEMPTS, None)
    assert job.error is not None
    assert job.error.startswith("ValueError at ")
    assert "secret" not in job.error
    assert job.payload is not None
    after = runs("toys.failing", "retry"), runs("toys.failing", "failed")
    assert (after[0] - before[0], after[1] - before[1]) == (ATTEMPTS - 1, 1)


@pytest.mark.usefixtures("soon")
async def test_faults_between_the_steps_of_a_long_job_do_not_add_up(toys: Yard) -> None:
    """Each step fails once: as many faults in all as a job has attempts, of which none follows another."""
    failed: list[tuple[int, int]] = []

    async def run(work: Work[Times]) -> None:
        for n in range(msgspec.json.decode(work.state or b"0", type=int), ATTEMPTS):
            if len(failed) == n:
                failed.append((n, work.attempt))
                raise OSError
            await work.step(MOVE, "n", state=n + 1)

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.ended()
    assert job.status == "done"
    assert failed == [(n, 1) for n in range(ATTEMPTS)]
    assert await toys.counters() == {"n": ATTEMPTS}


@pytest.mark.usefixtures("soon")
async def test_a_step_that_always_fails_has_all_its_attempts_after_one_that_went_well_late(toys: Yard) -> None:
    tried = 0

    async def run(work: Work[Times]) -> None:
        nonlocal tried
        tried += 1
        if tried == ATTEMPTS:
            await work.step(MOVE, "first", state=1)
        raise OSError

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.ended()
    assert (job.status, job.attempts, tried) == ("failed", ATTEMPTS, 2 * ATTEMPTS - 1)


async def test_a_refusal_is_not_tried_again(toys: Yard) -> None:
    async def run(_work: Work[Times]) -> None:
        raise not_found("customer", "secret@example.com")

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.ended()
    assert (job.status, job.attempts, job.error) == ("failed", 1, "Problem: 404 not_found")


@pytest.mark.usefixtures("soon")
async def test_what_is_busy_is_tried_again(toys: Yard) -> None:
    async def run(work: Work[Times]) -> None:
        if work.attempt == 1:
            raise busy("not now")

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.ended()
    assert (job.status, job.attempts) == ("done", 2)


async def test_between_two_tries_a_job_waits(toys: Yard) -> None:
    async def run(_work: Work[Times]) -> None:
        raise OSError

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.until(lambda jobs: jobs[0].error is not None)
    assert job.status == "queued"
    assert job.due_at is not None
    assert 1_000 <= job.due_at - job.updated_at <= 2_000


def test_pauses_grow_from_seconds_to_hours_and_differ() -> None:
    longest = [pause_ms(attempt, 0) for attempt in range(1, ATTEMPTS)]
    assert longest == [2_000, 8_000, 32_000, 128_000, 512_000, 2_048_000, 8_192_000]
    assert [pause_ms(attempt, 1) * 2 for attempt in range(1, ATTEMPTS)] == longest


async def test_a_job_that_cannot_be_decoded_fails_and_holds_up_no_other(toys: Yard, database_url: str) -> None:
    [bad] = await toys.order(COUNT, Times("bad"))
    await run_sql(database_url, """UPDATE jobs SET payload = '{"counter": 5}'""")
    await toys.order(COUNT, Times("good"))
    async with toys.working(COUNT):
        jobs = await toys.until(lambda jobs: "done" in statuses(jobs) and any(job.error for job in jobs))
    assert {job.id: job.status for job in jobs}[bad] == "queued"
    assert await toys.counters() == {"good": 1}


async def test_a_job_of_a_task_of_another_version_waits_for_a_worker_that_knows_it(toys: Yard) -> None:
    await toys.order(COUNT, Times("x"))
    async with toys.working():
        [job] = await toys.until(lambda jobs: jobs[0].fence == 1 and jobs[0].status == "queued")
    assert job.attempts == 0
    assert job.due_at is not None
    assert job.due_at >= job.created_at + UNKNOWN_TASK_MS


async def test_jobs_of_a_deleted_project_are_not_run(toys: Yard, database_url: str) -> None:
    await run_sql(database_url, f"UPDATE projects SET deleted_at = {now_ms()}, version = version + 1")
    await run_sql(database_url, "UPDATE rulebook_versions SET version = version + 1")
    await asyncio.sleep(1.1)
    async with toys.working(COUNT):
        await toys.order(COUNT, Times("x"))
        await asyncio.sleep(1.2)
    assert statuses(await toys.jobs()) == ["queued"]
    assert await toys.counters() == {}


async def claim(toys: Yard, limit: int = 10, lease_ms: int = 60_000, *, later_ms: int = 0) -> list[JobRow]:
    ctx = replace(toys.ctx(), now=now_ms() + later_ms)
    reply = await toys.units.write(CLAIM, ctx, Claim(limit, lease_ms), bulk=True)
    return msgspec.json.decode(reply.body, type=list[JobRow])


def work_on(toys: Yard, job: JobRow) -> Work[Times]:
    return Work(toys.units, COUNT, job, 60_000)


async def test_twenty_claims_at_once_give_each_job_to_one(toys: Yard, twin: Yard) -> None:
    await toys.order(COUNT, *[Times("x")] * 50)
    claims = await asyncio.gather(*(claim(yard, 5) for yard in (toys, twin) * 10))
    claimed = [job.id for jobs in claims for job in jobs]
    assert len(claimed) == len(set(claimed)) == 50


async def test_those_that_have_waited_longest_are_claimed_first(toys: Yard) -> None:
    now = now_ms()
    for n in range(3):
        await toys.order(COUNT, Times(str(n)), run_at=now - n * 1_000)
    order = [
        msgspec.json.decode(job.payload or "", type=Times).counter for _ in range(3) for job in await claim(toys, 1)
    ]
    assert order == ["2", "1", "0"]


async def test_a_claimant_whose_job_was_taken_over_changes_nothing(toys: Yard, twin: Yard) -> None:
    await toys.order(COUNT, Times("x"))
    [first] = await claim(toys)
    assert await claim(twin) == []
    [second] = await claim(twin, later_ms=60_001)
    late, rightful = work_on(toys, first), work_on(twin, second)
    with pytest.raises(LostLease):
        await late.step(MOVE, "late", state="late")
    with pytest.raises(LostLease):
        await late.finish(MOVE, "late")
    back = GiveBack(first.id, first.fence, now_ms())
    assert (await toys.units.write(GIVE_BACK, toys.ctx(), back)).status == 409
    late_failure = failure(first, not_found("customer", "x"))
    assert (await toys.units.write(failing(COUNT, first), toys.ctx(), late_failure)).status == 409
    renewal = await toys.units.write(RENEW, toys.ctx(), Renewal({first.id: first.fence}, 60_000))
    assert msgspec.json.decode(renewal.body) == [first.id]
    assert await toys.jobs() == [second]
    await rightful.finish(MOVE, "rightful")
    assert await toys.counters() == {"rightful": 1}


async def test_of_late_and_rightful_finishes_at_once_one_counts(toys: Yard, twin: Yard) -> None:
    for n in range(1, 21):
        await toys.order(COUNT, Times("x"))
        [first] = await claim(toys, lease_ms=0)
        [second] = await claim(twin)
        faults = await asyncio.gather(
            work_on(toys, first).finish(MOVE, "n"), work_on(twin, second).finish(MOVE, "n"), return_exceptions=True
        )
        assert [type(fault) for fault in faults] == [LostLease, type(None)]
        assert await toys.counters() == {"n": n}


async def test_a_long_job_keeps_its_lease_without_a_step(toys: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEWALS_A_LEASE", 600)
    renewed = asyncio.Event()

    async def run(work: Work[Times]) -> None:
        await renewed.wait()
        await work.finish(MOVE, "n")

    long = task(run)
    async with toys.working(long, lease_ms=60_000):
        await toys.order(long, Times("x"))
        [job] = await toys.until(lambda jobs: jobs[0].status == "running")
        for _ in range(3):
            last = job.due_at or 0
            [job] = await toys.until(lambda jobs, last=last: (jobs[0].due_at or 0) > last)  # type: ignore[misc]
        renewed.set()
        [job] = await toys.ended()
    assert (job.attempts, job.fence) == (1, 1)
    assert await toys.counters() == {"n": 1}


async def test_a_lost_job_is_ended_where_it_runs(toys: Yard, database_url: str) -> None:
    ended = asyncio.Event()

    async def run(_work: Work[Times]) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with toys.working(task(run), lease_ms=300):
        await toys.order(task(run), Times("x"))
        await toys.until(lambda jobs: jobs[0].status == "running")
        await run_sql(database_url, f"UPDATE jobs SET fence = fence + 1, due_at = {now_ms() + 60_000}")
        await asyncio.wait_for(ended.wait(), 20)
    assert statuses(await toys.jobs()) == ["running"]


async def test_a_job_that_kills_its_process_each_time_ends_as_failed(toys: Yard) -> None:
    await toys.order(COUNT, Times("x"))
    for _ in range(ATTEMPTS):
        assert len(await claim(toys, lease_ms=0)) == 1
    async with toys.working(COUNT):
        [job] = await toys.ended()
    assert await toys.counters() == {}
    assert (job.status, job.attempts) == ("failed", ATTEMPTS)
    assert str(job.error).startswith("WorkerLost")


async def test_a_step_that_is_refused_moves_nothing(toys: Yard) -> None:
    async def run(work: Work[Times]) -> None:
        async def gather(*_: Any) -> Any:
            return await MOVE.gather(await work.read(), toys.ctx(), "n")

        def refuse(rows: Any, ctx: Any, body: Any) -> Any:
            MOVE.apply(rows, ctx, body)
            raise not_found("customer", "x")

        refused: Action[str] = Action("refused", gather, refuse)
        with pytest.raises(Exception, match="not_found"):
            await work.step(refused, "n", state="moved")
        assert work.state is None
        await work.finish()

    async with toys.working(task(run)):
        await toys.order(task(run), Times("x"))
        [job] = await toys.ended()
    assert (job.status, job.error) == ("done", None)
    assert await toys.counters() == {}
