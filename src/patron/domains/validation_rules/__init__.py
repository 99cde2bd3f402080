"""Validation rules: what must hold before an incentive may be used, and of which objects (spec C 4, I 3.10).

Nouns: `ValidationRule` and its versions; `RuleAssignment` of campaigns and promotion tiers, in the rulebook, and
`VoucherRule` of single vouchers; `Target`, by which a domain above says how its objects are found. Verbs:
`want_assignment` and `assign` put an object under a rule, `want_rule` and `assign_new` one that a write creates;
`want_unassignment` and `unassign` take one out that goes for good; `of_vouchers` finds the assignments of vouchers.
`Rules` has the rules of a rulebook, ready to be asked; `NAMED_BY_RULES` tells what may not be deleted.

Whoever redeems makes a `Subject` of each voucher and asks `subject.rules(rulebook)` by `ask`. What they count:
`subject.counters(rulebook)` are the keys; `find_counters` reads them, `want_counters` and `counters_under_lock` lock
them; then `count` moves them for a redemption, and `give_back` for its rollback.
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
from patron.domains.validation_rules.actions.count import (
    count,
    counters_under_lock,
    find_counters,
    give_back,
    want_counters,
)
from patron.domains.validation_rules.actions.find import of_vouchers
from patron.domains.validation_rules.actions.names import NAMED_BY_RULES
from patron.domains.validation_rules.policy.asked import Counters, Subject, Under, Verdicts, ask
from patron.domains.validation_rules.policy.compiled import Rules
from patron.domains.validation_rules.policy.counting import CounterKey
from patron.domains.validation_rules.policy.lines import lines_of

__all__ = [
    "NAMED_BY_RULES",
    "CounterKey",
    "Counters",
    "Rules",
    "Subject",
    "Target",
    "Under",
    "Verdicts",
    "ask",
    "assign",
    "assign_new",
    "count",
    "counters_under_lock",
    "find_counters",
    "give_back",
    "lines_of",
    "of_vouchers",
    "unassign",
    "want_assignment",
    "want_counters",
    "want_rule",
    "want_unassignment",
]
