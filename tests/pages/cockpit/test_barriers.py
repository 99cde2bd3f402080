"""Everybody can use the page: axe finds nothing, whatever the colour, the size and the light."""

from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.domains.vouchers.holding import Hold, give
from tests.pages.cockpit.conftest import Choose, Make, OpenTab, link_of
from tests.support.browsers import SIZES, picture
from tests.support.servers import Shop

TEN = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PROFILE: dict[str, Any] = {
    "name": "Zoé Lefèvre",
    "email": "zoe.lefevre@example.com",
    "phone": "+33 4 555 1843",
    "birthdate": "1985-12-10",
    "address": {"line_1": "rue des Lilas 12", "city": "Lyon", "postal_code": "69002", "country": "France"},
    "metadata": {"Membership": "M-20417"},
}

Look = Callable[..., Awaitable[None]]


@pytest.fixture
def look(tab: OpenTab, axe: str, artefacts: Path | None, shared_database_url: str) -> Look:
    """Open a link in every light and size; whatever axe finds there fails the test."""

    async def look(link: str, name: str, locale: str = "en-GB") -> None:
        async with tab(locale=locale, bypass_csp=True) as opened:
            await opened.page.goto(link)
            for light, size in product(LIGHTS, SIZES):
                await opened.page.emulate_media(color_scheme=light)
                await opened.page.set_viewport_size(SIZES[size])
                if artefacts is not None:
                    await picture(opened, artefacts, f"{name}-{size}-{light}")
                assert await opened.barriers(axe) == []
                assert not await opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    return look


@pytest.fixture
def link(open_shop: Shop, make: Make, asked: list[str]) -> str:
    """The page of a customer of whom much is known, and who has been asked and has answered."""
    customer = make(**PROFILE)
    choices = {asked[0]: True, asked[1]: False, "unsubscribed": True}
    assert open_shop.client.put(f"/v1/customers/{customer['id']}/consents", json=choices).status_code == 204
    return link_of(customer)


@pytest.fixture
def full_link(open_shop: Shop, make: Make, shared_database_url: str) -> str:
    """The page of a customer who holds vouchers of every state."""
    customer = make(**PROFILE)
    bodies: list[dict[str, Any]] = [
        {**TEN, "active": False},
        {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 500},
            "expiration_date": "2020-01-01",
        },
        {**TEN, "start_date": "2098-05-01", "validity_day_of_week": [1, 2], "redemption": {"quantity": 3}},
        {**TEN, "code": f"A CODE OF MANY CHARACTERS {'x' * 80}{customer['id']}", "expiration_date": "2099-01-01"},
        {"type": "GIFT_VOUCHER", "gift": {"amount": 0}},
        {"type": "GIFT_VOUCHER", "gift": {"amount": 123_450}},
        {"type": "DISCOUNT_VOUCHER", "discount": {"type": "FIXED", "fixed_amount": 900, "effect": "APPLY_TO_ITEMS"}},
    ]
    made = [open_shop.client.post("/v1/vouchers", json=body).json()["code"] for body in bodies]
    for code in made:
        give(shared_database_url, Hold(code, customer["id"]))
    return link_of(customer)


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "fr-FR", "es-ES", "pl-PL"])
async def test_vouchers_have_no_barriers_in_any_language(full_link: str, look: Look, locale: str) -> None:
    await look(full_link, f"vouchers-{locale}", locale)


@pytest.mark.parametrize("colour", ["#1f5fbf", "#ffd400"])
async def test_the_page_has_no_barriers_in_any_colour(link: str, look: Look, choose: Choose, colour: str) -> None:
    choose("--cockpit-name", "Tea & Leaves", "--cockpit-color", colour, "--cockpit-metadata", "Membership")
    await look(link, f"page-{colour[1:]}")


@pytest.mark.parametrize("locale", ["de-DE", "fr-FR", "es-ES", "pl-PL"])
async def test_the_page_has_no_barriers_in_any_language(link: str, look: Look, locale: str) -> None:
    await look(link, f"page-{locale}", locale)


async def test_a_page_that_shows_little_has_no_barriers(make: Make, look: Look) -> None:
    await look(link_of(make(name=None)), "page-little")


async def test_a_refusal_has_no_barriers(make: Make, look: Look, open_shop: Shop) -> None:
    customer = make()
    await look(link_of(customer) + "x", "refusal-unknown")
    open_shop.client.delete(f"/v1/customers/{customer['id']}")
    await look(link_of(customer), "refusal-gone")


async def test_the_page_can_be_read_in_a_narrow_window(make: Make, tab: OpenTab) -> None:
    """Reflow (WCAG 2.2, 1.4.10): 320 pixels wide, nothing is cut off and nothing scrolls sideways."""
    customer = make(**{**PROFILE, "name": "Wolfeschlegelsteinhausenbergerdorff" * 3})
    async with tab(size="phone") as opened:
        await opened.page.set_viewport_size({"width": 320, "height": 600})
        await opened.page.goto(link_of(customer))
        assert not await opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
