"""Listeners: told of an event after its cause has committed, each by itself."""

import asyncio

import msgspec
import pytest
import sqlalchemy as sa

from patron.app import PARTS
from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebooks
from patron.db.statements import Statement
from patron.db.units import Units
from patron.kernel.problems import invalid_payload
from patron.queue.announcements import Announcements
from patron.queue.jobs import Work
from patron.queue.listeners import Delivered, Listener, hand_over
from patron.queue.outbox import CLAIM, OUTBOX, Claim, OutboxRow
from tests.queue.toys import MOVE, Yard, statuses

WAITING = Statement(sa.select(OUTBOX.sa), OutboxRow)


class Rang(msgspec.Struct, frozen=True):
    """A bell rang."""

    bell: str


class Cracked(msgspec.Struct, frozen=True):
    """A bell cracked; nobody listens."""

    bell: str


async def _gather(_read: Read, _ctx: Ctx, _bells: list[str]) -> Wants:
    return Wants()


def _ring(rows: Rows, _ctx: Ctx, bells: list[str]) -> Outcome:
    for bell in bells:
        rows.announce(Rang(bell))
        rows.announce(Cracked(bell))
    if "none" in bells:
        raise invalid_payload("none")
    return Reply(200)


RING = Action("ring", _gather, _ring)


async def _count(work: Work[Rang]) -> None:
    await work.finish(MOVE, f"heard {work.payload.bell}")


async def _stumble(work: Work[Rang]) -> None:
    if work.payload.bell == "poisoned":
        raise ZeroDivisionError
    await work.finish(MOVE, "stumbled past")


COUNTS = Listener(Rang, "toys.counts", _count)
STUMBLES = Listener(Rang, "toys.stumbles", _stumble)


@pytest.fixture
async def bells(toys: Yard) -> Yard:
    """A yard in which somebody listens to bells."""
    toys.units = Units(toys.patron.database, Rulebooks(PARTS), Announcements((), (Rang,)))
    return toys


async def test_every_listener_is_told_once_and_at_once(bells: Yard) -> None:
    async with bells.working(listeners=(COUNTS, STUMBLES)):
        await asyncio.sleep(0.2)
        await asyncio.gather(*(bells.units.write(RING, bells.ctx(), ["a", "b"]) for _ in range(20)))
        await bells.counted({"heard a": 20, "heard b": 20, "stumbled past": 40})
        await bells.until(lambda jobs: not jobs)
    assert await bells.patron.database.scan(WAITING) == []


async def test_what_waited_while_no_worker_ran_is_delivered(bells: Yard) -> None:
    await bells.units.write(RING, bells.ctx(), [str(n) for n in range(250)])
    assert len(await bells.patron.database.scan(WAITING)) == 250
    async with bells.working(listeners=(STUMBLES,)):
        await bells.counted({"stumbled past": 250})
    assert await bells.patron.database.scan(WAITING) == []


async def test_an_event_that_cannot_be_delivered_holds_up_no_other_event_and_no_other_listener(bells: Yard) -> None:
    async with bells.working(listeners=(COUNTS, STUMBLES), concurrency=1):
        for bell in ("poisoned", "a", "b"):
            await bells.units.write(RING, bells.ctx(), [bell])
        wanted = {"heard poisoned": 1, "heard a": 1, "heard b": 1, "stumbled past": 2}
        await bells.counted(wanted)
        [job] = await bells.until(lambda jobs: len(jobs) == 1 and jobs[0].error is not None)
    assert (job.task, job.status) == ("toys.stumbles", "queued")
    assert str(job.error).startswith("ZeroDivisionError")


async def test_what_is_taken_back_is_not_told(bells: Yard) -> None:
    with pytest.raises(Exception, match="none"):
        await bells.units.write(RING, bells.ctx(), ["none"])
    assert await bells.patron.database.scan(WAITING) == []


async def test_of_two_that_hand_over_the_same_event_the_rightful_one_does(bells: Yard) -> None:
    await bells.units.write(RING, bells.ctx(), ["a"])
    claims = []
    for lease_ms in (0, 60_000):
        reply = await bells.units.write(CLAIM, bells.ctx(), Claim(10, lease_ms))
        claims.append(Delivered(msgspec.json.decode(reply.body, type=list[OutboxRow])))
    handing = hand_over((COUNTS, STUMBLES))
    await asyncio.gather(*(bells.units.write(handing, bells.ctx(), each) for each in claims * 3))
    assert statuses(await bells.jobs()) == ["queued"] * 2
    assert await bells.patron.database.scan(WAITING) == []
