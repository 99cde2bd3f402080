"""What became of each row of bulk work: as a value, as a line of the report, as an entry of the result."""

from typing import Any

import msgspec

from patron.domains.async_actions import cell, cut, failed_in_file, failed_line
from patron.domains.async_actions.wire import FailedRow
from patron.domains.customers.model import Customer
from patron.domains.customers.wire import SCALARS
from patron.kernel.problems import Problem


class RowOutcome(msgspec.Struct, frozen=True):
    """What became of a row: the customer before and after it, or why it failed."""

    row: int
    source_id: str
    before: Customer | None = None
    after: Customer | None = None
    problem: Problem | None = None


def line_of(outcome: RowOutcome, *, dry_run: bool) -> str:
    """The report's line of a row, by `REPORT_HEADER`; of a dry run with what it would change, and without an id."""
    if outcome.problem is not None:
        return failed_line(outcome.row, outcome.source_id, outcome.problem)
    head = f"{outcome.row},{cell(outcome.source_id)}"
    before, after = outcome.before, outcome.after
    assert after is not None
    found = _BOOL[before is not None]
    if dry_run:
        return f"{head},,{found},true,,,{cell(' '.join(changes_of(before, after)))}\r\n"
    return f"{head},{after.id},{found},true,,,\r\n"


_BOOL = ("false", "true")


def failure_of(outcome: RowOutcome, problem: Problem, *, in_file: bool) -> FailedRow:
    """The entry of the result: a file's rows say a reason, bulk work's say what a refusal would (spec C 2.6, 2.7)."""
    if in_file:
        return failed_in_file(outcome.row, outcome.source_id, problem)
    return FailedRow(
        source_id=cut(outcome.source_id),
        row=outcome.row,
        key=problem.key,
        message=problem.message,
        details=cut(problem.details),
    )


def changes_of(before: Customer | None, after: Customer) -> list[str]:
    """The names of what a row sets, and with a minus in front of what it clears."""
    was, now = _parts(before), _parts(after)
    changed = [name if now.get(name) is not None else f"-{name}" for name in now if was.get(name) != now[name]]
    return [*changed, *(f"-{name}" for name in was if name not in now)]


def _parts(customer: Customer | None) -> dict[str, Any]:
    """A profile as flat values by name."""
    if customer is None:
        return {}
    scalars = {name: getattr(customer, name) for name in SCALARS if getattr(customer, name) is not None}
    address = msgspec.json.decode(customer.address) if customer.address is not None else {}
    metadata = msgspec.json.decode(customer.metadata) if customer.metadata is not None else {}
    return {
        **scalars,
        **{f"address.{part}": value for part, value in address.items() if value is not None},
        **{f"metadata.{key}": value for key, value in metadata.items()},
    }
