"""What validation rules say of each voucher that is asked for: the facts that rules look at, and the asking."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import msgspec
from msgspec import UNSET

from patron.db.rulebook import Rulebook
from patron.domains.orders.wire import ItemOut
from patron.domains.product_collections import PRODUCT_COLLECTIONS, ProductCollection, membership
from patron.domains.products import Product, Sku
from patron.domains.redeemables.policy.facts import Candidate, Facts, told_metadata
from patron.domains.redeemables.wire.told import ApplicableToOut
from patron.domains.validation_rules import Subject, Verdicts, ask
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
        return () if self._facts.cart is None else tuple(self._line(item) for item in self._facts.cart.items)

    def _line(self, item: ItemOut) -> Line:
        catalogue = self._facts.catalogue
        products = {row.id: row for row in catalogue.products.values()}
        skus = {row.id: row for row in catalogue.skus.values()}
        product, sku = products.get(item.product_id or ""), skus.get(item.sku_id or "")
        of_product, of_sku = _names(item.product_id, item.product, product), _names(item.sku_id, item.sku, sku)
        rows = [row for row in (sku, product) if row is not None]
        collections = [each.id for each, is_in in self._collections if any(is_in(row) for row in rows)]
        return Line(
            products=of_product,
            skus=of_sku,
            names=[*of_sku, *of_product, *collections],
            quantity=1 if item.quantity is UNSET else item.quantity,
            price=None if item.price is UNSET else item.price,
            amount=None if item.amount is UNSET else item.amount,
            own={"metadata": item.metadata or {}},
            product={"metadata": _metadata(item, product, sku)},
        )

    @cached_property
    def _collections(self) -> list[tuple[ProductCollection, Callable[[Product | Sku], bool]]]:
        """The collections that rules of this request name, each with the test of who is in it."""
        named = {
            thing
            for candidate in self._facts.vouchers.values()
            for under in subject_of(self._facts, candidate).rules(self._rulebook)
            for thing in under.ready.things
        }
        rows = self._rulebook.rows(PRODUCT_COLLECTIONS).values()
        return [(each, membership(each, self._rulebook, self._now)) for each in rows if each.id in named]

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


def _names(own_id: Any, said: Any, row: Product | Sku | None) -> list[str]:
    given = [own_id, getattr(said, "id", UNSET), getattr(said, "source_id", UNSET)]
    stored = [] if row is None else [row.id, row.source_id]
    return list(dict.fromkeys(each for each in (*given, *stored) if isinstance(each, str) and each))


def _metadata(item: ItemOut, product: Product | None, sku: Sku | None) -> dict[str, Any]:
    """The metadata of the product and of the SKU, which wins; over both wins what the line itself says."""
    stored = [_decode(row.metadata) for row in (product, sku) if row is not None]
    sent = [part.metadata for part in (item.product, item.sku) if part and part.metadata]
    return {key: value for part in (*stored, *sent) for key, value in part.items()}
