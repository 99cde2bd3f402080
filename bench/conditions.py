"""Conditions on one customer: how many a second of one core, and what a rule of fifty conditions costs.

Figures are absolute, of this machine, and the facts of the customer are there already: it is the look that is measured.
"""

import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer

from bench.report import Ratio, print_ratios
from patron.domains.customers.model import CustomerTotals
from patron.domains.customers.policy import new_customer
from patron.domains.customers.wire import AddressIn, CustomerIn
from patron.domains.events.model import EventCount
from patron.domains.metadata_schemas import MetadataFields
from patron.domains.segments.policy.facts import facts_of
from patron.domains.segments.policy.fields import KNOWN, CustomerFields
from patron.domains.segments.policy.history import History
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.fields import Facts
from patron.engine.conditions.filters import Fault, Filter, reads
from patron.engine.conditions.parsing import Grammar, parse
from patron.engine.conditions.predicates import Matcher
from patron.kernel.clock import from_iso
from patron.kernel.zones import zone_of

NOW = from_iso("2026-05-13T10:00Z")
LEAST_A_SECOND = 200_000
LEAST_FIFTIES_A_SECOND = 10_000
"""A rule of fifty conditions in 100 µs."""
LEAST_REACTIONS_A_SECOND = 1_000_000
"""What a reaction asks of each segment: 1 µs."""

_GRAMMAR = Grammar(CustomerFields(MetadataFields({}, "customer")).find, KNOWN)
_CALENDAR = Calendar(zone_of("Europe/Warsaw"))

SIMPLE = {"junction": "and", "address.country": {"conditions": {"$is": ["PL"]}}}
TWO = {**SIMPLE, "summary.orders.total_amount": {"conditions": {"$more_than_equal": [10_000]}}}
_TEN = {
    "name": {"$starts_with": ["Ad"]},
    "email": {"$ends_with": ["@shop.example"]},
    "created_at": {"$more_than_ago": [30]},
    "birthdate": {"$is_more_days_ago_md": [1]},
    "address.city": {"$in": ["Kraków", "Warszawa", "Łódź"]},
    "metadata.interests": {"$includes": ["tea", "books"]},
    "metadata.visits": {"$more_than": [10]},
    "metadata.since": {"$before": ["2026-01-01T00:00:00Z"]},
    "summary.orders.last_order_date": {"$this_year": True},
    "events.bought.count": {"$more_than": ["2"]},
}
"""All of them pass, so that a rule looks at each."""
FIFTY = {"$and": [{name: {"conditions": each} for name, each in _TEN.items()} for _ in range(5)]}


def main(
    rounds: Annotated[int, typer.Option(help="How often each is measured.")] = 7,
    times: Annotated[int, typer.Option(help="How many evaluations make a round.")] = 50_000,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure predicates, and what comes before them, in evaluations a second."""
    ratios = [
        Ratio("a rule of one condition", _looks(SIMPLE, rounds, times), LEAST_REACTIONS_A_SECOND),
        Ratio("a rule of two", _looks(TWO, rounds, times), LEAST_A_SECOND),
        Ratio("a rule of fifty, of all families", _looks(FIFTY, rounds, max(times // 50, 1)), LEAST_FIFTIES_A_SECOND),
        Ratio("the facts of one customer", _told(rounds, max(times // 20, 1))),
        Ratio(
            "parsing and compiling fifty conditions",
            _rate(lambda: _matcher(FIFTY).at(NOW), rounds, max(times // 500, 1)),
        ),
    ]
    if not print_ratios("Conditions, a second of one core", ratios) and strict:
        raise typer.Exit(1)


def _looks(given: Any, rounds: int, times: int) -> list[float]:
    facts, passes = _facts(_groups(given)), _matcher(given).at(NOW)
    if not passes(facts):
        raise SystemExit("a rule that is meant to pass does not")
    return _rate(lambda: passes(facts), rounds, times)


def _rate(deed: Callable[[], object], rounds: int, times: int) -> list[float]:
    rates = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(times):
            deed()
        rates.append(times / (time.process_time() - begin))
    return rates


def _matcher(given: Any) -> Matcher:
    return Matcher(_parsed(given), _CALENDAR)


def _parsed(given: Any) -> Filter:
    found = parse(given, _GRAMMAR)
    if isinstance(found, Fault):
        raise SystemExit(str(found))
    return found


def _facts(groups: frozenset[str]) -> Facts:
    return facts_of(_CUSTOMER, _TOTALS, History(_EVENTS), groups)


def _told(rounds: int, times: int) -> list[float]:
    groups = _groups(FIFTY)
    return _rate(lambda: _facts(groups), rounds, times)


def _groups(given: Any) -> frozenset[str]:
    return frozenset(path[0] for path in reads(_parsed(given)))


_CUSTOMER = new_customer(
    "p",
    "cust_1",
    "ada",
    CustomerIn(
        name="Ada Lovelace",
        email="ada@shop.example",
        birthdate="1990-12-10",
        address=AddressIn(city="Kraków", country="PL"),
        metadata={"interests": ["tea", "books", "cycling"], "visits": 41, "since": "2024-05-01T10:00:00Z"},
    ),
    from_iso("2025-01-01"),
)
_TOTALS = msgspec.structs.replace(
    CustomerTotals("p", "cust_1"), orders_amount=12_300, orders_count=3, last_order_at=from_iso("2026-05-01T12:00Z")
)
_EVENTS = {"bought": EventCount("p", "cust_1", "bought", 3, NOW)}


if __name__ == "__main__":
    typer.run(main)
