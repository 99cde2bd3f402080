"""A server that all tests of a file share, and ways to make campaigns in it."""

import time
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import TEN_PERCENT, Made, a_code, discount, gift, ok, refused
from tests.support.servers import Shop

Make = Callable[..., Made]

WAIT_SECONDS = 120.0
_numbers = count()

__all__ = ["TEN_PERCENT", "Made", "a_code", "discount", "gift", "ok", "refused"]


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a campaign of coupons of ten per cent with a name of its own, and these fields; the answer's body."""

    def make(**fields: Any) -> Made:
        return ok(client.post("/v1/campaigns", json=coupons(**fields)))

    return make


@pytest.fixture
def make_cards(client: httpx.Client) -> Make:
    """Create a campaign of gift cards with this amount; the answer's body."""

    def make(amount: int = 1_000, **fields: Any) -> Made:
        return ok(client.post("/v1/campaigns", json=cards(amount, **fields)))

    return make


def a_name() -> str:
    """One that no other test uses."""
    return f"Campaign {next(_numbers)}"


def coupons(voucher: Made | None = None, **fields: Any) -> Made:
    """The body of a campaign of coupons; `voucher` is laid over its template."""
    template = {"type": "DISCOUNT_VOUCHER", "discount": TEN_PERCENT, **(voucher or {})}
    return {"name": a_name(), "campaign_type": "DISCOUNT_COUPONS", "voucher": template, **fields}


def cards(amount: int, voucher: Made | None = None, **fields: Any) -> Made:
    """The body of a campaign of gift cards; `voucher` is laid over its template."""
    template = {"type": "GIFT_VOUCHER", "gift": {"amount": amount}, **(voucher or {})}
    return {"name": a_name(), "campaign_type": "GIFT_VOUCHERS", "voucher": template, **fields}


def ended(client: httpx.Client, action_id: str, status: str = "DONE") -> Made:
    """The async action, once it has ended in this status."""
    until = time.monotonic() + WAIT_SECONDS
    while (action := ok(client.get(f"/v1/async-actions/{action_id}")))["status"] not in ("DONE", "FAILED"):
        assert time.monotonic() < until, action
        time.sleep(0.02)
    assert action["status"] == status, action
    return action


def settled(client: httpx.Client, campaign_id: str) -> Made:
    """The campaign, once nothing goes on with its codes any more."""
    until = time.monotonic() + WAIT_SECONDS
    while (campaign := ok(client.get(f"/v1/campaigns/{campaign_id}")))["vouchers_generation_status"] in (
        "IN_PROGRESS",
        "MODIFYING",
    ):
        assert time.monotonic() < until, campaign
        time.sleep(0.02)
    return campaign


def vouchers_of(client: httpx.Client, campaign: Made) -> list[Made]:
    """All vouchers of a campaign, by pages."""
    found: list[Made] = []
    cursor: dict[str, str] = {}
    while True:
        where = {"campaign_id": campaign["id"], "limit": 100, **cursor}
        page = ok(client.get("/v1/vouchers", params=where))
        found += page["vouchers"]
        if not page["has_more"]:
            assert page["total"] == len(found)
            return found
        cursor = {"cursor": page["next_cursor"]}
