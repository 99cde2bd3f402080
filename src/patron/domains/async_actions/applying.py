"""Carrying out a chunk of rows: each is done or reported by itself, in one unit with the step that the action takes.

A domain says by its `Deed` what a row does. One row's fault is that row's: nothing of it stays, the others are done.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.actions.step import advance, found, want_step
from patron.domains.async_actions.carrying_on import Behind
from patron.domains.async_actions.files.rows import Row
from patron.domains.async_actions.model import AsyncAction, Step
from patron.domains.async_actions.told import done_line, failed_line, failure
from patron.kernel.problems import Problem

T = TypeVar("T")


class Done(msgspec.Struct, frozen=True):
    """What became of a row that was carried out: the id of what it is about, and whether that was there before."""

    id: str
    found: bool


class RowsChunk(msgspec.Struct, Generic[T], frozen=True):
    """The rows of chunk `n` of an action, and what the action says of all of them, which is the domain's own."""

    action_id: str
    n: int
    rows: list[Row[T]]
    way: Any = None

    @property
    def said(self) -> list[T]:
        """What those rows say that say something."""
        return [row.said for row in self.rows if row.said is not None]


def nothing_lacks(_rows: Rows, _ctx: Ctx, _chunk: RowsChunk[Any]) -> Wants | None:
    """For rows that are named by keys which lead to nothing else."""
    return None


@dataclass(frozen=True, slots=True)
class Deed(Generic[T]):
    """What rows of one kind do.

    `want` names what a chunk will touch. `lacking` tells, before the first change, what must be named besides.
    `carry_out` does one row, or raises the Problem that is reported of it.
    """

    name: str
    want: Callable[[Read, Ctx, Wants, RowsChunk[T]], Awaitable[None]]
    carry_out: Callable[[Rows, Ctx, RowsChunk[T], Row[T]], Done]
    lacking: Callable[[Rows, Ctx, RowsChunk[T]], Wants | None] = nothing_lacks


def applying(deed: Deed[T]) -> Action[RowsChunk[T]]:
    """The action that carries out chunks. Answers 200 with `Behind`; a chunk that is done already changes nothing."""

    async def gather(read: Read, ctx: Ctx, body: RowsChunk[T]) -> Wants:
        wants = Wants()
        want_step(ctx, wants, body.action_id, body.n)
        await deed.want(read, ctx, wants, body)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: RowsChunk[T]) -> Outcome:
        action = found(rows, ctx, body.action_id)
        if action.status == "DONE" or action.position != body.n:
            return _told(action)
        lacking = deed.lacking(rows, ctx, body)
        if lacking is not None:
            return Need(lacking)
        outcomes = [_outcome(deed, rows, ctx, body, row) for row in body.rows]
        step = _step_of(action.type, body.rows, outcomes)
        return _told(advance(rows, ctx, action, step))

    return Action(deed.name, gather, apply)


def _outcome(deed: Deed[T], rows: Rows, ctx: Ctx, body: RowsChunk[T], row: Row[T]) -> Done | Problem:
    if row.problem is not None:
        return row.problem
    return rows.attempt(partial(deed.carry_out, rows, ctx, body, row))


def _step_of(kind: str, rows: Sequence[Row[Any]], outcomes: Sequence[Done | Problem]) -> Step:
    told = list(zip(rows, outcomes, strict=True))
    failures = tuple(failure(kind, row.number, row.name, each) for row, each in told if isinstance(each, Problem))
    return Step(
        done=len(rows) - len(failures),
        failed=len(failures),
        passed=len(rows),
        lines="".join(_line_of(row, each) for row, each in told),
        failures=failures,
    )


def _line_of(row: Row[Any], outcome: Done | Problem) -> str:
    if isinstance(outcome, Problem):
        return failed_line(row.number, row.name, outcome)
    return done_line(row.number, row.name, outcome.id, found=outcome.found)


def _told(action: AsyncAction) -> Reply:
    return Reply(200, msgspec.json.encode(Behind(action.position, action.done_count, action.failed_count)))
