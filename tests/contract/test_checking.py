"""The check of the contract finds what is wrong, and its list of exceptions can only become shorter."""

import re
from typing import Any

import pytest

from tests.contract.checking import Excepted, check, checker, exceptions
from tests.domains.customers.test_seed import SEED


@pytest.fixture(scope="module")
def against() -> Any:
    found = checker()
    if found is None:
        pytest.skip("../shared/tools/contract_check.py is not there: the contract is checked where it is")
    return found


def answer(body: Any, status: int = 200, path: str = "/v1/customers/x") -> dict[str, Any]:
    return {"method": "GET", "path": path, "status": status, "body": body, "has_body": body is not None}


def test_a_customer_of_the_seeds_shape_passes(against: Any) -> None:
    findings = check([answer(SEED)], against, exceptions()[0])
    assert (findings.answers, findings.violations.total()) == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        answer({**SEED, "name": 5}),
        answer({**SEED, "object": "voucher"}),
        answer({**SEED, "created_at": "yesterday"}),
        answer({"no": "customer"}),
        answer(None),
        answer(SEED, 201),
        answer({"message": "no key"}, 404),
        answer(SEED, path="/v1/no-such-thing"),
    ],
    ids=range(8),
)
def test_an_answer_that_breaks_the_contract_is_found(against: Any, wrong: dict[str, Any]) -> None:
    assert check([wrong], against, []).violations


def test_an_exception_covers_its_own_violation_alone(against: Any) -> None:

    plain = {**SEED, "address": None}
    listed = [Excepted(re.compile("^GET /v1/customers/"), re.compile("^/name"), "because")]
    findings = check([answer({**plain, "name": 5}), answer({**plain, "email": 5})], against, listed)
    assert findings.used == {"because": 1}
    assert findings.violations.total() == 1


def test_the_list_of_exceptions_is_as_long_as_it_may_be() -> None:
    listed, longest = exceptions()
    assert len(listed) == longest, "the list may only fall: lower `max` with it"
    assert all(each.reason for each in listed)
