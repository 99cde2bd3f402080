"""A worker process that may come to harm: `python -m tests.faults.job_worker DATABASE_URL` runs toy jobs.

It prints a line when it has begun, and runs until it is killed.
"""

import asyncio
import sys

from patron.config import Settings
from patron.domains.projects.policy import is_open
from patron.queue.jobs import Task, Work
from patron.queue.worker import Background, Projects, Worker
from patron.running import opened, project_ids
from tests.queue.toys import COUNT, MOVE, Times

LEASE_MS = 1_000
SLOW_SECONDS = 2.0


async def _dawdle(work: Work[Times]) -> None:
    """A step, a pause in which the process may be stopped, and the end; whoever goes on with it makes no pause."""
    if work.state is None:
        await work.step(MOVE, f"{work.payload.counter} begun", state=1)
        await asyncio.sleep(SLOW_SECONDS)
    await work.finish(MOVE, f"{work.payload.counter} ended")


DAWDLE = Task("toys.dawdle", Times, _dawdle)


async def _run(database_url: str) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        projects = Projects(lambda: project_ids(patron), is_open)
        Worker(patron.units, Background((COUNT, DAWDLE)), projects, concurrency=16, lease_ms=LEASE_MS).start()
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
