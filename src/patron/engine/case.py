"""What a decision is told: the moment, the order, the redeemables and the project's stacking rules, as plain values.

Money is in minor units, times are epoch ms, percentages whole numbers or exact fractions. Numbers in metadata are
`int`, `Decimal` or `Fraction`: a float is as if it was not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NamedTuple, Protocol

from patron.engine.bundle_rules import Bundle
from patron.engine.decision import Refusal

Kind = Literal["voucher", "promotion_tier"]
Metadata = Mapping[str, Any]

SHIPPING = "prod_5h1pp1ng"
"""The reserved product that stands for free shipping."""


class Zone(Protocol):
    """The project's time zone."""

    def local_ms(self, ms: int, /) -> int:
        """What clocks there show at a moment, in ms since they showed 1970-01-01T00:00."""

    def moment_of(self, local_ms: int, /) -> int:
        """The first moment at which clocks there show this, or something later where they skip it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the order. `amount` is None where neither it nor a price is known; `price` is of one unit."""

    product_id: str | None = None
    sku_id: str | None = None
    quantity: int = 1
    price: int | None = None
    amount: int | None = None
    discount_amount: int = 0
    discount_quantity: int = 0
    initial_quantity: int | None = None
    initial_amount: int | None = None
    metadata: Metadata = field(default_factory=dict)
    product_metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it stands before this decision: what it was granted already counts as granted (spec I 3.4).

    `amount` beats the sum of the lines.
    """

    items: tuple[Item, ...] = ()
    amount: int | None = None
    initial_amount: int | None = None
    discount_amount: int = 0
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """What the catalogue knows of a product or SKU that discounts may add."""

    product_id: str | None
    sku_id: str | None = None
    price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsOff:
    """One kind of units of an ADD_MANY_ITEMS discount."""

    unit_type: str
    unit_off: int | None = None
    unit_off_formula: str | None = None
    effect: Literal["ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"] = "ADD_MISSING_ITEMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A discount (spec I 1.2). Beside a formula, the plain field is what holds where it cannot be computed."""

    type: Literal["AMOUNT", "PERCENT", "FIXED", "UNIT"]
    effect: str | None = None
    amount_off: int | None = None
    amount_off_formula: str | None = None
    percent_off: int | Fraction | None = None
    percent_off_formula: str | None = None
    fixed_amount: int | None = None
    fixed_amount_formula: str | None = None
    amount_limit: int | None = None
    aggregated_amount_limit: int | None = None
    unit_type: str | None = None
    unit_off: int | None = None
    unit_off_formula: str | None = None
    units: tuple[UnitsOff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A gift card: what it holds beside what other sessions have locked, and what of it is asked for.

    Without `credits` as much is spent as the card holds and the order takes.
    """

    balance: int
    credits: int | None = None
    effect: Literal["APPLY_TO_ORDER", "APPLY_TO_ITEMS"] = "APPLY_TO_ORDER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicable:
    """Lines of the order that a redeemable may discount, and how far (spec I 1.3). `lines` count from 0.

    A line belongs to the first entry that names it. `repeat` is 1 at least: every n-th.
    """

    lines: tuple[int, ...]
    effect: Literal[
        "APPLY_TO_EVERY",
        "APPLY_TO_CHEAPEST",
        "APPLY_FROM_CHEAPEST",
        "APPLY_TO_MOST_EXPENSIVE",
        "APPLY_FROM_MOST_EXPENSIVE",
    ] = "APPLY_TO_EVERY"
    target: Literal["ITEM", "UNIT"] = "ITEM"
    repeat: int = 1
    skip_initially: int = 0
    quantity_limit: int | None = None
    aggregated_quantity_limit: int | None = None
    amount_limit: int | None = None
    aggregated_amount_limit: int | None = None
    price: int | None = None
    price_formula: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a redeemable applies to: its entries, or all lines where `included` is None; never an excluded line."""

    included: tuple[Applicable, ...] | None = None
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Timeframe:
    """Valid for `duration` at the begin of every `interval` from the start date on; ISO 8601 durations."""

    interval: str
    duration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A part of a local day, in minutes from its begin; on all days where `days` is None. 0 is Sunday."""

    start: int = 0
    end: int = 1440
    days: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A category of redeemables; of a lower hierarchy it is applied earlier."""

    id: str
    hierarchy: int = 0


class Before(NamedTuple):
    """A redeemable that was applied earlier in the same decision, and what it took off."""

    kind: Kind
    id: str
    discount: int


class Turn(NamedTuple):
    """The order at a redeemable's turn: what is still to be paid, and what it was at first.

    `total_amount` is what the redeemable leaves to be paid, `discount` what it takes off, `credits` what a card pays;
    None before it was applied. `before` are those that were applied earlier.
    """

    amount: int | None
    initial_amount: int | None
    total_amount: int | None = None
    discount: int | None = None
    credits: int | None = None
    before: tuple[Before, ...] = ()


Judging = Callable[[Turn], tuple[Refusal, ...]]
"""Why rules do not hold at a redeemable's turn. Before it was applied, rules about what it does are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemable:
    """What is to be redeemed: a discount or a gift card, and all that decides whether and how.

    `quantity` is how often it may be redeemed and `used` how often it was, or is held for others; `refusals` are the
    verdicts of its validation rules, or that it does not exist; `judge` asks those rules that depend on its turn;
    `bundles` must all be in the order, and the first of them multiplies the discount; `hierarchy` is a promotion tier's
    own.
    """

    kind: Kind
    id: str
    discount: Discount | None = None
    gift: Gift | None = None
    active: bool = True
    start_at: int | None = None
    expires_at: int | None = None
    timeframe: Timeframe | None = None
    days_of_week: frozenset[int] | None = None
    hours: tuple[Hours, ...] = ()
    quantity: int | None = None
    used: int = 0
    hierarchy: int | None = None
    categories: tuple[Category, ...] = ()
    selection: Selection | None = None
    refusals: tuple[Refusal, ...] = ()
    judge: Judging | None = None
    bundles: tuple[Bundle, ...] = ()
    publish_count: int | None = None
    metadata: Metadata = field(default_factory=dict)
    publication_metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackingRules:
    """How redeemables go together (spec I 3.3). A limit of None is none."""

    applicable_redeemables_limit: int = 5
    applicable_redeemables_per_category_limit: int | None = None
    applicable_redeemables_category_limits: Mapping[str, int] = field(default_factory=dict)
    applicable_exclusive_redeemables_limit: int = 1
    applicable_exclusive_redeemables_per_category_limit: int | None = None
    exclusive_categories: frozenset[str] = frozenset()
    joint_categories: frozenset[str] = frozenset()
    redeemables_application_mode: Literal["ALL", "PARTIAL"] = "ALL"
    redeemables_sorting_rule: Literal["REQUESTED_ORDER", "CATEGORY_HIERARCHY"] = "REQUESTED_ORDER"
    redeemables_products_application_mode: Literal["STACK", "ONCE"] = "STACK"
    redeemables_no_effect_rule: Literal["REDEEM_ANYWAY", "SKIP"] = "REDEEM_ANYWAY"
    no_effect_skip_categories: frozenset[str] = frozenset()
    no_effect_redeem_anyway_categories: frozenset[str] = frozenset()
    discount_calculation_mode: Literal["DISCOUNTED_AMOUNT", "INITIAL_AMOUNT"] = "DISCOUNTED_AMOUNT"
    initial_amount_mode_categories: frozenset[str] = frozenset()
    discounted_amount_mode_categories: frozenset[str] = frozenset()


DEFAULT_RULES = StackingRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Of the customer, what formulas read. The birthday is YYYY-MM-DD."""

    metadata: Metadata = field(default_factory=dict)
    birthdate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a decision depends on: the same case gives the same decision.

    `units` has what the catalogue knows of each `unit_type` that a discount names.
    """

    now: int
    zone: Zone
    redeemables: tuple[Redeemable, ...]
    order: Order | None = None
    customer: Customer | None = None
    metadata: Metadata = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    rules: StackingRules = DEFAULT_RULES
