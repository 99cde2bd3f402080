"""Bulk work on customers (spec C 2.6, 2.7): a chunk of rows, each carried out or reported, in one unit with the step.

A customer that is missing is created. One row's fault is that row's: nothing of it stays, and the others are done.
"""

from collections.abc import Mapping
from functools import partial

import msgspec

from patron.db.actions import Action, Ctx, Need, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import Importable, Row, advance, applied, found, want_step
from patron.domains.async_actions.model import Step
from patron.domains.customers.actions.upsert import create, known, missing_import, want_imports
from patron.domains.customers.bulk.report import RowOutcome, failure_of, line_of
from patron.domains.customers.model import CUSTOMERS, LIST, Customer, CustomerImported
from patron.domains.customers.policy import check_schema, patched, replaced
from patron.domains.customers.wire import CustomerIn
from patron.kernel.problems import Problem


class Way(msgspec.Struct, frozen=True):
    """How rows are carried out.

    `overwrite`: a row is the whole profile; otherwise it merges. `dry_run`: nothing is changed, the report tells
    what would be. `in_file`: the rows come from a file, and failures are told in that form. `report`: a line is kept
    of every row; without it, of those that failed.
    """

    overwrite: bool = False
    dry_run: bool = False
    in_file: bool = True
    report: bool = True


class RowsChunk(msgspec.Struct, frozen=True):
    """The rows of chunk `n` of an action, and the progress that they make.

    `before` is how many rows lie before them: who cuts a file otherwise has other rows in a chunk of this number.
    """

    action_id: str
    n: int
    before: int
    rows: list[Row[CustomerIn]]
    way: Way
    passed: int


async def _gather(read: Read, ctx: Ctx, body: RowsChunk) -> Wants:
    wants = Wants()
    want_step(ctx, wants, body.action_id, body.n)
    given = {str(row.number): row.said for row in body.rows if row.said is not None}
    await want_imports(read, ctx, wants, given)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: RowsChunk) -> Outcome:
    action = found(rows, ctx, body.action_id)
    if action.status == "DONE" or (action.position, action.rows) != (body.n, body.before):
        return applied(action, done=False)
    lacking = _lacking(rows, ctx, body)
    if lacking is not None:
        return Need(lacking)
    carry_out = partial(_carry_out_all, rows, ctx, body)
    outcomes = rows.attempt(carry_out, keep=not body.way.dry_run)
    if isinstance(outcomes, Problem):
        raise outcomes
    return applied(advance(rows, ctx, action, _step_of(body, outcomes)), done=True)


def _lacking(rows: Rows, ctx: Ctx, body: RowsChunk) -> Wants | None:
    """What rows need beyond those that were named, of all of them at once."""
    lacking: Wants | None = None
    for row in body.rows:
        wants = row.said and missing_import(rows, ctx, row.said, str(row.number))
        if wants:
            lacking = lacking or Wants()
            lacking.merge(wants)
    return lacking


def _carry_out_all(rows: Rows, ctx: Ctx, body: RowsChunk) -> list[RowOutcome]:
    outcomes: list[RowOutcome] = []
    for row in body.rows:
        carry_out: partial[RowOutcome] = partial(_carry_out, rows, ctx, row, body.way)
        outcome = rows.attempt(carry_out) if row.problem is None else row.problem
        if isinstance(outcome, Problem):
            outcome = RowOutcome(row.number, row.name, problem=outcome)
        outcomes.append(outcome)
    rows.count(LIST, sum(outcome.before is None and outcome.after is not None for outcome in outcomes))
    return outcomes


def _carry_out(rows: Rows, ctx: Ctx, row: Row[CustomerIn], way: Way) -> RowOutcome:
    assert row.said is not None
    before = known(rows, ctx, row.said)
    after = _after(rows, ctx, before, row, way)
    if after is not before:
        rows.announce(CustomerImported(ctx.project_id, after.id))
    return RowOutcome(row.number, row.name, before, after)


def _after(rows: Rows, ctx: Ctx, before: Customer | None, row: Row[CustomerIn], way: Way) -> Customer:
    assert row.said is not None
    if before is None:
        return create(rows, ctx, row.said, str(row.number))
    after = (replaced if way.overwrite else patched)(before, row.said, ctx.now)
    if way.overwrite or isinstance(row.said.metadata, Mapping):
        check_schema(rows.rulebook, after)
    if after is not before:
        rows.put(CUSTOMERS, after)
    return after


def _step_of(body: RowsChunk, outcomes: list[RowOutcome]) -> Step:
    way = body.way
    failures = tuple(
        failure_of(outcome, outcome.problem, in_file=way.in_file) for outcome in outcomes if outcome.problem is not None
    )
    told = outcomes if way.report else [outcome for outcome in outcomes if outcome.problem is not None]
    return Step(
        done=len(outcomes) - len(failures),
        failed=len(failures),
        passed=body.passed,
        lines="".join(line_of(outcome, dry_run=way.dry_run) for outcome in told),
        failures=failures,
    )


APPLY_ROWS = Action("customers.apply_rows", _gather, _apply)
"""Body: `RowsChunk`. Answers 200 with `Applied`; a chunk that an earlier write has done changes nothing."""

CUSTOMER_FILE = Importable("CUSTOMERS.IMPORT_CSV", APPLY_ROWS, RowsChunk, 1_000)
"""A file of customers of any size; its way is a `Way`."""
