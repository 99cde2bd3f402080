"""Lanes: the writes of one project in this process wait here, and share units (rules 1, 13, 15 and 16)."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from secrets import SystemRandom, token_bytes
from typing import TYPE_CHECKING, TypeVar

from patron.db import metrics
from patron.db.actions import Action, Ctx, More, Need, Reply, Wants
from patron.db.faults import LOCK_NOT_AVAILABLE, UNIQUE_VIOLATION, Refused, UnknownOutcome, Unreachable
from patron.db.tables import Table
from patron.db.unit import Member
from patron.kernel.clock import now_ms
from patron.kernel.ids import make_id
from patron.kernel.problems import Problem, busy

if TYPE_CHECKING:
    from patron.db.units import Units


B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one unit of a lane holds, and how much the lane."""

    members: int = 64
    rows: int = 2_000
    bytes: int = 4_000_000
    waiting: int = 1_000
    wait_seconds: float = 2.0


WRITES = Bounds()
BULK = Bounds(rows=500, wait_seconds=60.0)

ROUNDS = 4
"""A write's first unit and three more for rows that it finds it needs."""
TRIES_ALONE = 3
ALONE_SECONDS = 1.0
"""No try begins later than this after the refusal, so that with two waits of 2 s for a lock all end within 5 s."""
_JITTER_SECONDS = 0.05
_RANDOM = SystemRandom()


class Lane:
    """One project's queue of writes and the task that takes them, a unit at a time.

    While one unit commits, the next one's members gather; a lone write starts at once.
    """

    def __init__(self, project_id: str, bounds: Bounds, units: "Units") -> None:
        self.project_id = project_id
        self.bounds = bounds
        self._units = units
        self._waiting: deque[Member] = deque()
        self._work: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    def join(
        self, action: Action[B], ctx: Ctx, body: B, wants: Wants, gone: Callable[[], bool], size: int
    ) -> "asyncio.Future[Reply]":
        """Queue a write; the answer is there when it is committed. Raises Problem 503 when the lane is full."""
        if len(self._waiting) >= self.bounds.waiting:
            metrics.QUEUE_REFUSALS.inc()
            raise busy("Too many writes are waiting for this project; try again shortly.")
        answer = self._loop.create_future()
        self._waiting.append(Member(action, ctx, body, wants, answer, gone, size, time.monotonic()))
        if self._work is None:
            self._work = self._loop.create_task(self._take_units())
        return answer

    async def drained(self) -> None:
        """Wait until nothing is left to do."""
        while self._work is not None:
            await asyncio.wait([self._work])

    async def _take_units(self) -> None:
        try:
            while members := self._pick():
                await self._run(members)
                if self.bounds is BULK:
                    await asyncio.sleep(0)
        finally:
            self._work = None
            self._units.retire(self)

    def _pick(self) -> list[Member]:
        """The next unit's members, within the bounds; those who left or waited too long are let go."""
        picked: list[Member] = []
        passed: list[Member] = []
        rows = size = 0
        scopes: set[str] = set()
        while self._waiting and len(picked) < self.bounds.members:
            member = self._waiting.popleft()
            if self._let_go(member):
                continue
            wants = member.wants
            alone = wants.exclusive or rows + wants.size() > self.bounds.rows or size + member.size > self.bounds.bytes
            if picked and alone:
                self._waiting.appendleft(member)
                break
            if scopes & wants.scopes:
                passed.append(member)
                continue
            picked.append(member)
            rows += wants.size()
            size += member.size
            scopes |= wants.scopes
            if wants.exclusive:
                break
        self._waiting.extendleft(reversed(passed))
        return picked

    def _let_go(self, member: Member) -> bool:
        if member.answer.done():
            return True
        if member.rounds == 0 and member.gone():
            member.answer.set_exception(busy("The client left before this write began."))
            return True
        if member.rounds == 0 and time.monotonic() - member.joined > self.bounds.wait_seconds:
            metrics.QUEUE_REFUSALS.inc()
            member.answer.set_exception(busy("This project's writes take too long just now; try again shortly."))
            return True
        return False

    async def _run(self, members: list[Member]) -> None:
        try:
            await self._run_unit(members)
        except Refused as fault:
            _note(fault)
            await self._run_each_alone(members, fault)
        except Unreachable:
            await self._run_each_alone(members, None)
        except Exception as fault:  # noqa: BLE001 - whatever happens, every member is answered
            _fail(members, fault)

    async def _run_unit(self, members: list[Member]) -> None:
        started = time.perf_counter()
        for member in members:
            member.rounds += 1
        now = now_ms()
        unit = self._units.unit(members, make_id("unit_", now, token_bytes(16)), now)
        await self._units.run(unit)
        metrics.UNIT_MEMBERS.observe(len(members))
        metrics.UNIT_SECONDS.observe(time.perf_counter() - started)
        for member in members:
            await self._settle(member)

    async def _settle(self, member: Member) -> None:
        """Give a member of a committed unit its answer, or a place in a later unit."""
        outcome = member.outcome
        if isinstance(outcome, Reply):
            if not member.answer.done():
                member.answer.set_result(outcome)
        elif isinstance(outcome, Need):
            if member.rounds >= ROUNDS:
                _fail([member], busy("The rows of this write keep changing; try again shortly."))
                return
            member.wants.merge(self._units.completed(self.project_id, outcome.wants))
            self._waiting.appendleft(member)
        elif isinstance(outcome, More):
            member.rounds = 1  # it begins anew, and may find again that it needs rows
            if await self._gather_again(member):
                self._waiting.append(member)
        else:
            assert outcome is not None
            _fail([member], outcome)

    async def _run_each_alone(self, members: list[Member], fault: Refused | None) -> None:
        """After a refused unit: each member in a unit of its own, so that one cannot spoil the others (rule 13)."""
        until = time.monotonic() + ALONE_SECONDS
        for n, member in enumerate(members):
            try:
                await self._run_alone(member, fault, until)
            except Unreachable:
                _fail(members[n:], busy("The database cannot be reached; try again shortly."))
                return

    async def _run_alone(self, member: Member, fault: Refused | None, until: float) -> None:
        for attempt in range(TRIES_ALONE):
            if time.monotonic() > until:
                break
            await asyncio.sleep(_RANDOM.random() * _JITTER_SECONDS * attempt)
            if fault is not None and fault.kind == UNIQUE_VIOLATION:
                member.ctx = _redrawn(member.ctx)
            if not await self._gather_again(member):
                return
            try:
                await self._run_unit([member])
            except Refused as again:
                _note(again)
                fault = again
            except UnknownOutcome as lost:
                _fail([member], lost)
                return
            else:
                return
        _fail([member], _problem(fault))

    async def _gather_again(self, member: Member) -> bool:
        try:
            read = await self._units.reading(self.project_id)
            member.wants = await self._units.gather(member.action, read, member.ctx, member.body)
        except Exception as fault:  # noqa: BLE001 - the member's, whatever it is
            _fail([member], fault)
            return False
        return True


def _fail(members: list[Member], fault: Exception) -> None:
    if isinstance(fault, UnknownOutcome):
        fault = busy("The database was lost while committing: the change may be there. Repeat it with its "
                     "Idempotency-Key, or look before repeating it.")  # fmt: skip
    for member in members:
        if not member.answer.done():
            member.answer.set_exception(fault)


def _redrawn(ctx: Ctx) -> Ctx:
    return replace(ctx, attempt=ctx.attempt + 1)


def _note(fault: Refused) -> None:
    metrics.REFUSED_UNITS.labels(fault.kind, fault.constraint or "").inc()


def _problem(fault: Refused | None) -> Problem:
    if fault is not None and fault.kind == LOCK_NOT_AVAILABLE:
        table = Table.all.get(fault.table or "")
        if table is not None and table.busy_problem is not None:
            return table.busy_problem()
    return busy("The rows of this write are in use; try again shortly.")
