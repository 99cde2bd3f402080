"""What the rules of an object say of a redemption: refusals, and what its incentive is for (spec I 1.3, 3.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from patron.db.rulebook import Rulebook
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.model import CAMPAIGN, TIER, RuleCounter
from patron.domains.validation_rules.policy.bundles import with_lines
from patron.domains.validation_rules.policy.compiled import Ready, Rules
from patron.domains.validation_rules.policy.counting import CounterKey, Counting, begins_of, keys_of, value_of
from patron.engine.bundle_rules import Bundle
from patron.engine.case import Judging, Selection, Turn
from patron.engine.decision import Refusal
from patron.engine.rules.facts import RuleFacts
from patron.engine.rules.selections import Entry, both, lines_of, selection_of

Counters = Mapping[CounterKey, RuleCounter]


class Under(NamedTuple):
    """A rule that an object is under, and what it counts for: the object's own, or its campaign's."""

    ready: Ready
    counting: Counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A voucher or promotion tier that is to be redeemed: its id, its campaign's; by whom, and by which key.

    `rule_id` is the rule of a voucher's own; a tier's stands in the rulebook.
    """

    object_id: str
    campaign_id: str | None
    rule_id: str | None
    customer_id: str
    key_id: str

    def rules(self, rulebook: Rulebook) -> list[Under]:
        """The rules that it is under, its own first."""
        known = Rules.of(rulebook)
        own = self.rule_id or known.rule_of(TIER, self.object_id)
        owners = [(self.object_id, own), (self.campaign_id or "", known.rule_of(CAMPAIGN, self.campaign_id or ""))]
        found = [(owner, known.ready(rule_id)) for owner, rule_id in owners if rule_id]
        return [Under(ready, self._counting(owner)) for owner, ready in found if ready is not None]

    def _counting(self, owner: str) -> Counting:
        return Counting(owner, self.object_id, self.campaign_id, self.customer_id, self.key_id)

    def counters(self, rulebook: Rulebook) -> list[CounterKey]:
        """The counters that its rules read, each once."""
        return sorted({key for under in self.rules(rulebook) for key in keys_of(under.ready.judge, under.counting)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What rules say before anything is applied, and what must be asked at the redeemable's turn.

    `bundles` are those that the rules want, with the lines of the order that could be in them.
    `applicable_to` and `inapplicable_to` are the entries as they are stored, with the numbers of the lines that they
    name.
    """

    refusals: tuple[Refusal, ...] = ()
    judge: Judging | None = None
    selection: Selection | None = None
    bundles: tuple[Bundle, ...] = ()
    applicable_to: tuple[dict[str, Any], ...] = ()
    inapplicable_to: tuple[dict[str, Any], ...] = ()


def ask(
    rulebook: Rulebook,
    rules: list[Under],
    facts: RuleFacts,
    counters: Counters,
    is_beside: Callable[[str, str], bool],
) -> Verdicts:
    """Ask all rules of an object.

    `is_beside` says of the kind and id of a redeemable whether it is of the same campaign and in the same request: what
    is applied before counts in the campaign, and is not in its counters yet.
    """
    calendar = calendar_of(rulebook)
    begins, today = begins_of(calendar, facts.now), calendar.zone.day_of(facts.now)
    refusals: list[Refusal] = []
    late: list[tuple[Ready, RuleFacts]] = []
    selection: Selection | None = None
    for under in rules:
        judge = under.ready.judge
        known = {
            name: value_of(counters.get(key), budget, begins)
            for name, budget in judge.budgets.items()
            if (key := under.counting.key(budget)) is not None
        }
        its_facts = replace(facts, counters=known)
        if judge.when == "early" and not any(budget.of == "campaign" for budget in judge.budgets.values()):
            refusals += judge.refusals(its_facts)
        else:
            late.append((under.ready, its_facts))
        chosen = selection_of(under.ready.applicability, judge.rule, facts, calendar, today)
        selection = both(selection, chosen)
    return Verdicts(
        refusals=tuple(refusals),
        judge=_at_its_turn(late, is_beside) if late else None,
        selection=selection,
        bundles=tuple([with_lines(bundle, facts.lines) for under in rules if (bundle := under.ready.bundle)]),
        applicable_to=_told(rules, "included", facts),
        inapplicable_to=_told(rules, "excluded", facts),
    )


def _at_its_turn(late: list[tuple[Ready, RuleFacts]], is_beside: Callable[[str, str], bool]) -> Judging:
    def judge(turn: Turn) -> tuple[Refusal, ...]:
        beside = [each.discount for each in turn.before if is_beside(each.kind, each.id)]
        return tuple(
            refusal for ready, facts in late for refusal in ready.judge.refusals(_in_turn(ready, facts, turn, beside))
        )

    return judge


def _in_turn(ready: Ready, facts: RuleFacts, turn: Turn, beside: list[int]) -> RuleFacts:
    counters = dict(facts.counters)
    for name, budget in ready.judge.budgets.items():
        if budget.of == "campaign" and beside:
            more = {"redemptions": len(beside), "amount": len(beside) * (turn.initial_amount or 0)}
            counters[name] = counters.get(name, 0) + more.get(budget.what, sum(beside))
    return replace(
        facts,
        amount=turn.amount,
        initial_amount=turn.initial_amount,
        total_amount=turn.total_amount,
        discount=turn.discount,
        credits=turn.credits,
        applied=turn.discount is not None,
        counters=counters,
    )


def _told(rules: list[Under], side: str, facts: RuleFacts) -> tuple[dict[str, Any], ...]:
    told = []
    for under in rules:
        entries: tuple[Entry, ...] = getattr(under.ready.applicability, side)
        stored = under.ready.applicable_to[side]
        told += [
            {**each, "order_item_indices": list(lines_of(entry, facts.lines))}
            for each, entry in zip(stored, entries, strict=True)
        ]
    return tuple(told)
