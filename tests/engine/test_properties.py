"""What holds of every decision, whatever is in the cart."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patron.engine.decide import decide
from patron.engine.decision import CalculatedOrder
from tests.engine import carts
from tests.engine.reading import case_of

CASES = carts.cases_of(carts.redeemables | carts.bundled_of(carts.discounts))


def states_of(case: dict[str, Any]) -> list[CalculatedOrder]:
    decision = decide(case_of(case))
    return [order for order in (*(verdict.order for verdict in decision.verdicts), decision.order) if order is not None]


@given(case=CASES)
def test_parts_sum_to_the_whole(case: dict[str, Any]) -> None:
    for order in states_of(case):
        assert order.amount is not None
        assert order.items_discount_amount == sum(item.discount_amount for item in order.items)
        assert order.items_applied_discount_amount == sum(item.applied_discount_amount for item in order.items)
        assert order.total_discount_amount == order.discount_amount + order.items_discount_amount
        assert order.total_amount == order.amount - order.total_discount_amount
        applied = order.applied_discount_amount + order.items_applied_discount_amount
        assert order.total_applied_discount_amount == applied


@given(case=CASES)
def test_nothing_is_below_zero(case: dict[str, Any]) -> None:
    for order in states_of(case):
        signless = order._replace(items=())
        assert all(value >= 0 for value in signless if isinstance(value, int))
        for item in order.items:
            moved = item._replace(applied_quantity=0, applied_quantity_amount=0)
            assert all(value >= 0 for value in moved if isinstance(value, int))
            assert item.discount_quantity <= item.quantity


@given(case=CASES)
def test_the_same_case_is_decided_the_same(case: dict[str, Any]) -> None:
    assert decide(case_of(case)) == decide(case_of(case))


@given(case=CASES)
def test_no_step_makes_the_order_dearer(case: dict[str, Any]) -> None:
    totals = [order.total_amount for order in states_of(case)]
    assert totals == sorted(totals, key=lambda total: -(total or 0))


@given(case=CASES)
def test_the_steps_sum_to_the_request(case: dict[str, Any]) -> None:
    decision = decide(case_of(case))
    steps = [verdict.order for verdict in decision.verdicts if verdict.order is not None]
    if decision.order is not None:
        assert decision.order.total_applied_discount_amount == sum(each.total_applied_discount_amount for each in steps)
        assert decision.order.items_discount_amount == steps[-1].items_discount_amount


@given(case=carts.cases_of(carts.vouchers_of(carts.money_discounts), at_most=1), data=st.data())
def test_permuting_lines_changes_no_total(case: dict[str, Any], data: st.DataObject) -> None:
    """Where no limit is used up in the order of the lines; what then is left over depends on which line comes first."""
    for entry in (case["redeemables"][0].get("selection") or {}).get("included") or []:
        for name in ("repeat", "skip_initially", "aggregated_quantity_limit", "quantity_limit"):
            entry.pop(name, None)
        entry["effect"] = "APPLY_TO_EVERY"
    _each_line_once(case)
    moved = _permuted(case, data)
    assert [order._replace(items=()) for order in states_of(case)] == [
        order._replace(items=()) for order in states_of(moved)
    ]


@given(case=carts.cases_of(carts.bundled_of(carts.money_discounts), at_most=1), data=st.data())
def test_permuting_lines_changes_nothing_about_bundles(case: dict[str, Any], data: st.DataObject) -> None:
    """Neither how many there are, nor what they are made of, nor what lacks, nor what a discount on them comes to."""
    case["rules"].pop("redeemables_no_effect_rule", None)
    for redeemable in case["redeemables"]:
        redeemable.pop("selection", None)
    moved = _permuted(case, data)
    told = []
    for each in (case, moved):
        decision, items = decide(case_of(each)), each["order"]["items"]
        bundle = decision.verdicts[0].bundle
        assert bundle is not None
        units = sorted(
            (items[line.line]["product_id"], items[line.line]["price"], line.quantity) for line in bundle.lines
        )
        totals = [order._replace(items=()) for order in states_of(each)]
        told.append((bundle.quantity, units, bundle.lacks, decision.verdicts[0].refusals, totals))
    assert told[0] == told[1]


def _permuted(case: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    items = case["order"]["items"]
    new_order = data.draw(st.permutations(range(len(items))))
    new_place = {old: new for new, old in enumerate(new_order)}
    moved = {**case, "order": {**case["order"], "items": [items[place] for place in new_order]}}
    moved["redeemables"] = [_renumbered(each, new_place) for each in case["redeemables"]]
    return moved


def _each_line_once(case: dict[str, Any]) -> None:
    """A line that two entries name belongs to the first; here it is named by that one alone."""
    named: set[int] = set()
    for entry in (case["redeemables"][0].get("selection") or {}).get("included") or []:
        entry["lines"] = [line for line in dict.fromkeys(entry["lines"]) if line not in named]
        named.update(entry["lines"])


def _renumbered(redeemable: dict[str, Any], new_place: dict[int, int]) -> dict[str, Any]:
    if "bundles" in redeemable:
        redeemable = {**redeemable, "bundles": [_moved(bundle, new_place) for bundle in redeemable["bundles"]]}
    selection = redeemable.get("selection")
    if selection is None:
        return redeemable
    moved = dict(selection)
    if "included" in moved:
        moved["included"] = [
            {**entry, "lines": [new_place[line] for line in entry["lines"] if line in new_place]}
            for entry in moved["included"]
        ]
    if "excluded" in moved:
        moved["excluded"] = [new_place[line] for line in moved["excluded"] if line in new_place]
    return {**redeemable, "selection": moved}


def _moved(bundle: dict[str, Any], new_place: dict[int, int]) -> dict[str, Any]:
    parts = [
        {**part, "lines": [new_place[line] for line in part["lines"] if line in new_place]} for part in bundle["parts"]
    ]
    return {**bundle, "parts": parts}
