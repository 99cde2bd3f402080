"""Facts: what rules look at, of one case and one redeemable, as plain values. Money in minor units, times epoch ms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from patron.engine.conditions.fields import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the order. `products` and `skus` are their ids and source_ids, `names` these and its collections'.

    `own` and `product` are `{"metadata": …}` of the line, and of its product and SKU. `price` is of one unit.
    """

    products: list[str] = field(default_factory=list)
    skus: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    quantity: int = 1
    price: int | None = None
    amount: int | None = None
    own: Facts = field(default_factory=dict)
    product: Facts = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class RuleFacts:
    """What is known when a redeemable is judged. What is unknown is None, or absent.

    `customer`, `order`, `redemption` and `event` have what each says of itself by groups, `metadata` among them.
    `segments` are those that the customer is in, of those that the rule names; `holder` is whether the customer is the
    one to whom the code was published. `counters` have by rule name what was counted before this redemption: a rule
    counts this one too (decisions, C 4.4). `amount` is what is still to be paid at its turn, after earlier redeemables;
    `total_amount`, `discount` and `credits` are what it leaves, takes off and spends, None before it was applied.
    Without `budgets`, rules about what all customers of a campaign share are left out, as in a qualification (I 6).
    """

    now: int
    customer: Facts | None = None
    segments: list[str] = field(default_factory=list)
    holder: bool = False
    has_order: bool = False
    order: Facts = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    amount: int | None = None
    initial_amount: int | None = None
    total_amount: int | None = None
    discount: int | None = None
    credits: int | None = None
    redemption: Facts = field(default_factory=dict)
    event: Facts = field(default_factory=dict)
    api_key: list[str] = field(default_factory=list)
    user: str | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    budgets: bool = True
    applied: bool = True
