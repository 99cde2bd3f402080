"""How redeemables go together: their order, which exclude each other, and how many apply (spec I 3.3)."""

from collections import Counter
from collections.abc import Callable, Sequence

from patron.engine.case import Redeemable, StackingRules
from patron.engine.decision import Skip

PRECEDING_FAILED = Skip(
    "preceding_validation_failed", "Redeemable cannot be applied due to preceding validation failure"
)
NO_EFFECT = Skip("no_effect", "Redeemable has no effect")
_EXCLUDED = Skip("exclusion_rules_not_met", "Redeemable cannot be applied due to exclusion rules")
_NO_HIERARCHY = 2**62


def in_order(redeemables: Sequence[Redeemable], rules: StackingRules, applicable: Sequence[bool]) -> list[int]:
    """The places of redeemables in the order of application.

    As requested, or by the lowest hierarchy of their categories; of one hierarchy as requested, but for promotion
    tiers, which take the places of tiers by their own hierarchy. Where an exclusive one applies, the exclusive ones
    come first and the joint ones last.
    """
    places = list(range(len(redeemables)))
    if len(places) < 2:
        return places
    if rules.redeemables_sorting_rule == "CATEGORY_HIERARCHY":
        places = _by_hierarchy(redeemables, places)
    if any(applies and is_exclusive(each, rules) for each, applies in zip(redeemables, applicable, strict=True)):
        places.sort(key=lambda place: _group(redeemables[place], rules))
    return places


def _by_hierarchy(redeemables: Sequence[Redeemable], places: list[int]) -> list[int]:
    def of_categories(place: int) -> int:
        return min((category.hierarchy for category in redeemables[place].categories), default=_NO_HIERARCHY)

    def own(place: int) -> tuple[int, int]:
        hierarchy = redeemables[place].hierarchy
        return of_categories(place), _NO_HIERARCHY if hierarchy is None else hierarchy

    ordered = sorted(places, key=of_categories)
    tiers = iter(sorted((place for place in ordered if _is_tier(redeemables[place])), key=own))
    return [next(tiers) if _is_tier(redeemables[place]) else place for place in ordered]


def _is_tier(redeemable: Redeemable) -> bool:
    return redeemable.kind == "promotion_tier"


def _group(redeemable: Redeemable, rules: StackingRules) -> int:
    if is_exclusive(redeemable, rules):
        return 0
    return 2 if is_joint(redeemable, rules) else 1


def is_exclusive(redeemable: Redeemable, rules: StackingRules) -> bool:
    """Whether one of its categories is exclusive, which beats a joint one."""
    return _is_in(redeemable, rules.exclusive_categories)


def is_joint(redeemable: Redeemable, rules: StackingRules) -> bool:
    return _is_in(redeemable, rules.joint_categories) and not is_exclusive(redeemable, rules)


def _is_in(redeemable: Redeemable, categories: frozenset[str]) -> bool:
    return bool(categories) and any(category.id in categories for category in redeemable.categories)


def skips_without_effect(redeemable: Redeemable, rules: StackingRules) -> bool:
    """Whether it is left out where it has no effect; its categories' rule beats the project's, and leaving out wins."""
    if _is_in(redeemable, rules.no_effect_skip_categories):
        return True
    if _is_in(redeemable, rules.no_effect_redeem_anyway_categories):
        return False
    return rules.redeemables_no_effect_rule == "SKIP"


def counts_from_initial(redeemable: Redeemable, rules: StackingRules) -> bool:
    """Whether its percentages are of the initial amounts; its categories' mode beats the project's."""
    if _is_in(redeemable, rules.discounted_amount_mode_categories):
        return False
    if _is_in(redeemable, rules.initial_amount_mode_categories):
        return True
    return rules.discount_calculation_mode == "INITIAL_AMOUNT"


class Tally:
    """How many redeemables apply so far, in all and by category."""

    def __init__(self, rules: StackingRules, *, exclusive: bool) -> None:
        self._rules = rules
        self._excluding = exclusive
        self._applied = 0
        self._exclusive = 0
        self._of_category: Counter[str] = Counter()
        self._exclusive_of_category: Counter[str] = Counter()

    def skip(self, redeemable: Redeemable) -> Skip | None:
        """Why one more is left out, if it is."""
        rules, exclusive = self._rules, is_exclusive(redeemable, self._rules)
        if self._excluding and not exclusive and not is_joint(redeemable, rules):
            return _EXCLUDED
        limit = rules.applicable_redeemables_limit
        if self._applied >= limit:
            return Skip("applicable_redeemables_limit_exceeded", "Applicable redeemables limit exceeded", limit)
        return self._over_category(redeemable) or (self._over_exclusive(redeemable) if exclusive else None)

    def count(self, redeemable: Redeemable) -> None:
        """It applies."""
        self._applied += 1
        categories = [category.id for category in redeemable.categories]
        self._of_category.update(categories)
        if is_exclusive(redeemable, self._rules):
            self._exclusive += 1
            self._exclusive_of_category.update(categories)

    def _over_category(self, redeemable: Redeemable) -> Skip | None:
        limits = self._rules.applicable_redeemables_category_limits
        usual = self._rules.applicable_redeemables_per_category_limit
        reached = _reached(redeemable, self._of_category, lambda category: limits.get(category, usual))
        key = "applicable_redeemables_per_category_limit_exceeded"
        return None if reached is None else Skip(key, "Applicable redeemables limit per category exceeded", reached)

    def _over_exclusive(self, redeemable: Redeemable) -> Skip | None:
        limit = self._rules.applicable_exclusive_redeemables_limit
        if self._exclusive >= limit:
            key = "applicable_exclusive_redeemables_limit_exceeded"
            return Skip(key, "Applicable exclusive redeemables limit exceeded", limit)
        usual = self._rules.applicable_exclusive_redeemables_per_category_limit
        reached = _reached(redeemable, self._exclusive_of_category, lambda _category: usual)
        key = "applicable_exclusive_redeemables_per_category_limit_exceeded"
        message = "Applicable exclusive redeemables limit per category exceeded"
        return None if reached is None else Skip(key, message, reached)


def _reached(redeemable: Redeemable, counted: Counter[str], limit_of: Callable[[str], int | None]) -> int | None:
    """The limit of the first of its categories that has as many as it may have."""
    for category in redeemable.categories:
        limit = limit_of(category.id)
        if limit is not None and counted[category.id] >= limit:
            return limit
    return None
