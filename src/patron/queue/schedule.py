"""The schedule: chores that every process may run at any time, and that run again after a pause."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

import structlog

from patron.db.actions import Action, Ctx
from patron.db.units import Units
from patron.kernel.clock import now_ms
from patron.kernel.problems import Problem
from patron.queue.purge import Purge

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """A purge and the age (ms) from which rows fall to it. Running it twice, or in two processes, does no harm."""

    action: Action[Purge]
    keep_ms: int


FIRST_SECONDS = 60.0
"""The first round comes soon, since a process that is replaced often would never live to see a later one."""
EVERY_SECONDS = 3_600.0


class Schedule:
    """Runs every chore for every project, then sleeps. `projects` answers the ids of all projects."""

    def __init__(self, units: Units, projects: Callable[[], Awaitable[Sequence[str]]], chores: Sequence[Chore]) -> None:
        self._units = units
        self._projects = projects
        self._chores = chores
        self._task: asyncio.Task[Any] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Stop between two chunks; what is left is done next time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def run_once(self) -> None:
        """Every chore once, for every project."""
        for project_id in await self._projects():
            for chore in self._chores:
                now = now_ms()
                ctx = Ctx(project_id=project_id, now=now, seed=token_bytes(16))
                await self._units.write(chore.action, ctx, Purge(now - chore.keep_ms), bulk=True)

    async def _go_on(self) -> None:
        pause = FIRST_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = EVERY_SECONDS
            try:
                await self.run_once()
            except Problem as problem:
                log.warning("schedule", problem=problem.key)
            except Exception as fault:  # noqa: BLE001 - a fault of one round must not end those to come
                log.error("schedule", fault=type(fault).__name__)
