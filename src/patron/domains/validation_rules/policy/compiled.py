"""The rules of a project, ready to be asked: made from the rulebook, each at its first use, and kept with it."""

from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.model import RULE_ASSIGNMENTS, VALIDATION_RULES, RuleAssignment, ValidationRule
from patron.domains.validation_rules.policy.bundles import bundle_of
from patron.domains.validation_rules.policy.reading import stored_tree
from patron.engine.case import Applicable
from patron.engine.rules.judging import Judge
from patron.engine.rules.nodes import Rule
from patron.engine.rules.selections import Applicability, Entry

_decode = msgspec.json.decode
_LIMITS = (
    "effect",
    "target",
    "repeat",
    "skip_initially",
    "quantity_limit",
    "aggregated_quantity_limit",
    "amount_limit",
    "aggregated_amount_limit",
    "price",
    "price_formula",
)


class Ready:
    """A rule that can be asked: its judge, what its incentive is for, which bundle it needs if it does, and each
    product and collection that it names."""

    __slots__ = ("applicability", "applicable_to", "bundle", "judge", "rule", "things")

    def __init__(self, rule: ValidationRule, rulebook: Rulebook) -> None:
        self.rule = rule
        tree = stored_tree(_decode(rule.rules), rulebook)
        self.judge = Judge(Rule(rule.id, tree, rule.error), calendar_of(rulebook))
        self.applicable_to: dict[str, Any] = _decode(rule.applicable_to)
        self.applicability = applicability_of(self.applicable_to)
        self.bundle = (
            None
            if rule.bundle_rules is None
            else bundle_of(
                rule.bundle_rules,
                rule_id=rule.id,
                error=rule.error,
                everywhere=self.applicability.included_all,
            )
        )
        entries = (*self.applicability.included, *self.applicability.excluded)
        bundled = () if self.bundle is None else self.bundle.parts
        named = {name for entry in entries for name in entry.ids} | {part.id for part in bundled}
        self.things = self.judge.things | named


class Rules:
    """The rules of one rulebook, and those of its campaigns and promotion tiers."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._ready: dict[str, Ready] = {}
        assignments = rulebook.rows(RULE_ASSIGNMENTS).values()
        self._of_object = {(each.related_object_type, each.related_object_id): each for each in assignments}

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Rules":
        """The rules of this rulebook; made once for it."""
        return rulebook.derived(cls)

    def ready(self, rule_id: str) -> Ready | None:
        """The rule with this id; None where there is none (any more)."""
        ready = self._ready.get(rule_id)
        if ready is None:
            rule = self._rulebook.rows(VALIDATION_RULES).get((self._rulebook.project_id, rule_id))
            if rule is None:
                return None
            ready = self._ready[rule_id] = Ready(rule, self._rulebook)
        return ready

    def assignment(self, kind: str, object_id: str) -> RuleAssignment | None:
        """The assignment of a campaign or promotion tier by its id; None where it has no rule."""
        return self._of_object.get((kind, object_id))

    def rule_of(self, kind: str, object_id: str) -> str | None:
        """The id of the rule that a campaign or promotion tier is under; None where it has none."""
        assignment = self.assignment(kind, object_id)
        return None if assignment is None else assignment.rule_id


def applicability_of(applicable_to: dict[str, Any]) -> Applicability:
    """What a stored `applicable_to` says."""
    return Applicability(
        included=tuple(_entry(each) for each in applicable_to["included"]),
        excluded=tuple(_entry(each) for each in applicable_to["excluded"]),
        included_all=applicable_to["included_all"],
    )


def _entry(stored: dict[str, Any]) -> Entry:
    ids = frozenset(each for each in (stored["id"], stored.get("source_id")) if each)
    return Entry(ids, Applicable(lines=(), **{name: stored[name] for name in _LIMITS if name in stored}))
