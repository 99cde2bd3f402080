"""Rules 18 and 19 of the unit of work: reactions in the unit, an outbox for the rest, claimed by state."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import msgspec
import pytest
import sqlalchemy as sa

from patron.db.actions import Action, Ctx, Outcome, Reply, Wants
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook
from patron.db.statements import Statement
from patron.kernel.clock import now_ms
from patron.kernel.problems import invalid_payload
from patron.queue.announcements import Announcements, Reaction
from patron.queue.listeners import Delivered, hand_over
from patron.queue.outbox import CLAIM, OUTBOX, Claim, OutboxRow
from tests.db.toys import USE, VOUCHERS, P, Toys, Voucher, a_write, ctx, make_tables, opened

LEASE_MS = 60_000
FINISH = hand_over(())
ALL_OUTBOX = Statement(sa.select(OUTBOX.sa).order_by(OUTBOX.c.id), OutboxRow)


class Used(msgspec.Struct, frozen=True):
    """A voucher was used."""

    voucher_id: str


def _want_sum(_used: Used, wants: Wants, _rulebook: Rulebook) -> None:
    wants.lock(VOUCHERS, (P, "sum"))


def _move_sum(rows: Rows, _ctx: Ctx, _used: Used) -> None:
    total = rows.get(VOUCHERS, (P, "sum"))
    assert total is not None
    rows.put(VOUCHERS, msgspec.structs.replace(total, uses=total.uses + 1))


def _want_told(wants: Wants, ctx: Ctx, voucher_id: str) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, voucher_id))
    wants.expect(Used(voucher_id))


def _use_and_tell(rows: Rows, ctx: Ctx, voucher_id: str) -> Outcome:
    outcome = USE.apply(rows, ctx, voucher_id)
    if isinstance(outcome, Reply) and outcome.status == 200:
        rows.announce(Used(voucher_id))
    return outcome


def _use_tell_and_fail(rows: Rows, ctx: Ctx, voucher_id: str) -> Outcome:
    _use_and_tell(rows, ctx, voucher_id)
    raise invalid_payload("never")


def _use_and_put_off(rows: Rows, ctx: Ctx, voucher_id: str) -> Outcome:
    for _ in range(2):
        rows.at_end["sum"] = lambda: _move_sum(rows, ctx, Used(voucher_id))
    return USE.apply(rows, ctx, voucher_id)


USE_AND_PUT_OFF = a_write("use_and_put_off", _want_told, _use_and_put_off)
USE_AND_TELL = a_write("use_and_tell", _want_told, _use_and_tell)
USE_TELL_AND_FAIL = a_write("use_tell_and_fail", _want_told, _use_tell_and_fail)

ANNOUNCEMENTS = Announcements((Reaction(Used, _want_sum, _move_sum),), (Used,))


@pytest.fixture
async def telling(database_url: str) -> AsyncIterator[Toys]:
    """One process in which uses are summed up, and somebody listens to them."""
    await make_tables(database_url)
    async with opened(database_url, ANNOUNCEMENTS) as toys:
        await toys.add(Voucher(P, "sum", "SUM"))
        yield toys


@pytest.fixture
async def other(telling: Toys) -> AsyncIterator[Toys]:
    """Another process on the same database."""
    async with opened(telling.url, ANNOUNCEMENTS) as toys:
        yield toys


async def claim(toys: Toys, limit: int = 100, *, later_ms: int = 0) -> list[OutboxRow]:
    reply = await toys.units.write(CLAIM, replace(ctx(), now=now_ms() + later_ms), Claim(limit, LEASE_MS))
    return msgspec.json.decode(reply.body, type=list[OutboxRow])


class Seen(msgspec.Struct, frozen=True):
    """Two vouchers were used, of which nobody has told beforehand."""

    voucher_ids: tuple[str, ...]


def _want_none(_seen: Seen, _wants: Wants, _rulebook: Rulebook) -> None:
    """What it is about shows in the unit alone."""


def _note_seen(rows: Rows, _ctx: Ctx, seen: Seen) -> None:
    for voucher_id in seen.voucher_ids:
        wants = Wants()
        if not rows.knows(VOUCHERS, (P, voucher_id)):
            wants.lock(VOUCHERS, (P, voucher_id), to_delete=True)
            rows.need(wants)
            continue
        voucher = rows.get(VOUCHERS, (P, voucher_id))
        assert voucher is not None
        rows.put(VOUCHERS, msgspec.structs.replace(voucher, uses=voucher.uses + 1))
        assert rows.before(VOUCHERS, (P, voucher_id)) == voucher


def _want_one(wants: Wants, ctx: Ctx, voucher_id: str) -> None:
    wants.lock(VOUCHERS, (ctx.project_id, voucher_id))


def _use_and_show(rows: Rows, ctx: Ctx, voucher_id: str) -> Outcome:
    outcome = USE.apply(rows, ctx, voucher_id)
    rows.announce(Seen(("sum", "other")))
    return outcome


USE_AND_SHOW = a_write("use_and_show", _want_one, _use_and_show)


async def test_rule_18_what_a_reaction_lacks_is_named_for_a_later_unit_all_at_once(database_url: str) -> None:
    await make_tables(database_url)
    async with opened(database_url, Announcements((Reaction(Seen, _want_none, _note_seen),), ())) as toys:
        for name in ("sum", "other", "a"):
            await toys.add(Voucher(P, name, name.upper(), quantity=30))
        assert set(await toys.at_once([(USE_AND_SHOW, "a")] * 20)) == {200}
        assert {name: each.uses for name, each in (await toys.vouchers()).items()} == {"sum": 20, "other": 20, "a": 20}


async def test_rule_18_what_reacts_is_true_at_the_commit_of_its_cause(telling: Toys, other: Toys) -> None:
    await telling.add(Voucher(P, "a", "A", quantity=30))
    writes: list[tuple[Action[str], str]] = [(USE_AND_TELL, "a")] * 20 + [(USE_TELL_AND_FAIL, "a")] * 5
    statuses = await asyncio.gather(telling.at_once(writes), other.at_once(writes))
    assert sum(status == 200 for each in statuses for status in each) == 30
    vouchers = await telling.vouchers()
    assert vouchers["sum"].uses == vouchers["a"].uses == 30
    told = await telling.database.scan(ALL_OUTBOX)
    assert len(told) == 30
    assert {(row.kind, row.payload) for row in told} == {("Used", told[0].payload)}
    assert msgspec.json.decode(told[0].payload) == {"voucher_id": "a"}


async def test_rule_18_what_is_put_off_is_done_once_at_the_end_of_a_turn(telling: Toys) -> None:
    await telling.add(Voucher(P, "a", "A", quantity=3))
    assert sorted(await telling.at_once([(USE_AND_PUT_OFF, "a")] * 5)) == [200] * 3 + [400] * 2
    assert (await telling.vouchers())["sum"].uses == 5  # a refusal that is remembered is an end too


async def test_rule_18_what_is_taken_back_was_never_told(telling: Toys) -> None:
    await telling.add(Voucher(P, "a", "A"))
    assert await telling.at_once([(USE_TELL_AND_FAIL, "a")]) == [400]
    assert await telling.database.scan(ALL_OUTBOX) == []
    assert (await telling.vouchers())["sum"].uses == 0


async def test_rule_18_what_nobody_listens_to_is_not_kept(database_url: str) -> None:
    await make_tables(database_url)
    async with opened(database_url) as toys:
        await toys.add(Voucher(P, "a", "A"))
        assert await toys.at_once([(USE_AND_TELL, "a")]) == [200]
        assert await toys.database.scan(ALL_OUTBOX) == []


async def test_rule_19_each_event_goes_to_one_claimant(telling: Toys, other: Toys) -> None:
    await telling.add(Voucher(P, "a", "A"))
    await telling.at_once([(USE_AND_TELL, "a")] * 40)
    claims = await asyncio.gather(*(claim(toys, 7) for toys in (telling, other) * 4))
    claimed = [row.id for rows in claims for row in rows]
    assert len(claimed) == len(set(claimed)) == 40


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rule_19_an_event_that_commits_late_under_a_low_id_is_claimed_too(telling: Toys) -> None:
    await telling.add(Voucher(P, "a", "A"))
    late = await asyncpg.connect(telling.url)
    async with late.transaction():
        await late.execute("INSERT INTO outbox VALUES ($1, 'out_00', 'Used', '{}', 0, 0, 0)", P)
        await telling.at_once([(USE_AND_TELL, "a")] * 3)
        assert len(await claim(telling)) == 3
    await late.close()
    assert [row.id for row in await claim(telling)] == ["out_00"]


async def test_rule_19_a_lease_that_ran_out_is_taken_over_and_its_late_owner_ends_nothing(telling: Toys) -> None:
    await telling.add(Voucher(P, "a", "A"))
    await telling.at_once([(USE_AND_TELL, "a")])
    first = await claim(telling)
    assert await claim(telling) == []
    second = await claim(telling, later_ms=LEASE_MS + 1)
    assert [row.fence for row in first + second] == [1, 2]
    await telling.units.write(FINISH, ctx(), Delivered(first))
    assert len(await telling.database.scan(ALL_OUTBOX)) == 1
    await telling.units.write(FINISH, ctx(), Delivered(second))
    assert await telling.database.scan(ALL_OUTBOX) == []
    await telling.units.write(FINISH, ctx(), Delivered(second))
