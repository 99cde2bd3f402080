"""Which rules can be for which kinds of objects."""

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.projects import calendar_of
from patron.domains.validation_rules.model import CAMPAIGN, ValidationRule
from patron.domains.validation_rules.policy.counting import counted_by
from patron.domains.validation_rules.policy.reading import stored_tree
from patron.engine.rules.judging import Judge
from patron.engine.rules.nodes import Rule
from patron.kernel.incentive_problems import invalid_validation_rules


def check_counts(before: ValidationRule, after: ValidationRule, rulebook: Rulebook) -> None:
    """Refuse that an assigned rule counts something else: its counters would know nothing of the past. Problem 400."""
    counts = [
        counted_by(Judge(Rule(rule.id, stored_tree(msgspec.json.decode(rule.rules), rulebook)), calendar_of(rulebook)))
        for rule in (before, after)
    ]
    if counts[0] != counts[1]:
        raise invalid_validation_rules(
            "rules: expected to count what they count now, as the rule is assigned: put the objects under another rule"
        )


def check_assignable(rule: ValidationRule, kind: str, rulebook: Rulebook) -> None:
    """Refuse what would be passed over in silence: what a campaign counts, counts all that is redeemed in it, so a rule
    about it is for the whole campaign. Problem 400.
    """
    tree = stored_tree(msgspec.json.decode(rule.rules), rulebook)
    for name, budget in Rule(rule.id, tree).budgets.items() if kind != CAMPAIGN else ():
        if budget.of == "campaign":
            raise invalid_validation_rules(f"{rule.id}: {name}: expected a rule for a campaign, not for one {kind}")
