"""A server that all tests of a file share, and ways to make promotions in it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import a_name, ended
from tests.domains.categories.conftest import category
from tests.domains.vouchers.conftest import Made, ok, refused
from tests.support.servers import Shop

__all__ = ["Made", "a_name", "category", "ended", "ok", "refused"]

Make = Callable[..., Made]
TIERS = "/v1/promotions/tiers"
TEN_OFF = {"discount": {"type": "AMOUNT", "amount_off": 1000, "effect": "APPLY_TO_ORDER"}}


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def make(client: httpx.Client) -> Make:
    """Create a promotion campaign with tiers of these fields, and fields of its own; the answer's body."""

    def make(*tiers: Made, **fields: Any) -> Made:
        return ok(client.post("/v1/campaigns", json=promotion(*tiers, **fields)))

    return make


def promotion(*tiers: Made, **fields: Any) -> Made:
    return {
        "name": a_name(),
        "campaign_type": "PROMOTION",
        "promotion": {"tiers": [tier(**given) for given in tiers]},
        **fields,
    }


def tier(**fields: Any) -> Made:
    return {"name": "Ten off", "action": TEN_OFF, **fields}


def add(client: httpx.Client, campaign: Made, **fields: Any) -> Made:
    """A tier that is added to a campaign."""
    return ok(client.post(f"/v1/promotions/{campaign['id']}/tiers", json=tier(**fields)))


def tiers_of(client: httpx.Client, campaign: Made) -> list[Made]:
    """The tiers of a campaign, by hierarchy."""
    told: list[Made] = ok(client.get(f"/v1/promotions/{campaign['id']}/tiers"))["tiers"]
    return told


def places(client: httpx.Client, campaign: Made) -> list[tuple[str, int]]:
    """The names of a campaign's tiers with their places."""
    return [(each["name"], each["hierarchy"]) for each in tiers_of(client, campaign)]


def stack(client: httpx.Client, campaign: Made, *tier_ids: str, **fields: Any) -> Made:
    """A stack of these tiers that is created."""
    body = {"name": "Both", "tiers": {"ids": tier_ids}, **fields}
    return ok(client.post(f"/v1/promotions/{campaign['id']}/stacks", json=body))
