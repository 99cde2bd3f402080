"""A server that all tests of a file share, and ways to make vouchers in it, to redeem them and to roll that back."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.support.servers import Shop

Told = dict[str, Any]
Make = Callable[..., str]
Redeem = Callable[..., httpx.Response]

TEN_PERCENT = {"type": "PERCENT", "percent_off": 10}
NO_REDEMPTIONS = {
    "total_redeemed": 0,
    "total_failed": 0,
    "total_succeeded": 0,
    "total_rolled_back": 0,
    "total_rollback_failed": 0,
    "total_rollback_succeeded": 0,
    "gift": {"redeemed_amount": 0, "amount_to_go": 0},
    "loyalty_card": {"redeemed_points": 0, "points_to_go": 0},
}
_numbers = count()


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a discount voucher with a code of its own, and these fields; its code."""

    def make(**fields: Any) -> str:
        return made(client, **fields)

    return make


@pytest.fixture
def make_card(client: httpx.Client) -> Make:
    """Create a gift card with this amount; its code."""

    def make(amount: int = 1_000, **fields: Any) -> str:
        return made_card(client, amount, **fields)

    return make


@pytest.fixture
def redeem(client: httpx.Client) -> Redeem:
    """Redeem these codes with these further fields; one may come with the credits that are asked for."""

    def redeem(*codes: Any, **fields: Any) -> httpx.Response:
        return client.post("/v1/redemptions", json={"redeemables": asked(*codes), **fields})

    return redeem


def made(client: httpx.Client, **fields: Any) -> str:
    body = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, "code": a_name("CODE"), **fields}
    return str(ok(client.post("/v1/vouchers", json=body))["code"])


def made_card(client: httpx.Client, amount: int, **fields: Any) -> str:
    body = {"type": "GIFT_VOUCHER", "gift": {"amount": amount}, "code": a_name("CARD"), **fields}
    return str(ok(client.post("/v1/vouchers", json=body))["code"])


def asked(*codes: Any) -> list[Told]:
    """Redeemables: each a code, or a pair of a code and credits."""
    return [
        {"object": "voucher", "id": code} if isinstance(code, str) else
        {"object": "voucher", "id": code[0], "gift": {"credits": code[1]}}
        for code in codes
    ]  # fmt: skip


def rolled_back(client: httpx.Client, redemption_id: str, **body: Any) -> httpx.Response:
    return client.post(f"/v1/redemptions/{redemption_id}/rollback", json=body)


def all_rolled_back(client: httpx.Client, redemption_id: str, **body: Any) -> httpx.Response:
    return client.post(f"/v1/redemptions/{redemption_id}/rollbacks", json=body)


def a_name(what: str = "customer") -> str:
    """One that no other test uses."""
    return f"{what}-{next(_numbers)}"


def ok(answer: httpx.Response) -> Told:
    """The body of an answer that must be a 200."""
    assert answer.status_code == 200, answer.text
    body: Told = answer.json()
    return body


def refused(answer: httpx.Response, status: int, key: str) -> Told:
    """The body of an answer that must be this refusal."""
    body: Told = answer.json()
    assert (answer.status_code, body["code"], body["key"]) == (status, status, key), answer.text
    return body


def summary(client: httpx.Client, customer: str) -> Told:
    told: Told = ok(client.get(f"/v1/customers/{customer}"))["summary"]
    return told


def counted(client: httpx.Client, customer: str) -> Told:
    """The counters of a customer's redemptions that are not zero."""
    told = summary(client, customer)["redemptions"]
    moved = {name: value for name, value in told.items() if isinstance(value, int) and value}
    return {**moved, **{name: value for name, value in told["gift"].items() if value}}


def feed(client: httpx.Client, customer: str) -> list[Told]:
    """What a customer's feed tells, newest first."""
    data: list[Told] = ok(client.get(f"/v1/customers/{customer}/activity", params={"limit": 100}))["data"]
    return data


def kinds(client: httpx.Client, customer: str) -> list[str]:
    """The kinds of entries of a customer's feed, oldest first."""
    return [entry["type"] for entry in reversed(feed(client, customer))]


def of_voucher(client: httpx.Client, code: str) -> Told:
    return ok(client.get(f"/v1/vouchers/{code}"))
