"""Pure decisions about stacking rules: which hold, and whether they can."""

from collections.abc import Collection, Set
from typing import Literal

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.categories import STACKING_RULES, StackingRulesRow
from patron.domains.stacking_rules.model import DEFAULTS, OPPOSITES, Rules
from patron.engine.case import StackingRules
from patron.kernel.problems import Problem, invalid_payload, not_found

_decode = msgspec.json.Decoder(Rules).decode
_LISTS = tuple(name for pair in OPPOSITES for name in pair)


def kept(row: StackingRulesRow) -> Rules:
    """What a document says."""
    return _decode(row.rules)


def rules_of(rulebook: Rulebook) -> Rules:
    """The rules that hold: those of the project's document, or the defaults. Made once for a rulebook."""
    return rulebook.derived(_rules)


def stacking_rules(rulebook: Rulebook) -> StackingRules:
    """The rules that hold, as the engine takes them. Made once for a rulebook."""
    return rulebook.derived(_of_engine)


def _rules(rulebook: Rulebook) -> Rules:
    return next(map(kept, rulebook.rows(STACKING_RULES).values()), DEFAULTS)


def _of_engine(rulebook: Rulebook) -> StackingRules:
    rules = rules_of(rulebook)
    return StackingRules(
        applicable_redeemables_limit=rules.applicable_redeemables_limit,
        applicable_redeemables_per_category_limit=rules.applicable_redeemables_per_category_limit,
        applicable_redeemables_category_limits=rules.applicable_redeemables_category_limits,
        applicable_exclusive_redeemables_limit=rules.applicable_exclusive_redeemables_limit,
        applicable_exclusive_redeemables_per_category_limit=rules.applicable_exclusive_redeemables_per_category_limit,
        exclusive_categories=frozenset(rules.exclusive_categories),
        joint_categories=frozenset(rules.joint_categories),
        redeemables_application_mode=rules.redeemables_application_mode,
        redeemables_sorting_rule=rules.redeemables_sorting_rule,
        redeemables_products_application_mode=rules.redeemables_products_application_mode,
        redeemables_no_effect_rule=rules.redeemables_no_effect_rule,
        no_effect_skip_categories=frozenset(rules.no_effect_skip_categories),
        no_effect_redeem_anyway_categories=frozenset(rules.no_effect_redeem_anyway_categories),
        discount_calculation_mode=rules.discount_calculation_mode,
        initial_amount_mode_categories=frozenset(rules.initial_amount_mode_categories),
        discounted_amount_mode_categories=frozenset(rules.discounted_amount_mode_categories),
    )


def category_type(rules: StackingRules, category_id: str) -> Literal["JOINT", "EXCLUSIVE"] | None:
    """How a category goes together with others; None for a common one (spec I 3.3)."""
    if category_id in rules.exclusive_categories:
        return "EXCLUSIVE"
    return "JOINT" if category_id in rules.joint_categories else None


def check_rules(rules: Rules, known: Collection[str], before: Set[str] = frozenset()) -> None:
    """Refuse rules that contradict each other: Problem 400; or speak of categories that are not `known`: Problem 404.

    Categories that the rules spoke of `before` are not looked at.
    """
    for one, other in OPPOSITES:
        both = set(getattr(rules, one)) & set(getattr(rules, other))
        if both:
            raise invalid_payload(f"{one}: expected no category that is in {other}: {min(both)}")
    strangers = spoken_of(rules) - before - set(known)
    if strangers:
        raise not_found("category", min(strangers))


def spoken_of(rules: Rules) -> Set[str]:
    """The ids of all categories that the rules speak of."""
    listed = {category_id for name in _LISTS for category_id in getattr(rules, name)}
    return listed | rules.applicable_redeemables_category_limits.keys()


def unknown(rules_id: str) -> Problem:
    """404 in the reference's words."""
    return not_found("stacking_rules", rules_id)
