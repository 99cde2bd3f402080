"""Carrying out a chunk of rows: each is done or reported by itself, in one unit with the step that the action takes.

A domain says by its `Deed` what a row does. One row's fault is that row's: nothing of it stays, the others are done.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.actions.step import advance, found, want_step
from patron.domains.async_actions.carrying_on import applied
from patron.domains.async_actions.files.rows import Row
from patron.domains.async_actions.model import AsyncAction, Step
from patron.domains.async_actions.told import done_line, failed_line, failure
from patron.kernel.problems import Problem

T = TypeVar("T")


class Done(msgspec.Struct, frozen=True):
    """What became of a row that was carried out: the id of what it is about, and whether that was there before."""

    id: str
    found: bool


class FilePart(msgspec.Struct, frozen=True):
    """What a chunk is of a file that nobody keeps: how many rows lie before it, and by how many bytes it brings it on.

    Who cuts the file otherwise has other rows in a chunk of the same number. `dry_run`: nothing is changed, the report
    tells what would be. `report`: a line is kept of every row; without it, of those that failed.
    """

    before: int
    passed: int
    dry_run: bool
    report: bool


class RowsChunk(msgspec.Struct, Generic[T], frozen=True):
    """The rows of chunk `n` of an action, and what the action says of all of them, which is the domain's own."""

    action_id: str
    n: int
    rows: list[Row[T]]
    way: Any = None
    of_file: FilePart | None = None

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
    """The action that carries out chunks. Answers 200 with `Applied`; a chunk that is done already changes nothing."""

    async def gather(read: Read, ctx: Ctx, body: RowsChunk[T]) -> Wants:
        wants = Wants()
        want_step(ctx, wants, body.action_id, body.n)
        await deed.want(read, ctx, wants, body)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: RowsChunk[T]) -> Outcome:
        action = found(rows, ctx, body.action_id)
        if action.status == "DONE" or action.position != body.n or not _begins_there(action, body.of_file):
            return applied(action, done=False)
        lacking = deed.lacking(rows, ctx, body)
        if lacking is not None:
            return Need(lacking)
        keep = body.of_file is None or not body.of_file.dry_run
        outcomes = rows.attempt(partial(_outcomes, deed, rows, ctx, body), keep=keep)
        if isinstance(outcomes, Problem):
            raise outcomes
        return applied(advance(rows, ctx, action, _step_of(action.type, body, outcomes)), done=True)

    return Action(deed.name, gather, apply)


def _outcome(deed: Deed[T], rows: Rows, ctx: Ctx, body: RowsChunk[T], row: Row[T]) -> Done | Problem:
    if row.problem is not None:
        return row.problem
    return rows.attempt(partial(deed.carry_out, rows, ctx, body, row))


def _outcomes(deed: Deed[T], rows: Rows, ctx: Ctx, body: RowsChunk[T]) -> list[Done | Problem]:
    return [_outcome(deed, rows, ctx, body, row) for row in body.rows]


def _begins_there(action: AsyncAction, part: FilePart | None) -> bool:
    return part is None or action.rows == part.before


def _step_of(kind: str, body: RowsChunk[Any], outcomes: Sequence[Done | Problem]) -> Step:
    told = list(zip(body.rows, outcomes, strict=True))
    part = body.of_file
    failures = tuple(failure(kind, row.number, row.name, each) for row, each in told if isinstance(each, Problem))
    lines = (_line_of(row, each, part) for row, each in told if _is_told(each, part))
    return Step(
        done=len(told) - len(failures),
        failed=len(failures),
        passed=len(told) if part is None else part.passed,
        lines="".join(lines),
        failures=failures,
    )


def _is_told(outcome: Done | Problem, part: FilePart | None) -> bool:
    return part is None or part.report or isinstance(outcome, Problem)


def _line_of(row: Row[Any], outcome: Done | Problem, part: FilePart | None) -> str:
    if isinstance(outcome, Problem):
        return failed_line(row.number, row.name, outcome)
    is_there = outcome.found or part is None or not part.dry_run
    return done_line(row.number, row.name, outcome.id if is_there else "", found=outcome.found)
