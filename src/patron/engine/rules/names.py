"""The names of rules: of what each speaks, when that is known, and what may stand below it (spec C 4.2, I 3.10)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from patron.engine.conditions.fields import Type
from patron.engine.rules.facts import Line, RuleFacts

Family = Literal["customer", "order", "redemption"]
"""What a refusal blames (spec I 3.2)."""
When = Literal["early", "turn", "applied"]
"""When a value is known: before anything is applied, at the redeemable's turn, or once it was applied itself."""
Mode = Literal["any", "every", "none", "cheapest", "most_expensive"]
Period = Literal["ever", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Budget:
    """What is counted, and since when: of one code or promotion tier, or of its campaign; of all or of one subject."""

    of: Literal["object", "campaign"]
    by: Literal["all", "customer", "api_key", "user"]
    what: Literal["redemptions", "amount", "discount"] = "redemptions"
    period: Period = "ever"

    @property
    def is_shared(self) -> bool:
        """Whether all customers of a campaign use it up together."""
        return self.of == "campaign" and self.by == "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A rule that looks at one value. With `metadata`, it needs a `property` of this resource's metadata."""

    family: Family
    type: Type
    read: Callable[[RuleFacts], Any]
    when: When = "early"
    metadata: str | None = None
    of_customer: bool = False
    budget: Budget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A rule about lines of the order: those that its conditions name, and what the rules below ask of them.

    `read` is what the conditions look at, or with `metadata` what has it.
    """

    mode: Mode
    type: Type
    read: Callable[[Line], Any]
    below: Mapping[str, "Sub"]
    metadata: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sub:
    """A rule below one about lines: of each line that is meant, or of all of them together.

    A `flag` says something of the rule above: that its lines are the ones to discount, or that all lines must match.
    """

    type: Type
    read: Callable[[Line], Any] | None = None
    read_all: Callable[[list[Line]], Any] | None = None
    metadata: str | None = None
    flag: Literal["discount", "all"] | None = None


def price_of(line: Line) -> int | float | None:
    """What one unit costs."""
    if line.price is not None:
        return line.price
    return None if line.amount is None or not line.quantity else line.amount / line.quantity


def _quantity(lines: list[Line]) -> int:
    return sum(line.quantity for line in lines)


def _amount(lines: list[Line]) -> int:
    return sum(line.amount or 0 for line in lines)


_OF_PRODUCT = Sub(type=Type.ANY, read=lambda line: line.product, metadata="product")
_IS_DISCOUNTED = Sub(type=Type.BOOLEAN, flag="discount")
_QUANTITY = Sub(type=Type.NUMBER, read=lambda line: line.quantity)
_PRICE = Sub(type=Type.NUMBER, read=price_of)

_BELOW_ITEMS = {
    "order.items.quantity": _QUANTITY,
    "order.items.aggregated_quantity": Sub(type=Type.NUMBER, read_all=_quantity),
    "order.items.price": _PRICE,
    "order.items.aggregated_amount": Sub(type=Type.NUMBER, read_all=_amount),
    "order.items.metadata": Sub(type=Type.ANY, read=lambda line: line.own, metadata="order_item"),
}
_BELOW_PRODUCT = {
    "product.quantity": _QUANTITY,
    "product.price": _PRICE,
    "product.discount_applicable": _IS_DISCOUNTED,
    "product.metadata": _OF_PRODUCT,
    "sku.quantity": _QUANTITY,
    "sku.price": _PRICE,
    "sku.discount_applicable": _IS_DISCOUNTED,
}
_BELOW_METADATA = {
    **_BELOW_PRODUCT,
    "product.metadata.aggregated_quantity": Sub(type=Type.NUMBER, read_all=_quantity),
    "product.metadata.aggregated_amount": Sub(type=Type.NUMBER, read_all=_amount),
    "product.metadata.discount_applicable": _IS_DISCOUNTED,
    "product.metadata.match_all": Sub(type=Type.BOOLEAN, flag="all"),
}


def _named(mode: Mode, below: Mapping[str, Sub]) -> Items:
    return Items(mode=mode, type=Type.REFERENCE, read=lambda line: line.names, below=below)


def _each(mode: Mode, kind: Type, read: Callable[[Line], Any], metadata: str | None = None) -> Items:
    return Items(mode=mode, type=kind, read=read, below={}, metadata=metadata)


ITEMS: Mapping[str, Items] = {
    "order.items.any": _named("any", _BELOW_ITEMS),
    "order.items.every": _named("every", _BELOW_ITEMS),
    "order.items.none": _named("none", {}),
    "order.items.cheapest": _named("cheapest", _BELOW_ITEMS),
    "order.items.most_expensive": _named("most_expensive", _BELOW_ITEMS),
    "order.items.price_any": _each("any", Type.NUMBER, price_of),
    "order.items.price_each": _each("every", Type.NUMBER, price_of),
    "order.items.metadata_any": _each("any", Type.ANY, lambda line: line.own, "order_item"),
    "order.items.metadata_each": _each("every", Type.ANY, lambda line: line.own, "order_item"),
    "product.id": Items(mode="any", type=Type.REFERENCE, read=lambda line: line.products, below=_BELOW_PRODUCT),
    "product.price": _each("any", Type.NUMBER, price_of),
    "product.quantity": _each("any", Type.NUMBER, lambda line: line.quantity),
    "product.discount_applicable": _each("any", Type.BOOLEAN, lambda _line: True),
    "product.metadata": Items(
        mode="any", type=Type.ANY, read=lambda line: line.product, below=_BELOW_METADATA, metadata="product"
    ),
    "sku.id": Items(mode="any", type=Type.REFERENCE, read=lambda line: line.skus, below=_BELOW_PRODUCT),
    "sku.price": _each("any", Type.NUMBER, price_of),
    "sku.quantity": _each("any", Type.NUMBER, lambda line: line.quantity),
    "sku.discount_applicable": _each("any", Type.BOOLEAN, lambda _line: True),
}
"""Rules about lines of the order."""

PERIODS: tuple[tuple[str, Period], ...] = (("", "ever"), (".daily", "day"), (".weekly", "week"), (".monthly", "month"))


def _count(name: str, budget: Budget) -> Name:
    """A count, this redemption included."""

    def read(facts: RuleFacts) -> int:
        return facts.counters.get(name, 0) + 1

    of_customer = budget.by == "customer"
    return Name(family="redemption", type=Type.NUMBER, read=read, budget=budget, of_customer=of_customer)


def _counts(name: str, of: Literal["object", "campaign"], by: Literal["all", "customer"]) -> dict[str, Name]:
    return {f"{name}{end}": _count(f"{name}{end}", Budget(of, by, period=period)) for end, period in PERIODS}


def _spent(facts: RuleFacts) -> int | None:
    before = facts.counters.get("campaign.orders.amount", 0)
    return None if facts.initial_amount is None else before + facts.initial_amount


def _given(facts: RuleFacts) -> int | None:
    before = facts.counters.get("campaign.orders.amount_discounted", 0)
    return None if facts.discount is None else before + facts.discount


def _money(read: Callable[[RuleFacts], Any], when: When) -> Name:
    return Name(family="order", type=Type.NUMBER, read=read, when=when)


def _metadata(family: Family, resource: str, read: Callable[[RuleFacts], Any], *, of_customer: bool = False) -> Name:
    return Name(family=family, type=Type.ANY, read=read, metadata=resource, of_customer=of_customer)


VALUES: Mapping[str, Name] = {
    "customer.segment": Name(
        family="customer", type=Type.REFERENCE, read=lambda facts: facts.segments, of_customer=True
    ),
    "customer.metadata": _metadata("customer", "customer", lambda facts: facts.customer, of_customer=True),
    "publication.redeemable_by_linked_customer": Name(
        family="customer", type=Type.BOOLEAN, read=lambda facts: facts.holder, of_customer=True
    ),
    "order.amount": _money(lambda facts: facts.amount, "turn"),
    "order.initial_amount": _money(lambda facts: facts.initial_amount, "early"),
    "order.total_amount": _money(lambda facts: facts.total_amount, "applied"),
    "order.items.count": _money(lambda facts: _quantity(list(facts.lines)) if facts.has_order else None, "early"),
    "order.metadata": _metadata("order", "order", lambda facts: facts.order),
    "redemption.metadata": _metadata("redemption", "redemption", lambda facts: facts.redemption),
    "redemption.api_key": Name(family="redemption", type=Type.REFERENCE, read=lambda facts: facts.api_key),
    "redemption.user.login": Name(family="redemption", type=Type.TEXT, read=lambda facts: facts.user),
    "redemption.gift.amount": Name(
        family="redemption", type=Type.NUMBER, read=lambda facts: facts.credits, when="applied"
    ),
    **{name: rule for name, rule in _counts("redemption.count", "object", "all").items() if name != "redemption.count"},
    **_counts("redemption.count.per_customer", "object", "customer"),
    "redemption.count.per_api_key": _count("redemption.count.per_api_key", Budget("object", "api_key")),
    **_counts("campaign.redemptions.count", "campaign", "all"),
    **_counts("campaign.redemptions.customers_count", "campaign", "customer"),
    "campaign.orders.amount": Name(
        family="redemption",
        type=Type.NUMBER,
        read=_spent,
        budget=Budget("campaign", "all", "amount"),
    ),
    "campaign.orders.amount_discounted": Name(
        family="redemption",
        type=Type.NUMBER,
        read=_given,
        when="applied",
        budget=Budget("campaign", "all", "discount"),
    ),
    "custom_event.metadata": _metadata("redemption", "event", lambda facts: facts.event),
}
"""Rules about one value."""

UNCOUNTED: Mapping[str, str] = {
    "redemption.count.per_user": "redemption.count.per_api_key: redemptions come with API keys, and no user is known",
    "redemption.reward.pay_with_points.points_used": "another rule: there are no points to pay with",
}
"""Rules about what is not counted here, and what to use instead."""

KNOWN = (*VALUES, *ITEMS, *UNCOUNTED)
ALIASES = {name.replace(".", "_"): name for name in (*KNOWN, *_BELOW_ITEMS, *_BELOW_METADATA)}
"""Names as they were once spelled (spec C 4.2)."""
