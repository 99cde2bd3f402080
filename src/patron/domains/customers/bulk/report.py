"""What became of each row of bulk work: as a value, as a line of the report, as an entry of the result."""

import re
from typing import Any

import msgspec

from patron.domains.async_actions.wire import FailedRow
from patron.domains.customers.model import Customer
from patron.domains.customers.wire import SCALARS
from patron.kernel.problems import Problem

_FORMULA = re.compile(r"[=+\-@\t\r]")
LONGEST_TOLD = 1_000
"""Characters of a text in a report, or in the result: of what a row says, or of why it failed."""
_QUOTED = re.compile(r'[",\r\n]')


class RowOutcome(msgspec.Struct, frozen=True):
    """What became of a row: the customer before and after it, or why it failed."""

    row: int
    source_id: str
    before: Customer | None = None
    after: Customer | None = None
    problem: Problem | None = None


def line_of(outcome: RowOutcome, *, dry_run: bool) -> str:
    """The report's line of a row, by `REPORT_HEADER`; of a dry run with what it would change, and without an id."""
    head = f"{outcome.row},{_cell(_cut(outcome.source_id))}"
    if outcome.problem is not None:
        return f"{head},,,false,{outcome.problem.key},{_cell(_cut(outcome.problem.details))},\r\n"
    before, after = outcome.before, outcome.after
    assert after is not None
    found = _BOOL[before is not None]
    if dry_run:
        return f"{head},,{found},true,,,{_cell(_cut(' '.join(changes_of(before, after))))}\r\n"
    return f"{head},{after.id},{found},true,,,\r\n"


_BOOL = ("false", "true")


def failure_of(outcome: RowOutcome, problem: Problem, *, in_file: bool) -> FailedRow:
    """The entry of the result: a file's rows say a reason, bulk work's say what a refusal would (spec C 2.6, 2.7)."""
    source_id, details = _cut(outcome.source_id), _cut(problem.details)
    if in_file:
        return FailedRow(source_id=source_id, row=outcome.row, reason=details)
    return FailedRow(
        source_id=source_id,
        row=outcome.row,
        key=problem.key,
        message=problem.message,
        details=details,
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


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else f"{text[: LONGEST_TOLD - 2]} …"


def _cell(text: str) -> str:
    """A cell that a spreadsheet shows as text: what looks like a formula gets an apostrophe in front."""
    if _FORMULA.match(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
