"""What became of each order of an import: as a line of the report, as an entry of the result."""

import csv
import io

import msgspec

from patron.domains.async_actions.wire import FailedRow
from patron.domains.orders.model import Order
from patron.kernel.problems import Problem

LONGEST_TOLD = 1_000
"""Characters of a text in a report, or in the result."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RowOutcome(msgspec.Struct, frozen=True):
    """What became of an order: what it is now and whether it was there before, or why it failed."""

    row: int
    source_id: str
    order: Order | None = None
    found: bool = False
    problem: Problem | None = None


def line_of(outcome: RowOutcome) -> str:
    """The report's line of an order, in the columns of every report.

    The last one names whose it is, so that the report goes when they are erased.
    """
    head: list[str | int] = [outcome.row, _cell(outcome.source_id)]
    if outcome.problem is not None:
        return _line([*head, "", "", "false", outcome.problem.key, _cell(outcome.problem.details), ""])
    order = outcome.order
    assert order is not None
    return _line([*head, order.id, str(outcome.found).lower(), "true", "", "", _people(order)])


def _people(order: Order) -> str:
    people = {"customer_id": order.customer_id, "referrer_id": order.referrer_id}
    return " ".join(f"{role}={person}" for role, person in people.items() if person is not None)


def failure_of(outcome: RowOutcome, problem: Problem) -> FailedRow:
    """The entry of the result (spec I 0.4)."""
    return FailedRow(source_id=_cut(outcome.source_id), row=outcome.row, reason=_cut(problem.details))


def _line(cells: list[str | int]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(text: str) -> str:
    """A cell that a spreadsheet shows as text: what looks like a formula gets an apostrophe in front."""
    return _cut(f"'{text}" if text.startswith(_FORMULA) else text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else f"{text[: LONGEST_TOLD - 2]} …"
