"""Validation rules: how many a second of one core, what one of fifty nodes costs, and what it costs to say why.

Figures are absolute, of this machine, and the facts of the case are there already: it is the asking that is measured.
"""

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bench.report import Ratio, print_ratios
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Field, Type
from patron.engine.conditions.filters import Fault
from patron.engine.rules.facts import Line, RuleFacts
from patron.engine.rules.judging import Judge
from patron.engine.rules.nodes import Rule
from patron.engine.rules.parsing import Terms, parse
from patron.kernel.clock import from_iso
from patron.kernel.zones import zone_of

LEAST_A_SECOND = 200_000
LEAST_FIFTIES_A_SECOND = 10_000
"""A rule of fifty nodes in 100 µs."""

_TERMS = Terms(lambda _resource, name: Field(f"metadata.{name}", ("metadata", name), Type.ANY))
_CALENDAR = Calendar(zone_of("Europe/Warsaw"))
_TEA = {"$is": [{"id": "tea", "source_id": ""}]}

SIMPLE: dict[str, Any] = {"name": "order.amount", "conditions": {"$more_than": [10_000]}}
TEN: list[dict[str, Any]] = [
    SIMPLE,
    {"name": "customer.segment", "conditions": {"$in": ["seg_1", "seg_2"]}},
    {"name": "customer.metadata", "property": "level", "conditions": {"$in": ["Gold", "Silver"]}},
    {"name": "redemption.count.daily", "conditions": {"$less_than_or_equal": [100]}},
    {"name": "order.items.any", "conditions": _TEA},
    {"name": "order.metadata", "property": "shop", "conditions": {"$starts_with": ["PL"]}},
    {"name": "redemption.metadata", "property": "at", "conditions": {"$after": ["2024-01-01"]}},
    {"name": "order.items.price_each", "conditions": {"$more_than": [1]}},
    {"name": "campaign.redemptions.customers_count", "conditions": {"$less_than": [9]}},
    {"name": "order.items.count", "conditions": {"$more_than": [1]}},
]
"""Of all families, and all of them pass, so that a rule looks at each."""


def facts(amount: int = 20_000) -> RuleFacts:
    """The facts of a case with two lines."""
    lines = (
        Line(products=["tea"], names=["tea"], price=500, quantity=2, amount=1_000),
        Line(products=["cup"], names=["cup"], price=900, quantity=1, amount=900),
    )
    return RuleFacts(
        now=from_iso("2026-05-13T10:00Z"),
        customer={"metadata": {"level": "Gold"}},
        segments=["seg_2"],
        has_order=True,
        order={"metadata": {"shop": "PL-1"}},
        redemption={"metadata": {"at": "2026-01-01"}},
        lines=lines,
        amount=amount,
    )


def judge(*rules: dict[str, Any]) -> Judge:
    """The rules, all of which must hold."""
    tree = parse({str(n): rule for n, rule in enumerate(rules, 1)}, _TERMS)
    assert not isinstance(tree, Fault), tree
    return Judge(Rule("val_1", tree), _CALENDAR)


def main(
    rounds: Annotated[int, typer.Option(help="How often each is measured.")] = 5,
    times: Annotated[int, typer.Option(help="How many evaluations make a round.")] = 50_000,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Ask rules of one case again and again."""
    one, fifty, case, poor = judge(SIMPLE), judge(*TEN * 5), facts(), facts(1)
    assert one.holds(case)
    assert fifty.holds(case)
    ratios = [
        Ratio("a rule of one node", _rates(rounds, times, lambda: one.holds(case)), LEAST_A_SECOND),
        Ratio(
            "a rule of fifty nodes, of all families",
            _rates(rounds, max(times // 50, 1), lambda: fifty.holds(case)),
            LEAST_FIFTIES_A_SECOND,
        ),
        Ratio("why a rule of one node fails", _rates(rounds, max(times // 10, 1), lambda: one.refusals(poor))),
    ]
    if not print_ratios("Validation rules, a second of one core", ratios) and strict:
        raise typer.Exit(1)


def _rates(rounds: int, times: int, ask: Callable[[], object]) -> list[float]:
    """How often it was asked in a second of this process's own time, in each round."""
    rates = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            ask()
        rates.append(times / (time.process_time() - began))
    return rates


if __name__ == "__main__":
    typer.run(main)
