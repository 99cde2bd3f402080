"""Decisions a second on one core: a percent-off voucher for a cart of five lines, and more redeemables in one request.

The figures of the processor's time are this machine's own: beside each other they say whether a decision grows in
proportion to its redeemables.
"""

import time
from collections.abc import Callable
from typing import Annotated

import typer

from bench.report import OUT, Ratio, print_ratios
from patron.engine.case import Case, Discount, Item, Order, Redeemable, StackingRules
from patron.engine.decide import decide

WANTED = 20_000
"""Decisions a second, of one voucher and five lines."""
MOST = 30
LINES = 5


class Utc:
    """A zone whose clocks show UTC."""

    def local_ms(self, ms: int) -> int:
        return ms

    def moment_of(self, local_ms: int) -> int:
        return local_ms


def case_of(redeemables: int, effect: str) -> Case:
    """So many percent-off vouchers for five lines."""
    discount = Discount(type="PERCENT", percent_off=10, effect=effect)
    items = [Item(product_id=f"prod_{n}", quantity=n + 1, price=1_000 + 37 * n) for n in range(LINES)]
    return Case(
        now=1_772_452_800_000,
        zone=Utc(),
        order=Order(items=tuple(items)),
        redeemables=tuple(
            [
                Redeemable(kind="voucher", id=f"CODE-{n}", discount=discount, quantity=100, used=3)
                for n in range(redeemables)
            ]
        ),
        rules=StackingRules(applicable_redeemables_limit=MOST),
    )


def seconds_of(work: Callable[[], object], times: int) -> float:
    """The processor's time for one."""
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times


def main(
    times: Annotated[int, typer.Option("--decisions", help="How many decisions each figure is a mean of.")] = 20_000,
    rounds: Annotated[int, typer.Option(help="How often each is measured, in turns.")] = 5,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure decisions a second, and how they grow with the redeemables."""
    on_order = Ratio(f"decisions a second ÷ {WANTED:,}: one voucher on the order", [], least=1)
    on_items = Ratio("the same, one voucher on each of the lines", [])
    growth = Ratio(f"time of one voucher × {MOST} ÷ time of {MOST} vouchers", [], least=0.7)
    case_of_one, case_on_items = case_of(1, "APPLY_TO_ORDER"), case_of(1, "APPLY_TO_ITEMS")
    case_of_many = case_of(MOST, "APPLY_TO_ORDER")
    for _ in range(rounds):
        one = seconds_of(lambda: decide(case_of_one), times)
        on_order.rounds.append(1 / one / WANTED)
        on_items.rounds.append(1 / seconds_of(lambda: decide(case_on_items), times) / WANTED)
        growth.rounds.append(one * MOST / seconds_of(lambda: decide(case_of_many), max(1, times // MOST)))
    reached = print_ratios(f"Decisions, carts of {LINES} lines", [on_order, on_items, growth])
    OUT.print(f"One voucher on the order: {on_order.median * WANTED:,.0f} decisions a second.")
    if strict and not reached:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
