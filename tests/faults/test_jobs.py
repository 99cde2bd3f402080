"""Workers are killed and paused at any moment: each job has its effect exactly once, and none is lost."""

import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from patron.db.statements import Statement
from patron.queue.jobs import JOBS
from tests.faults.job_worker import DAWDLE
from tests.faults.rounds import Log
from tests.queue.toys import COUNT, Times, Yard, yard

START_SECONDS = 120
JOBS_A_ROUND = 500
SHORT = 3
PAUSED = 8

IN_STATUS = Statement(sa.select(sa.func.count()).where(JOBS.c.status == sa.bindparam("status")), int)


@contextmanager
def worker(database_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process that has begun to look for jobs."""
    with tempfile.TemporaryDirectory(prefix="patron-test-") as folder:
        out = Path(folder) / "out"
        with out.open("wb") as to_out:
            command = [sys.executable, "-m", "tests.faults.job_worker", database_url]
            process = subprocess.Popen(command, stdout=to_out, cwd=Path(__file__).parents[2])
        try:
            deadline = time.monotonic() + START_SECONDS
            while "begun" not in out.read_text():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)
            yield process
        finally:
            process.kill()
            process.wait()


async def in_status(toys: Yard, status: str) -> int:
    [n] = await toys.patron.database.scan(IN_STATUS, status=status)
    return n


async def until_in_status(toys: Yard, status: str, n: int, seconds: float = 240) -> None:
    async with asyncio.timeout(seconds):
        while await in_status(toys, status) < n:  # noqa: ASYNC110 - the database cannot call
            await asyncio.sleep(0.005)


async def test_killed_workers_lose_no_job_and_repeat_none(database_url: str, rounds: int, fault_log: Log) -> None:
    """In a normal run 500 jobs and 3 kills; `--rounds 20` makes it 10,000 jobs and 20 kills.

    Every second job has two steps before its end, so that what a kill leaves between two of them is gone on with.
    """
    chance = random.Random(rounds)
    number = JOBS_A_ROUND if rounds <= SHORT else JOBS_A_ROUND * rounds
    payloads = [Times(f"job {n}", 1 + 2 * (n % 2)) for n in range(number)]
    async with yard(database_url) as toys:
        for n in range(0, number, JOBS_A_ROUND):
            await toys.order(COUNT, *payloads[n : n + JOBS_A_ROUND])
        for n in range(rounds):
            enough = number * n // rounds + chance.randrange(number // rounds // 2)
            with worker(database_url) as process:
                await until_in_status(toys, "done", enough)
                await asyncio.sleep(chance.random() * 0.02)
                process.send_signal(signal.SIGKILL)
                await asyncio.to_thread(process.wait)
            running, done = await in_status(toys, "running"), await in_status(toys, "done")
            fault_log.note(f"kill -9 round {n + 1}: {done} of {number} jobs done, {running} cut off so far")
        with worker(database_url):
            await until_in_status(toys, "done", number)
        assert await toys.counters() == {payload.counter: payload.times for payload in payloads}
        jobs = await toys.jobs()
        assert {job.status for job in jobs} == {"done"}
        cut_off = sum(job.fence > 1 for job in jobs)
    assert cut_off > 0
    fault_log.note(f"{number} jobs, {rounds} kills, {cut_off} jobs cut off: each has had its effect exactly once")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_paused_worker_that_comes_back_changes_nothing(database_url: str, rounds: int, fault_log: Log) -> None:
    async with yard(database_url) as toys:
        for n in range(rounds):
            names = [f"{n}.{job}" for job in range(PAUSED)]
            begun_and_ended = await toys.counters()
            with worker(database_url) as paused:
                await toys.order(DAWDLE, *map(Times, names))
                await toys.counted(begun_and_ended | {f"{name} begun": 1 for name in names})
                paused.send_signal(signal.SIGSTOP)
                held = await in_status(toys, "running")
                with worker(database_url):
                    await until_in_status(toys, "done", PAUSED * (n + 1))
                paused.send_signal(signal.SIGCONT)
                await asyncio.sleep(1)
                assert paused.poll() is None
            assert held == PAUSED
            counters = await toys.counters()
            wanted = {f"{name} {part}": 1 for name in names for part in ("begun", "ended")}
            assert {name: counters[name] for name in wanted} == wanted
            assert {job.status for job in await toys.jobs()} == {"done"}
            fault_log.note(f"SIGSTOP round {n + 1}: {held} jobs taken over, each has had its effect exactly once")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_of_many_workers_some_are_killed_all_the_time(database_url: str, rounds: int, fault_log: Log) -> None:
    number = JOBS_A_ROUND
    async with yard(database_url) as toys:
        await toys.order(COUNT, *(Times(f"job {n}") for n in range(number)))
        with worker(database_url):
            for _ in range(rounds):
                with worker(database_url) as process:
                    await asyncio.sleep(0.05)
                    process.send_signal(signal.SIGKILL)
            await until_in_status(toys, "done", number)
        assert await toys.counters() == {f"job {n}": 1 for n in range(number)}
    fault_log.note(f"{number} jobs, {rounds} of {rounds + 1} workers killed: each has had its effect exactly once")
