"""Which rules can be for which kinds of objects."""

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.validation_rules.model import VOUCHER, ValidationRule
from patron.domains.validation_rules.policy.reading import stored_tree
from patron.engine.rules.nodes import Rule
from patron.kernel.incentive_problems import invalid_validation_rules


def check_assignable(rule: ValidationRule, kind: str, rulebook: Rulebook) -> None:
    """Refuse what would be passed over in silence. Problem 400.

    Bundles are not decided by yet; and what a campaign counts, counts all that is redeemed in it, so that a rule about
    it is for the whole campaign.
    """
    if rule.bundle_rules is not None:
        raise invalid_validation_rules(f"{rule.id}: bundle_rules: expected none in a rule that is assigned")
    if kind != VOUCHER:
        return
    tree = stored_tree(msgspec.json.decode(rule.rules), rulebook)
    for name, budget in Rule(rule.id, tree).budgets.items():
        if budget.of == "campaign":
            raise invalid_validation_rules(f"{rule.id}: {name}: expected a rule for a campaign, not for one voucher")
