"""The engine against a second, slow and obvious implementation, over random carts and redeemables.

`--hypothesis-profile long` compares 12,000 of them.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.engine.decide import decide
from patron.kernel.money import split, split_within
from tests.engine import carts
from tests.engine.reading import case_of, differences, told
from tests.engine.slow_bundles import bundles_of
from tests.engine.slowly import decided, fill, share_out

KINDS = {
    "percentages": carts.vouchers_of(carts.percent_discounts),
    "amounts": carts.vouchers_of(carts.amount_discounts),
    "new prices": carts.vouchers_of(carts.fixed_discounts),
    "units": carts.vouchers_of(carts.unit_discounts),
    "units after percentages": carts.vouchers_of(carts.percent_discounts | carts.unit_discounts),
    "bundles": carts.bundled_of(carts.discounts),
    "all together": carts.redeemables | carts.bundled_of(carts.discounts),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_both_come_to_the_same_totals_and_lines(kind: str, data: st.DataObject) -> None:
    case: dict[str, Any] = data.draw(carts.cases_of(KINDS[kind]))
    verdicts = told(decide(case_of(case)))["redeemables"]
    assert [verdict["status"] == "APPLICABLE" for verdict in verdicts] == [each is not None for each in decided(case)]
    for verdict, expected in zip(verdicts, decided(case), strict=True):
        assert not differences(expected or {}, verdict["order"] or {})


@given(case=carts.cases_of(carts.bundled_of(carts.discounts), at_most=2))
def test_both_find_the_same_bundles(case: dict[str, Any]) -> None:
    verdicts = told(decide(case_of(case)))["redeemables"]
    for redeemable, verdict in zip(case["redeemables"], verdicts, strict=True):
        if verdict["status"] == "SKIPPED":
            continue
        found = bundles_of(case, redeemable)
        missed = [each for each in found if not each["quantity"]]
        expected, bundle = (missed or found)[0], verdict["bundle"]
        assert bundle["quantity"] == expected["quantity"]
        assert {each["line"]: each["quantity"] for each in bundle["lines"]} == expected["units"]
        assert {each["part"]: each["quantity"] for each in bundle["lacks"]} == expected["lacks"]
        assert (verdict["status"] == "INAPPLICABLE") == bool(missed)
        assert len(verdict["refusals"]) == sum(len(each["lacks"]) for each in missed)


@given(total=st.integers(0, 500), weighted=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 90)), max_size=6))
def test_both_split_alike(total: int, weighted: list[tuple[int, int]]) -> None:
    weights, caps = [weight for weight, _ in weighted], [cap for _, cap in weighted]
    assert split(total, weights) == share_out(total, weights)
    assert split_within(total, weights, caps) == fill(total, weights, caps)
