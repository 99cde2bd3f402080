"""The schedule: what every project does at certain times, as jobs; each occurrence once, however many workers look.

The next occurrence of each schedule is a row of the project. Whoever finds it due moves it on and enqueues the job in
the same unit. What was missed while no worker ran is made up for once, not as often as it was missed.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from secrets import token_bytes
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from cronsim import CronSim, CronSimError

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.tables import Table
from patron.db.units import Units
from patron.kernel.clock import now_ms
from patron.queue.jobs import CHANNEL, Task, enqueue


class Occurrence(msgspec.Struct, frozen=True):
    """For when (epoch ms) the job was scheduled; after a downtime, the first of the times that were missed."""

    at: int


@dataclass(frozen=True)
class Scheduled:
    """A task that every project runs at the times of a cron text, read in a time zone such as `Europe/Berlin`.

    A time that a change to summer time leaves out comes when the change has happened; one that the change back has
    twice comes once. A project's first occurrence is the first one after a worker has seen the project; so it is
    after `cron` or `zone` was changed. `name` is stored, so it stays. ValueError for a text that is no cron text
    or has a date that never comes; LookupError for a zone that does not exist.
    """

    name: str
    cron: str
    zone: str
    task: Task[Occurrence]

    def __post_init__(self) -> None:
        try:
            CronSim(self.cron, datetime(2000, 1, 1, tzinfo=self._zone))
        except CronSimError as fault:
            raise ValueError(f"{self.cron} is no cron text: {fault}") from None

    @property
    def timing(self) -> str:
        """The cron text and the zone, as the row has them."""
        return f"{self.cron} {self.zone}"

    def next_after(self, moment: int) -> int:
        """The first occurrence after a moment; both epoch ms."""
        began = datetime.fromtimestamp(moment // 1000, self._zone)
        return int(next(CronSim(self.cron, began)).timestamp()) * 1000

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class ScheduleRow(msgspec.Struct, frozen=True):
    """When (epoch ms) a schedule is due next in this project, by the timing that it was reckoned from."""

    project_id: str
    name: str
    timing: str
    next_at: int

    def is_due(self, scheduled: Scheduled, now: int) -> bool:
        """Whether there is something to do: an occurrence has come, or the timing is another one now."""
        return self.timing != scheduled.timing or self.next_at <= now


SCHEDULES = Table(ScheduleRow, "schedules", rank=31, key=("project_id", "name"))

OF_PROJECT = Statement(sa.select(SCHEDULES.sa).where(SCHEDULES.c.project_id == sa.bindparam("project_id")), ScheduleRow)


async def _gather(_read: Read, ctx: Ctx, schedules: tuple[Scheduled, ...]) -> Wants:
    wants = Wants()
    for scheduled in schedules:
        wants.find_or_make(SCHEDULES, ScheduleRow(ctx.project_id, scheduled.name, "", 0))
    return wants


def _apply(rows: Rows, ctx: Ctx, schedules: tuple[Scheduled, ...]) -> Reply:
    for scheduled in schedules:
        row = rows.get(SCHEDULES, (ctx.project_id, scheduled.name))
        assert row is not None
        if not row.is_due(scheduled, ctx.now):
            continue
        if row.timing == scheduled.timing:
            enqueue(rows, ctx, scheduled.task, Occurrence(row.next_at), label=scheduled.name)
        next_at = scheduled.next_after(ctx.now)
        rows.put(SCHEDULES, ScheduleRow(ctx.project_id, scheduled.name, scheduled.timing, next_at))
    return Reply(204)


MOVE_ON = Action("schedules.move_on", _gather, _apply)
"""Enqueues what is due of these schedules, and notes when they are due next."""


class Timetable:
    """The schedules of every project, as this process looks after them."""

    def __init__(self, units: Units, schedules: tuple[Scheduled, ...]) -> None:
        self._units = units
        self._schedules = schedules
        self._nothing_before: dict[str, int] = {}

    async def visit(self, project_id: str) -> None:
        """Enqueue what is due in this project. Asks nothing of the database before the next occurrence."""
        now = now_ms()
        if self._nothing_before.get(project_id, 0) > now or not self._schedules:
            return
        rows = {row.name: row for row in await self._units.database.all(OF_PROJECT, project_id=project_id)}
        if any(self._is_due(rows.get(scheduled.name), scheduled, now) for scheduled in self._schedules):
            ctx = Ctx(project_id, now, token_bytes(16), channel=CHANNEL)
            await self._units.write(MOVE_ON, ctx, self._schedules)
        else:
            self._nothing_before[project_id] = min(row.next_at for row in rows.values())

    @staticmethod
    def _is_due(row: ScheduleRow | None, scheduled: Scheduled, now: int) -> bool:
        return row is None or row.is_due(scheduled, now)
