"""What validation rules say of each voucher that is asked for: the facts that rules look at, and the asking."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.redeemables.policy.facts import Candidate, Facts, told_metadata
from patron.domains.redeemables.wire.told import ApplicableToOut
from patron.domains.validation_rules import Subject, Verdicts, ask, lines_of
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
        rules = subject_of(self._facts, candidate).rules(self._rulebook)
        if not rules:
            return NOTHING
        person = self._facts.person
        holder = candidate.holder_id is not None and person is not None and person.id == candidate.holder_id
        facts = RuleFacts(
            now=self._now,
            holder=holder,
            lines=self._lines,
            initial_amount=self._initial_amount,
            **self._common,
        )
        return ask(self._rulebook, rules, facts, self._facts.ruled.counters, self._is_beside(candidate))

    @cached_property
    def _common(self) -> dict[str, Any]:
        person, cart, ruled = self._facts.person, self._facts.cart, self._facts.ruled
        return {
            "customer": None if person is None else {"metadata": _decode(person.customer.metadata or "{}")},
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
        return {
            thing
            for candidate in self._facts.vouchers.values()
            for under in subject_of(self._facts, candidate).rules(self._rulebook)
            for thing in under.ready.things
        }

    def _is_beside(self, candidate: Candidate) -> Callable[[str, str], bool]:
        campaign_id, vouchers = candidate.voucher.campaign_id, self._facts.vouchers

        def is_beside(kind: str, code: str) -> bool:
            other = vouchers.get(code) if kind == "voucher" else None
            return other is not None and other.voucher.campaign_id == campaign_id

        return is_beside


def subject_of(facts: Facts, candidate: Candidate, customer_id: str | None = None) -> Subject:
    """A voucher as rules know it; `customer_id` where a write knows it and the facts do not yet."""
    voucher, person = candidate.voucher, facts.person
    known = (person.id or "") if person is not None else ""
    return Subject(
        object_id=voucher.id,
        campaign_id=voucher.campaign_id,
        rule_id=facts.ruled.rules.get(voucher.code),
        customer_id=known if customer_id is None else customer_id,
        key_id=facts.ruled.api_key[0],
    )


def told_entries(entries: tuple[dict[str, Any], ...]) -> tuple[ApplicableToOut, ...]:
    """What an incentive is for, as it is told."""
    return tuple(msgspec.convert(each, ApplicableToOut) for each in entries)
