"""What validation rules say of each voucher and tier asked for: the facts that rules look at, and the asking."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.promotions import Promotions, PromotionTier
from patron.domains.redeemables.policy.facts import Candidate, Facts, tiers_asked, told_metadata
from patron.domains.redeemables.wire.told import ApplicableToOut
from patron.domains.segments import is_member
from patron.domains.validation_rules import Subject, Under, Verdicts, ask, lines_of
from patron.engine.rules.facts import Line, RuleFacts

_decode = msgspec.json.decode
NOTHING = Verdicts()


class Asking:
    """The rules of one request; its facts are put together where a voucher is under a rule, and once."""

    def __init__(self, rulebook: Rulebook, now: int, facts: Facts) -> None:
        self._rulebook = rulebook
        self._now = now
        self._facts = facts

    def of(self, candidate: Candidate) -> Verdicts:
        """What the rules of a voucher say, its own and those of its campaign."""
        person = self._facts.person
        holder = candidate.holder_id is not None and person is not None and person.id == candidate.holder_id
        return self._verdicts(subject_of(self._facts, candidate), holder=holder)

    def of_tier(self, tier: PromotionTier) -> Verdicts:
        """What the rules of a promotion tier say, its own and those of its campaign; it has no holder."""
        return self._verdicts(subject_of(self._facts, tier), holder=False)

    def _verdicts(self, subject: Subject, *, holder: bool) -> Verdicts:
        rules = subject.rules(self._rulebook)
        if not rules:
            return NOTHING
        facts = RuleFacts(
            now=self._now,
            holder=holder,
            lines=self._lines,
            initial_amount=self._initial_amount,
            **self._common,
        )
        return ask(self._rulebook, rules, facts, self._facts.ruled.counters, self._is_beside(subject.campaign_id))

    @cached_property
    def _common(self) -> dict[str, Any]:
        person, cart, ruled = self._facts.person, self._facts.cart, self._facts.ruled
        return {
            "customer": None if person is None else {"metadata": _decode(person.customer.metadata or "{}")},
            "segments": self._segments,
            "has_order": cart is not None,
            "order": {} if cart is None else {"metadata": _decode(cart.order.metadata)},
            "redemption": {"metadata": told_metadata(self._facts.asked)},
            "api_key": [each for each in ruled.api_key if each],
            "budgets": ruled.budgets,
        }

    @property
    def _initial_amount(self) -> int | None:
        cart = self._facts.cart
        if cart is None:
            return None
        return cart.order.amount if cart.order.initial_amount is None else cart.order.initial_amount

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        cart, named = self._facts.cart, self._things
        return () if cart is None else lines_of(cart.items, self._facts.catalogue, self._rulebook, self._now, named)

    @property
    def _things(self) -> set[str]:
        """The products, SKUs and collections that rules of this request name."""
        return {thing for under in self._rules for thing in under.ready.things}

    @property
    def _segments(self) -> list[str]:
        """Those that the customer is in, of the segments that rules of this request name."""
        standing = self._facts.ruled.standing
        if standing is None:
            return []
        named = sorted({each for under in self._rules for each in under.ready.judge.segments})
        return [each for each in named if is_member(self._rulebook, each, standing, self._now)]

    @cached_property
    def _rules(self) -> list[Under]:
        subjects = subjects_of(self._rulebook, self._facts)
        return [under for subject in subjects for under in subject.rules(self._rulebook)]

    def _is_beside(self, campaign_id: str | None) -> Callable[[str, str], bool]:
        vouchers, promotions = self._facts.vouchers, Promotions.of(self._rulebook)

        def is_beside(kind: str, name: str) -> bool:
            if kind != "voucher":
                tier = promotions.tier(name)
                return tier is not None and tier.campaign_id == campaign_id
            other = vouchers.get(name)
            return other is not None and other.voucher.campaign_id == campaign_id

        return is_beside


def subjects_of(rulebook: Rulebook, facts: Facts, customer_id: str | None = None) -> list[Subject]:
    """The vouchers and tiers of a request as rules know them."""
    things: list[Candidate | PromotionTier] = [*facts.vouchers.values(), *tiers_asked(rulebook, facts.asked)]
    return [subject_of(facts, each, customer_id) for each in things]


def subject_of(facts: Facts, thing: Candidate | PromotionTier, customer_id: str | None = None) -> Subject:
    """A voucher or tier as rules know it; `customer_id` where a write knows it and the facts do not yet."""
    known = (facts.person.id or "") if facts.person is not None else ""
    row = thing if isinstance(thing, PromotionTier) else thing.voucher
    return Subject(
        object_id=row.id,
        campaign_id=row.campaign_id,
        rule_id=None if isinstance(row, PromotionTier) else facts.ruled.rules.get(row.code),
        customer_id=known if customer_id is None else customer_id,
        key_id=facts.ruled.api_key[0],
    )


def segments_asked(rulebook: Rulebook, subjects: Iterable[Subject]) -> set[str]:
    """The ids of the segments that the rules of these name."""
    return {each for subject in subjects for under in subject.rules(rulebook) for each in under.ready.judge.segments}


def told_entries(entries: tuple[dict[str, Any], ...]) -> tuple[ApplicableToOut, ...]:
    """What an incentive is for, as it is told."""
    return tuple(msgspec.convert(each, ApplicableToOut) for each in entries)
