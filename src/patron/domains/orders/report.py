"""What became of each order of an import: as a value, as a line of the report."""

import msgspec

from patron.domains.async_actions import cell, failed_line
from patron.domains.orders.model import Order
from patron.kernel.problems import Problem


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
    if outcome.problem is not None:
        return failed_line(outcome.row, outcome.source_id, outcome.problem)
    order = outcome.order
    assert order is not None
    found = "true" if outcome.found else "false"
    return f"{outcome.row},{cell(outcome.source_id)},{order.id},{found},true,,,{cell(_people(order))}\r\n"


def _people(order: Order) -> str:
    people = {"customer_id": order.customer_id, "referrer_id": order.referrer_id}
    return " ".join(f"{role}={person}" for role, person in people.items() if person is not None)
