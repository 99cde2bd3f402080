"""Listeners: what follows from an event after its cause has committed (unit-of-work rule 18).

An event waits in the outbox. It is handed over as one job for each of its listeners, in the unit that takes it out:
from there on each delivery is retried by itself, so that one that cannot succeed holds up no other.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any, Generic, TypeVar

import msgspec

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.units import Units
from patron.kernel.clock import now_ms
from patron.queue.jobs import CHANNEL, Task, Work, enqueue_json
from patron.queue.outbox import CLAIM, OUTBOX, WAITING, Claim, OutboxRow

E = TypeVar("E", bound=msgspec.Struct)

CHUNK = 100
LEASE_MS = 20_000


@dataclass(frozen=True, slots=True)
class Listener(Generic[E]):
    """Delivers events of one type, at least once each and in no certain order.

    `name` is stored with each delivery, so it stays. `deliver` is the run of a job whose payload is the event: what it
    changes by `step` or `finish` happens exactly once, what it does outside may happen again.
    """

    event: type[E]
    name: str
    deliver: Callable[[Work[E]], Awaitable[None]]

    @property
    def task(self) -> Task[E]:
        """The deliveries, as jobs."""
        return Task(self.name, self.event, self.deliver, keep=False)


class Delivered(msgspec.Struct, frozen=True):
    """Events as they were claimed."""

    rows: list[OutboxRow]


def hand_over(listeners: Iterable[Listener[Any]]) -> Action[Delivered]:
    """The write that takes claimed events out of the outbox and enqueues their deliveries.

    An event that another claimant has taken over since is left to that one.
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for listener in listeners:
        names[listener.event.__name__].append(listener.name)

    async def gather(_read: Read, _ctx: Ctx, body: Delivered) -> Wants:
        wants = Wants()
        for row in body.rows:
            wants.lock(OUTBOX, OUTBOX.key_of(row), to_delete=True)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: Delivered) -> Reply:
        for claimed in body.rows:
            event = rows.get(OUTBOX, OUTBOX.key_of(claimed))
            if event is None or event.fence != claimed.fence:
                continue
            rows.remove(OUTBOX, event)
            for name in names[event.kind]:
                enqueue_json(rows, ctx, name, event.payload, label=event.id)
        return Reply(204)

    return Action("outbox.hand_over", gather, apply)


class Relay:
    """Hands over the events of every project, as this process looks after them."""

    def __init__(self, units: Units, listeners: tuple[Listener[Any], ...]) -> None:
        self._units = units
        self._listens = bool(listeners)
        self._hand_over = hand_over(listeners)
        self._woken: dict[str, None] = {}
        self._changed = asyncio.Event()

    def wake(self, project_id: str) -> None:
        """Look into this project's outbox soon."""
        self._woken[project_id] = None
        self._changed.set()

    async def visit(self, project_id: str) -> None:
        """Wake the project if an event waits in it."""
        if self._listens and await self._units.database.one(WAITING, project_id=project_id, now=now_ms()) is not None:
            self.wake(project_id)

    async def next_woken(self) -> str:
        """The project whose turn it is, as soon as there is one."""
        while not self._woken:
            self._changed.clear()
            await self._changed.wait()
        project_id = next(iter(self._woken))
        del self._woken[project_id]
        return project_id

    async def hand_over_some(self, project_id: str) -> None:
        """Hand over events of the project; if it has more of them, it waits its turn."""
        reply = await self._units.write(CLAIM, _ctx(project_id), Claim(CHUNK, LEASE_MS))
        claimed = msgspec.json.decode(reply.body, type=list[OutboxRow])
        if claimed:
            await self._units.write(self._hand_over, _ctx(project_id), Delivered(claimed))
        if len(claimed) == CHUNK:
            self.wake(project_id)


def _ctx(project_id: str) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16), channel=CHANNEL)
