"""Merging two customers who turned out to be one person (docs/customers.md says what is true when).

The loser's profile goes in one unit: its names lead to the winner, its totals and counters are added. Its history
follows in a job, a chunk of each table in a unit of its own; until it has moved, `histories` tells under which ids to
look.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.traces import CHUNK, Mention, Trace
from patron.domains.customers.actions.find import found, shown, want
from patron.domains.customers.actions.names import Names, names, want_names
from patron.domains.customers.merging import carried_on, merged_into, one_profile, one_sum
from patron.domains.customers.model import (
    CUSTOMER_KEYS,
    CUSTOMER_TOTALS,
    CUSTOMERS,
    LIST,
    MERGED_CUSTOMERS,
    Customer,
    CustomerMerged,
    CustomerUpdated,
)
from patron.domains.customers.policy import check_schema
from patron.domains.customers.store import NOW_OF
from patron.kernel.problems import invalid_payload
from patron.queue.jobs import Task, Work, enqueue

MOST_MERGED = 100
"""So many customers may have become one with another: each read of a history that still moves looks under every id."""

Traces = Sequence[Trace | Mention]
_NOBODY: tuple[Any, ...] = ()


class Merge(msgspec.Struct, frozen=True):
    """Make the customer `source` one with the customer `reference`; each is an id or a source_id."""

    reference: str
    source: str


class MergedHistory(msgspec.Struct, frozen=True):
    """Move the history of the customer who had this id."""

    customer_id: str


def merge_of(traces: Traces) -> Action[Merge]:
    """The verb that merges customers with these traces.

    Body: `Merge`. Answers 200 with the customer that both are now. Where they are one already, nothing changes. Problem
    404 for an unknown customer, 400 for metadata that both together may not have, or too many merged before.
    """
    at_once = [trace for trace in traces if isinstance(trace, Trace) and trace.moves_at_once]
    task = moving_history(traces)

    async def gather(read: Read, ctx: Ctx, body: Merge) -> Wants:
        wants = Wants()
        winner = await want(read, ctx, wants, body.reference, to_delete=True)
        loser = await want(read, ctx, wants, body.source, to_delete=True)
        if winner == loser:
            return wants
        wants.exclusive = True  # whoever else writes about either learns of it in a unit of their own
        wants.count(ctx.project_id, LIST)
        for customer_id in (winner, loser):
            await want_names(read, ctx, wants, customer_id)
        for trace in at_once:
            await _want_all(read, ctx, wants, trace, winner, loser)
        wants.expect(CustomerUpdated(ctx.project_id, winner))
        wants.expect(CustomerMerged(ctx.project_id, winner, loser))
        return wants

    def apply(rows: Rows, ctx: Ctx, body: Merge) -> Outcome:
        winner = found(rows, ctx, body.reference, lambda _id: _NOBODY)
        loser = found(rows, ctx, body.source, lambda _id: _NOBODY)
        if isinstance(winner, Need) or isinstance(loser, Need):
            return More()
        if winner.id == loser.id:
            return shown(rows, winner)
        its_names, others = names(rows, ctx, loser.id), names(rows, ctx, winner.id)
        if its_names is None or others is None or not _knows_all(rows, ctx, at_once, winner.id, loser.id):
            return More()
        _check_bound(body, its_names, others)
        after = _become_one(rows, ctx, winner, loser, its_names)
        for trace in at_once:
            (_fold if trace.fold else _give)(rows, ctx, trace, winner.id, loser.id)
        enqueue(rows, ctx, task, MergedHistory(loser.id))
        rows.announce(CustomerUpdated(ctx.project_id, winner.id))
        rows.announce(CustomerMerged(ctx.project_id, winner.id, loser.id))
        return shown(rows, after)

    return Action("customers.merge", gather, apply)


def moving_history(traces: Traces) -> Task[MergedHistory]:
    """The task that moves the history of a merged customer to whose it is now."""
    action = move_history_of(traces)

    async def run(work: Work[MergedHistory]) -> None:
        while (await work.step(action, work.payload)).status == MOVING:
            pass
        await work.finish()

    return Task("customers.move_history", MergedHistory, run)


MOVING = 202


def move_history_of(traces: Traces) -> Action[MergedHistory]:
    """The write that moves a chunk of each table. Answers `MOVING` while there is more, 204 at the end.

    Whose the rows are is asked by the statements themselves, under the lock of the row that tells it: a customer whose
    own merge, or erasure, comes between two chunks gets none that would be forgotten.
    """
    moves = [trace.given_to(NOW_OF) for trace in traces if isinstance(trace, Trace) and not trace.moves_at_once]

    async def gather(_read: Read, ctx: Ctx, body: MergedHistory) -> Wants:
        wants = Wants()
        wants.lock(MERGED_CUSTOMERS, (ctx.project_id, body.customer_id))
        for move in moves:
            wants.do(move, project_id=ctx.project_id, subject=body.customer_id)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: MergedHistory) -> Outcome:
        merged = rows.get(MERGED_CUSTOMERS, (ctx.project_id, body.customer_id))
        whose = {"project_id": ctx.project_id, "subject": body.customer_id}
        if any(len(rows.scanned(move, **whose)) >= CHUNK for move in moves):
            return Reply(MOVING)
        if merged is not None:
            rows.put(MERGED_CUSTOMERS, replace(merged, moved_at=ctx.now))
        return Reply(204)

    return Action("customers.move_history", gather, apply)


def _check_bound(body: Merge, its_names: Names, others: Names) -> None:
    if len(its_names.merged) + 1 + len(others.merged) > MOST_MERGED:
        raise invalid_payload(
            f"source: expected one with whom at most {MOST_MERGED} customers are merged into {body.reference}"
        )


def _become_one(rows: Rows, ctx: Ctx, winner: Customer, loser: Customer, its_names: Names) -> Customer:
    """The winner as it is now; the loser is gone, its names lead to the winner, its totals are added."""
    after = one_profile(winner, loser, ctx.now)
    check_schema(rows.rulebook, after)
    mine, theirs = (rows.get(CUSTOMER_TOTALS, (ctx.project_id, each.id)) for each in (winner, loser))
    assert mine is not None
    assert theirs is not None
    rows.put(CUSTOMERS, after)
    rows.put(CUSTOMER_TOTALS, one_sum(mine, theirs))
    for key in its_names.keys:
        rows.put(CUSTOMER_KEYS, replace(key, customer_id=winner.id))
    for merged in its_names.merged:
        rows.put(MERGED_CUSTOMERS, carried_on(merged, loser, winner))
    rows.add(MERGED_CUSTOMERS, merged_into(winner, loser, ctx.now))
    rows.remove(CUSTOMER_TOTALS, theirs)
    rows.remove(CUSTOMERS, loser)
    rows.count(LIST, -1)
    return after


async def _want_all(read: Read, ctx: Ctx, wants: Wants, trace: Trace, winner: str, loser: str) -> None:
    whose = {"project_id": ctx.project_id, "subject": loser}
    for row in await read.all(trace.every, **whose):
        wants.lock(trace.table, trace.table.key_of(row), to_delete=trace.fold is not None)
        wants.lock(trace.table, trace.table.key_of(trace.as_of(row, winner)))
    wants.scan(trace.every, scope=f"names of {loser}", **whose)
    if trace.made_of is not None:
        wants.count(ctx.project_id, trace.made_of)


def _knows_all(rows: Rows, ctx: Ctx, at_once: Sequence[Trace], winner: str, loser: str) -> bool:
    whose = {"project_id": ctx.project_id, "subject": loser}
    return all(
        rows.has_scanned(trace.every, **whose)
        and all(
            rows.knows(trace.table, trace.table.key_of(each))
            for row in rows.scanned(trace.every, **whose)
            for each in (row, trace.as_of(row, winner))
        )
        for trace in at_once
    )


def _give(rows: Rows, ctx: Ctx, trace: Trace, winner: str, loser: str) -> None:
    for theirs in rows.scanned(trace.every, project_id=ctx.project_id, subject=loser):
        rows.put(trace.table, trace.as_of(theirs, winner))


def _fold(rows: Rows, ctx: Ctx, trace: Trace, winner: str, loser: str) -> None:
    assert trace.fold is not None
    for theirs in rows.scanned(trace.every, project_id=ctx.project_id, subject=loser):
        moved = trace.as_of(theirs, winner)
        mine = rows.get(trace.table, trace.table.key_of(moved))
        rows.remove(trace.table, theirs)
        if mine is None:
            rows.add(trace.table, moved)
        else:
            rows.put(trace.table, trace.fold(mine, moved))
