"""Random carts and redeemables for Hypothesis, as the JSON of cases. Small, so that limits and ties are met often."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

PRODUCTS = ("a", "b", "c", "d")
EFFECTS = (
    "APPLY_TO_EVERY",
    "APPLY_TO_CHEAPEST",
    "APPLY_FROM_CHEAPEST",
    "APPLY_TO_MOST_EXPENSIVE",
    "APPLY_FROM_MOST_EXPENSIVE",
)

small = st.integers(0, 60)
money = st.integers(0, 3_000)
limits = st.integers(0, 900)
quantities = st.integers(0, 5)
percents = st.one_of(
    st.integers(0, 100), st.builds(Fraction, st.integers(0, 100_000), st.just(1_000)), st.sampled_from([10, 50, 100])
)


def _some(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


prices = st.one_of(small, money, st.sampled_from([100, 250]))
items = _some({"product_id": st.sampled_from(PRODUCTS), "price": prices, "quantity": quantities}, {})
orders = _some({"items": st.lists(items, max_size=5)}, {"amount": st.integers(0, 9_000), "discount_amount": limits})
caps = {"amount_limit": limits, "aggregated_amount_limit": limits}
entries = _some(
    {"lines": st.lists(st.integers(0, 5), max_size=5)},
    {
        "effect": st.sampled_from(EFFECTS),
        "target": st.sampled_from(["ITEM", "UNIT"]),
        "repeat": st.integers(1, 3),
        "skip_initially": st.integers(0, 3),
        "quantity_limit": quantities,
        "aggregated_quantity_limit": st.integers(0, 9),
        "price": money,
        **caps,
    },
)
selections = _some({}, {"included": st.lists(entries, max_size=3), "excluded": st.lists(st.integers(0, 5), max_size=2)})
_on_both = st.sampled_from(["APPLY_TO_ORDER", "APPLY_TO_ITEMS"])
_amount_effects = st.sampled_from(
    [
        "APPLY_TO_ORDER",
        "APPLY_TO_ITEMS",
        "APPLY_TO_ITEMS_BY_QUANTITY",
        "APPLY_TO_ITEMS_PROPORTIONALLY",
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    ]
)
_kinds = st.sampled_from(["ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"])
_units = {"unit_type": st.sampled_from(PRODUCTS), "unit_off": quantities}
percent_discounts = _some({"type": st.just("PERCENT"), "effect": _on_both, "percent_off": percents}, caps)
amount_discounts = _some(
    {"type": st.just("AMOUNT"), "effect": _amount_effects, "amount_off": money}, {"aggregated_amount_limit": limits}
)
fixed_discounts = _some({"type": st.just("FIXED"), "effect": _on_both, "fixed_amount": money}, {})
_all_kinds = st.sampled_from(["ADD_NEW_ITEMS", "ADD_MISSING_ITEMS", "ADD_SAME_ITEMS", "REPLACE_ITEMS"])
_many = st.lists(_some({"effect": _kinds, **_units}, {}), min_size=1, max_size=3)
unit_discounts = st.one_of(
    _some({"type": st.just("UNIT"), "effect": _all_kinds, **_units}, {}),
    _some({"type": st.just("UNIT"), "effect": st.just("ADD_MANY_ITEMS"), "units": _many}, {}),
)
money_discounts = st.one_of(percent_discounts, amount_discounts, fixed_discounts)
discounts = st.one_of(money_discounts, unit_discounts)
gifts = money.flatmap(
    lambda balance: _some({"balance": st.just(balance)}, {"credits": st.integers(0, balance), "effect": _on_both})
)


_parts = _some(
    {
        "id": st.sampled_from(PRODUCTS),
        "object": st.sampled_from(["product", "sku", "products_collection"]),
        "lines": st.lists(st.integers(0, 4), min_size=1, max_size=4),
        "quantity": st.integers(1, 3),
    },
    {},
)
bundles = _some(
    {"parts": st.lists(_parts, min_size=1, max_size=3)}, {"limit": st.integers(1, 5), "everywhere": st.booleans()}
)


def bundled_of(discounts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Vouchers that need bundles."""
    return st.builds(
        lambda voucher, wanted: {**voucher, "bundles": wanted},
        vouchers_of(discounts),
        st.lists(bundles, min_size=1, max_size=2),
    )


def vouchers_of(discounts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return _some({"id": st.just("CODE"), "discount": discounts}, {"selection": selections})


redeemables = st.one_of(
    vouchers_of(discounts), _some({"id": st.just("GIFT"), "gift": gifts}, {"selection": selections})
)
rules = _some(
    {},
    {
        "redeemables_application_mode": st.sampled_from(["ALL", "PARTIAL"]),
        "redeemables_products_application_mode": st.sampled_from(["STACK", "ONCE"]),
        "redeemables_no_effect_rule": st.sampled_from(["REDEEM_ANYWAY", "SKIP"]),
        "discount_calculation_mode": st.sampled_from(["DISCOUNTED_AMOUNT", "INITIAL_AMOUNT"]),
        "applicable_redeemables_limit": st.integers(1, 4),
    },
)


def cases_of(
    of: st.SearchStrategy[dict[str, Any]], *, at_most: int = 4, orders: st.SearchStrategy[dict[str, Any]] = orders
) -> st.SearchStrategy[dict[str, Any]]:
    """Cases with some of these redeemables. No line lacks a price; what no line has is in the catalogue."""
    return _some(
        {
            "order": orders,
            "redeemables": st.lists(of, min_size=1, max_size=at_most),
            "rules": rules,
            "units": st.just({name: {"price": 700 + n} for n, name in enumerate(PRODUCTS)}),
        },
        {},
    ).filter(_is_whole)


def _is_whole(case: dict[str, Any]) -> bool:
    """What needs lines is not asked of an order without any: that is a refusal, of which other tests speak."""
    return bool(case["order"]["items"])
