"""Validation rules: what must hold before an incentive may be used, and of which objects (spec C 4, I 3.10).

Nouns: `ValidationRule` and its versions; `RuleAssignment` of campaigns and promotion tiers, in the rulebook, and
`VoucherRule` of single vouchers; `Target`, by which a domain above says how its objects are found. Verbs:
`want_assignment` and `assign` put an object under a rule, `want_rule` and `assign_new` one that a write creates;
`want_unassignment` and `unassign` take one out that goes for good; `of_vouchers` finds the assignments of vouchers.
`Rules` has the rules of a rulebook, ready to be asked; `rule_that_names` tells what may not be deleted.
"""

from patron.domains.validation_rules.actions.assign import (
    Target,
    assign,
    assign_new,
    unassign,
    want_assignment,
    want_rule,
    want_unassignment,
)
from patron.domains.validation_rules.actions.find import of_vouchers
from patron.domains.validation_rules.policy.compiled import Rules, rule_that_names

__all__ = [
    "Rules",
    "Target",
    "assign",
    "assign_new",
    "of_vouchers",
    "rule_that_names",
    "unassign",
    "want_assignment",
    "want_rule",
    "want_unassignment",
]
