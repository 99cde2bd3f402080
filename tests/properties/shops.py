"""Random shops as plain values: what they offer, by which rules, and what is asked of them.

Names in angle brackets stand for the ids of what is made when a shop is opened.
"""

from typing import Any, NamedTuple

from hypothesis import strategies as st

Made = dict[str, Any]

FORMULAS = st.sampled_from(
    (
        "ORDER_AMOUNT / 10",
        "VOUCHER_REDEEMED_QUANTITY + 1",
        'CUSTOMER_METADATA("points")',
        'REDEMPTION_METADATA("k")',
        'PUBLICATION_METADATA("k")',
    )
)
AMOUNTS = st.sampled_from((330, 99, 33, 500, 1_000, 0))
PRODUCT = {"object": "product", "id": "<product>"}


def mostly(usual: st.SearchStrategy[Any], *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of these, the first one three times out of four."""
    return st.one_of(*[usual] * 3 * len(others), *others)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Made]:
    """Any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def _discount(kind: str, effects: tuple[str, ...], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Made]:
    more: dict[str, st.SearchStrategy[Any]] = {}
    if kind in ("AMOUNT", "PERCENT"):
        more["aggregated_amount_limit"] = AMOUNTS
    if kind != "UNIT":
        more[f"{next(iter(fields))}_formula"] = FORMULAS
    return st.fixed_dictionaries({"type": st.just(kind), "effect": st.sampled_from(effects), **fields}, optional=more)


ON_BOTH = ("APPLY_TO_ORDER", "APPLY_TO_ITEMS")
DISCOUNTS = st.one_of(
    _discount("AMOUNT", (*ON_BOTH, "APPLY_TO_ITEMS_PROPORTIONALLY", "APPLY_TO_ITEMS_BY_QUANTITY"), amount_off=AMOUNTS),
    _discount("PERCENT", ON_BOTH, percent_off=st.sampled_from((10, 12.5, 0, 100))),
    _discount("FIXED", ON_BOTH, fixed_amount=AMOUNTS),
    _discount(
        "UNIT",
        ("ADD_NEW_ITEMS", "ADD_MISSING_ITEMS", "ADD_SAME_ITEMS"),
        unit_off=st.sampled_from((1, 2, 0)),
        unit_type=st.sampled_from(("<product>", "prod_5h1pp1ng")),
    ),
)


def _node(name: str, operators: tuple[str, ...], *values: Any, **fields: Any) -> st.SearchStrategy[Made]:
    condition = st.tuples(st.sampled_from(operators), st.sampled_from(values))
    return condition.map(lambda pair: {"name": name, "conditions": {pair[0]: [pair[1]]}, **fields})


IS, UP_TO = ("$is", "$is_not"), ("$less_than_or_equal",)
OVER = ("$more_than", "$more_than", "$less_than")
_TWO = {"1": {"name": "order.items.aggregated_quantity", "conditions": {"$more_than": [1]}}}
NODES = st.one_of(
    _node("redemption.count.per_customer", UP_TO, 1, 2),
    _node("redemption.count.daily", UP_TO, 1, 2),
    _node("redemption.count.per_api_key", UP_TO, 1),
    _node("customer.segment", IS, "<gold>", "<buyers>", "<listed>"),
    _node("customer.metadata", IS, "gold", property="level"),
    _node("publication.redeemable_by_linked_customer", ("$is",), "true"),
    _node("order.amount", OVER, 200, 900),
    _node("order.initial_amount", OVER, 300),
    _node("order.total_amount", OVER, 100, 500),
    _node("order.items.count", OVER, 1, 0),
    _node("order.items.any", ("$is",), PRODUCT, rules=_TWO),
    _node("order.items.none", ("$is",), PRODUCT),
    _node("order.metadata", IS, "shop", property="channel"),
    _node("redemption.metadata", IS, 7, property="k"),
    _node("redemption.gift.amount", OVER, 100),
)
BUDGETS = st.one_of(
    _node("campaign.redemptions.count", UP_TO, 1, 2),
    _node("campaign.redemptions.customers_count", UP_TO, 1),
    _node("campaign.orders.amount", UP_TO, 800, 3_000),
    _node("campaign.orders.amount_discounted", UP_TO, 90, 900),
)
PARTS = st.sampled_from((1, 2)).map(
    lambda units: {
        "name": "order.items.any",
        "conditions": {"$is": [PRODUCT]},
        "rules": {"1": {"name": "order.items.aggregated_quantity", "conditions": {"$is": [units]}}},
    }
)
BUNDLES = st.fixed_dictionaries({"1": PARTS}, optional={"2": PARTS, "limit": st.sampled_from((2, 3))})
ENTRIES = st.fixed_dictionaries(
    {"object": st.just("product"), "id": st.just("<product>")},
    optional={"quantity_limit": st.just(1), "amount_limit": AMOUNTS, "price": AMOUNTS},
)


def rules(nodes: st.SearchStrategy[Made]) -> st.SearchStrategy[Made | None]:
    """A rule of one or two of these nodes, or none; it may want a bundle too."""
    numbered = st.lists(nodes, min_size=1, max_size=2).map(
        lambda some: {str(n): each for n, each in enumerate(some, 1)}
    )
    logic = st.sampled_from(("1 and 2", "1 or 2"))
    body = st.tuples(numbered, logic).map(lambda pair: {**pair[0], "logic": pair[1] if len(pair[0]) > 1 else "1"})
    selection = st.one_of(ENTRIES.map(lambda each: {"included": [each]}), st.just({"excluded": [PRODUCT]}))
    more = {"applicable_to": selection, "bundle_rules": BUNDLES}
    whole = st.fixed_dictionaries({"rules": body}, optional=more)
    alone = st.fixed_dictionaries({"bundle_rules": BUNDLES}, optional={"applicable_to": selection})
    return mostly(st.none(), whole, alone)


OF_ANY = {
    "active": st.sampled_from((True, True, True, False)),
    "category_id": st.sampled_from(("<early>", "<late>")),
    "start_date": mostly(st.just("2001-01-01T00:00:00Z"), st.just("2101-01-01T00:00:00Z")),
    "metadata": st.just({"a": 1}),
}
OF_VOUCHER = {**OF_ANY, "redemption": st.sampled_from((1, 2)).map(lambda n: {"quantity": n})}
COUPONS = st.tuples(some(**OF_VOUCHER), DISCOUNTS.map(lambda each: {"type": "DISCOUNT_VOUCHER", "discount": each})).map(
    lambda parts: {**parts[0], **parts[1]}
)
CARDS = st.tuples(some(**OF_VOUCHER), AMOUNTS, st.sampled_from(ON_BOTH)).map(
    lambda parts: {**parts[0], "type": "GIFT_VOUCHER", "gift": {"amount": parts[1], "effect": parts[2]}}
)
TIERS = st.tuples(some(**OF_ANY), DISCOUNTS, rules(NODES)).map(
    lambda parts: {**parts[0], "action": {"discount": parts[1]}, "rule": parts[2]}
)


class Voucher(NamedTuple):
    """A voucher under a rule, maybe Ada's; of a campaign with one code for all, if there is a rule for that."""

    fields: Made
    rule: Made | None
    is_adas: bool
    of_campaign: Made | None


OF_CAMPAIGNS = mostly(st.none(), rules(NODES), rules(BUDGETS))
VOUCHERS = st.builds(Voucher, mostly(COUPONS, CARDS), rules(NODES), st.booleans(), OF_CAMPAIGNS)
CATEGORIES = st.lists(st.sampled_from(("<early>", "<late>")), max_size=1)
STACKING = some(
    applicable_redeemables_limit=st.sampled_from((2, 3, 1)),
    applicable_redeemables_per_category_limit=st.just(1),
    exclusive_categories=CATEGORIES,
    redeemables_application_mode=st.just("PARTIAL"),
    redeemables_sorting_rule=st.just("CATEGORY_HIERARCHY"),
    redeemables_products_application_mode=st.just("ONCE"),
    redeemables_no_effect_rule=st.just("SKIP"),
    discount_calculation_mode=st.just("INITIAL_AMOUNT"),
)


class Goods(NamedTuple):
    """What a project has: vouchers, and a promotion with tiers, of which all are stacked, the last one first."""

    stacking: Made
    vouchers: list[Voucher]
    tiers: list[Made]
    of_promotion: Made | None


GOODS = st.builds(
    Goods, STACKING, st.lists(VOUCHERS, min_size=2, max_size=4), st.lists(TIERS, min_size=1, max_size=2), OF_CAMPAIGNS
)
LINES = st.one_of(
    st.fixed_dictionaries({"product_id": st.just("<product>")}, optional={"quantity": st.integers(0, 3)}),
    st.fixed_dictionaries(
        {"price": AMOUNTS, "quantity": st.integers(1, 3)},
        optional={"amount": AMOUNTS, "metadata": st.just({"m": 2}), "discount_amount": st.just(10)},
    ),
    st.fixed_dictionaries({"quantity": st.just(1)}),
)
AMOUNT_OF_ORDER = {"amount": st.sampled_from((1_000, 2_500, 250))}
MORE_OF_ORDER = {
    "source_id": st.just("an order"),
    "metadata": st.just({"channel": "shop"}),
    "discount_amount": st.just(50),
}
ITEMS = {"items": st.lists(LINES, min_size=1, max_size=3)}
ORDERS = mostly(
    st.fixed_dictionaries(ITEMS, optional=MORE_OF_ORDER),
    st.fixed_dictionaries({**AMOUNT_OF_ORDER, **ITEMS}, optional=MORE_OF_ORDER),
    st.fixed_dictionaries(AMOUNT_OF_ORDER, optional=MORE_OF_ORDER) | st.none() | some(**MORE_OF_ORDER),
)
CUSTOMERS = mostly(
    st.tuples(
        st.sampled_from(({"source_id": "ada"}, {"source_id": "bob"}, {"id": "<bob>"}, {"source_id": "new"})),
        some(metadata=st.sampled_from(({"level": "gold"}, {"points": 3}, {"level": None}))),
    ).map(lambda parts: {**parts[0], **parts[1]}),
    st.none(),
)


MOST_THINGS = 9
"""Vouchers, tiers, the stack, a code that nobody has, and one place more, which is of the first again."""


class Asked(NamedTuple):
    """What is asked for, by the places of what there is, with credits of cards; others may hold it before."""

    places: list[int]
    credits: int | None
    body: Made
    is_held: bool


PLACES = st.integers(0, MOST_THINGS - 1)
BODIES = st.fixed_dictionaries(
    {"order": ORDERS, "customer": CUSTOMERS},
    optional={
        "session": st.sampled_from(({"type": "LOCK", "key": "mine"}, {"key": "mine"})),
        "metadata": st.sampled_from(({"k": 7}, {"k": 1.5})),
        "tracking_id": st.just("a visitor"),
    },
)
ODD: st.SearchStrategy[Made] = st.sampled_from(
    (
        {"customer": {"name": "somebody"}},
        {"customer": {"id": "<bob>", "source_id": "ada"}},
        {"customer": {"id": "cust_nobody"}},
        {"customer": {"source_id": "ada", "metadata": {"size": "x"}}},
        {"customer": {"source_id": "new", "metadata": {"size": "x"}}},
        {"metadata": {"k": "x"}},
        {"order": {"amount": 500, "metadata": {"channel": 5}}},
        {"order": {"id": "ord_none"}},
        {"order": {"amount": 500, "source_id": "an order", "status": "CANCELED"}},
        {"order": {"amount": 500, "referrer_id": "<bob>"}},
        {"order": {"amount": 500, "referrer": {"id": "cust_nobody"}}},
        {"order": {"amount": 500, "referrer": {"source_id": "new", "metadata": {"size": "x"}}}},
    )
)
"""What a request may say beside, of which some is refused: at most one thing, since of two either may be told."""

ASKED = st.builds(
    Asked,
    mostly(st.lists(PLACES, min_size=2, max_size=4), st.lists(PLACES, min_size=1, max_size=1)),
    mostly(st.none(), AMOUNTS),
    mostly(BODIES, st.tuples(BODIES, ODD).map(lambda parts: {**parts[0], **parts[1]})),
    st.booleans(),
)


def named(value: Any, names: dict[str, str]) -> Any:
    """The value with the ids of what was made in place of its names."""
    if isinstance(value, dict):
        return {key: named(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [named(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
