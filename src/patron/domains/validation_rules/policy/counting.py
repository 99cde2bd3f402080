"""Counts: which counters the rules of an object read, what they say, and how a redemption moves them (spec C 4.4)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from patron.domains.validation_rules.model import RuleCounter
from patron.engine.conditions.calendars import Calendar
from patron.engine.conditions.criteria import Unit
from patron.engine.rules.judging import Judge
from patron.engine.rules.names import Budget


class CounterKey(NamedTuple):
    """A counter by its key, after the project: see `RuleCounter`."""

    owner: str
    scope: str
    customer_id: str
    key_id: str


class Counting(NamedTuple):
    """An object that is under a rule, and a redemption of it: whose, and by which key. A stranger has no id."""

    owner: str
    object_id: str
    campaign_id: str | None
    customer_id: str
    key_id: str

    def key(self, budget: Budget) -> CounterKey | None:
        """The counter that a rule reads; None where there is nothing to count for: no campaign, or nobody known."""
        scope = self.object_id if budget.of == "object" else self.campaign_id
        if scope is None or (budget.by == "customer" and not self.customer_id):
            return None
        customer_id = self.customer_id if budget.by == "customer" else ""
        return CounterKey(self.owner, scope, customer_id, self.key_id if budget.by == "api_key" else "")


class Begins(NamedTuple):
    """The moments (epoch ms) at which the day, the week and the month of a moment began in the project's zone."""

    day: int
    week: int
    month: int


def keys_of(judge: Judge, counting: Counting) -> Iterator[CounterKey]:
    """The counters that a rule reads for a redemption."""
    for budget in judge.budgets.values():
        key = counting.key(budget)
        if key is not None:
            yield key


def counted_by(judge: Judge) -> frozenset[tuple[str, str]]:
    """What a rule counts: of the object or its campaign, and by whom. Each has counters of its own."""
    return frozenset((budget.of, budget.by) for budget in judge.budgets.values())


def begins_of(calendar: Calendar, moment: int) -> Begins:
    """When the periods of a moment began."""
    today = calendar.zone.day_of(moment)
    units: tuple[Unit, ...] = ("day", "week", "month")
    return Begins(*(calendar.zone.start_of(calendar.period(unit, 0, today)[0]) for unit in units))


def value_of(counter: RuleCounter | None, budget: Budget, begins: Begins) -> int:
    """What a counter says of a rule; one that is not there has counted nothing."""
    if counter is None:
        return 0
    if budget.what != "redemptions":
        return counter.amount if budget.what == "amount" else counter.discount
    if budget.period == "ever":
        return counter.total
    began = getattr(counter, budget.period)
    counted: int = getattr(counter, f"in_{budget.period}")
    return counted if began == getattr(begins, budget.period) else 0


def counted(counter: RuleCounter, begins: Begins, *, amount: int, discount: int) -> RuleCounter:
    """A counter after one more redemption. A period that has begun since starts anew; none goes back."""
    changes = {"total": counter.total + 1, "amount": counter.amount + amount, "discount": counter.discount + discount}
    for period, begin in begins._asdict().items():
        before, within = getattr(counter, period), getattr(counter, f"in_{period}")
        changes[period] = max(before, begin)
        changes[f"in_{period}"] = 1 if begin > before else within + 1
    return replace(counter, **changes)


def given_back(counter: RuleCounter, begins: Begins, *, amount: int, discount: int) -> RuleCounter:
    """A counter after the rollback of a redemption, whose periods these were."""
    changes = {"total": counter.total - 1, "amount": counter.amount - amount, "discount": counter.discount - discount}
    for period, begin in begins._asdict().items():
        if getattr(counter, period) == begin:
            changes[f"in_{period}"] = getattr(counter, f"in_{period}") - 1
    return replace(counter, **changes)


def blank(project_id: str, key: CounterKey) -> RuleCounter:
    """A counter that has counted nothing."""
    return RuleCounter(project_id, *key)


def owners_of(keys: Iterable[CounterKey]) -> dict[str, list[str]]:
    """The parts of keys, by the parameters of the statement that reads them."""
    listed = list(keys)
    return {
        "owners": sorted({key.owner for key in listed}),
        "scopes": sorted({key.scope for key in listed}),
        "customers": sorted({key.customer_id for key in listed}),
        "keys": sorted({key.key_id for key in listed}),
    }
