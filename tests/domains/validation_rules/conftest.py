"""A server that all tests of a file share, and ways to make rules in it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import a_name, cards, coupons
from tests.domains.vouchers.conftest import Made, a_code, discount, gift, ok
from tests.http.test_refusals import refused
from tests.support.servers import Shop

Make = Callable[..., Made]

PATH = "/v1/validation-rules"
_numbers = count()

__all__ = ["Made", "Make", "a_code", "a_name", "cards", "coupons", "discount", "gift", "ok", "refused"]


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a rule with these rules in it, all of which must hold, and these fields; the answer's body."""

    def make(*rules: Made, **fields: Any) -> Made:
        numbered = {str(n): rule for n, rule in enumerate(rules, 1)}
        return ok(client.post(PATH, json={"name": f"Rule {next(_numbers)}", "rules": numbered, **fields}))

    return make


def rule(name: str, operator: str, *values: Any, **fields: Any) -> Made:
    """A rule with one condition."""
    return {"name": name, "conditions": {operator: list(values)}, **fields}
