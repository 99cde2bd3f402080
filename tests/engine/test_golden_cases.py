"""Golden cases of decisions about money: examples with known figures. A bug report becomes a row there first."""

from pathlib import Path
from typing import Any

import pytest

from patron.engine.decide import decide
from tests.engine.reading import case_of, cases_of, differences, told

CASES = [case for path in sorted((Path(__file__).parent / "cases").glob("money-*.json")) for case in cases_of(path)]


@pytest.mark.parametrize("given", CASES, ids=[case["name"] for case in CASES])
def test_a_case_is_decided_as_expected(given: dict[str, Any]) -> None:
    decision = told(decide(case_of(given["case"])))
    assert not differences(given["expected"], decision)


def test_each_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_a_difference_is_found_wherever_it_is() -> None:
    expected = {"valid": True, "redeemables": [{"order": {"items": [{"amount": 1}]}}]}
    actual = {"valid": True, "redeemables": [{"order": {"items": [{"amount": 2}]}}], "order": None}
    assert differences(expected, actual) == [".redeemables[0].order.items[0].amount: expected 1, was 2"]
    assert differences([1], [1, 2])
