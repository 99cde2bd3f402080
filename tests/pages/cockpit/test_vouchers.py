"""Customers see what they hold: codes with QR codes, what they give in plain words, and what is left on gift cards."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from patron.pages.cockpit.gives import gives
from patron.pages.cockpit.languages import words_for
from tests.domains.vouchers.holding import Hold, give
from tests.pages.cockpit.conftest import Made, Make, OpenTab, link_of
from tests.support.management import MANAGEMENT_KEYS
from tests.support.servers import Shop

GiveTo = Callable[..., list[str]]

TEN = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
CARD = {"type": "GIFT_VOUCHER", "gift": {"amount": 5_000}}
_numbers = count()


@pytest.fixture
def give_to(open_shop: Shop, shared_database_url: str) -> GiveTo:
    """Make vouchers of these bodies and give them to a customer, the first one first; their codes."""

    def give_to(customer: Made, *bodies: dict[str, Any]) -> list[str]:
        codes = []
        for body in bodies:
            made = open_shop.client.post("/v1/vouchers", json={"code": f"SPRING-{next(_numbers)}", **body})
            assert made.status_code == 200, made.text
            codes.append(str(made.json()["code"]))
        deeds = [Hold(code, customer["id"]) for code in codes]
        with ThreadPoolExecutor(1) as thread:  # which has no event loop, as some tests have
            for deed in deeds:
                thread.submit(give, shared_database_url, deed).result()
        return codes

    return give_to


@pytest.fixture(scope="module")
def euros(anyone: httpx.Client) -> None:
    """Let the project have a currency."""
    [project] = anyone.get("/management/v1/projects", headers=MANAGEMENT_KEYS).json()["data"]
    path = f"/management/v1/projects/{project['id']}"
    assert anyone.put(path, json={"currency": "EUR"}, headers=MANAGEMENT_KEYS).status_code == 200
    time.sleep(1.1)  # servers follow within a second


def cards(opened: Any) -> Any:
    return opened.page.locator(".voucher")


async def test_a_voucher_is_shown_with_what_it_gives_and_its_picture(make: Make, tab: OpenTab, give_to: GiveTo) -> None:
    customer = make()
    [code] = give_to(customer, {**TEN, "expiration_date": "2099-01-01T00:00:00Z", "redemption": {"quantity": 3}})
    async with tab(locale="en-GB", java_script_enabled=False) as opened:
        await opened.page.goto(link_of(customer))
        told = (await cards(opened).inner_text()).split("\n")
        assert [line.strip() for line in told if line.strip()] == [
            "Ready to use",
            "10% off",
            "Code",
            code,
            "Valid until 31 December 2098",
            "Can still be used: 3 ×",
        ]
        picture = cards(opened).locator("img")
        await picture.scroll_into_view_if_needed()
        assert await picture.get_attribute("alt") == f"QR code of {code}"
        answer = await opened.page.request.get(f"{link_of(customer)}/../{await picture.get_attribute('src')}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert opened.objections == []
        assert opened.elsewhere == []


async def test_the_policy_lets_the_picture_be_shown(make: Make, tab: OpenTab, give_to: GiveTo) -> None:
    customer = make()
    give_to(customer, TEN)
    async with tab() as opened:
        await opened.page.goto(link_of(customer))
        picture = cards(opened).locator("img")
        await picture.scroll_into_view_if_needed()
        await picture.evaluate("image => image.decode()")
        assert await opened.refused_by_policy() == []


async def test_the_code_is_marked_as_a_whole_to_be_copied(make: Make, tab: OpenTab, give_to: GiveTo) -> None:
    customer = make()
    [code] = give_to(customer, {**TEN, "code": "TWO WORDS-<b>x</b>"})
    async with tab() as opened:
        await opened.page.goto(link_of(customer))
        await cards(opened).locator("code").click()
        assert await opened.page.evaluate("getSelection().toString()") == code


async def test_a_gift_card_shows_what_is_left_in_the_shops_currency(
    make: Make, tab: OpenTab, give_to: GiveTo, open_shop: Shop, euros: None
) -> None:
    customer = make()
    [code] = give_to(customer, CARD)
    moved = open_shop.client.post(f"/v1/vouchers/{code}/balance", json={"amount": -1_250})
    assert moved.status_code == 200
    async with tab(locale="de-DE") as opened:
        await opened.page.goto(link_of(customer))
        assert await cards(opened).locator(".gives").inner_text() == "37,50\xa0€"
        assert await cards(opened).locator(".hint").inner_text() == "Geschenkkarte, insgesamt 50,00\xa0€"


async def test_what_is_of_no_use_says_why_and_has_no_picture(make: Make, tab: OpenTab, give_to: GiveTo) -> None:
    customer = make()
    give_to(
        customer,
        {**TEN, "active": False},
        {**TEN, "expiration_date": "2020-01-01"},
        {**TEN, "start_date": "2099-01-01T08:30:00Z"},
        {"type": "GIFT_VOUCHER", "gift": {"amount": 0}},
    )
    async with tab(locale="en-GB") as opened:
        await opened.page.goto(link_of(customer))
        statuses = await cards(opened).locator(".status").all_inner_texts()
        assert statuses == ["Nothing left", "Not valid yet", "Expired", "Not available"]
        pictures = [await cards(opened).nth(n).locator("img").count() for n in range(4)]
        assert pictures == [0, 1, 0, 0]
        assert "Was valid until 31 December 2019" in await cards(opened).nth(2).inner_text()
        assert "Valid from 1 January 2099 · 08:30" in await cards(opened).nth(1).inner_text()


async def test_many_are_shown_a_page_at_a_time(make: Make, tab: OpenTab, give_to: GiveTo) -> None:
    customer = make()
    codes = give_to(customer, *[TEN] * 14)
    async with tab(locale="en-GB", java_script_enabled=False) as opened:
        await opened.page.goto(link_of(customer))
        seen = await opened.page.locator(".code code").all_inner_texts()
        for _ in range(2):
            await opened.page.get_by_role("link", name="Show older ones").click()
            seen += await opened.page.locator(".code code").all_inner_texts()
        assert seen == codes[::-1]
        assert await opened.page.get_by_role("link", name="Show older ones").count() == 0
        await opened.page.get_by_role("link", name="Back to the newest").click()
        assert await opened.page.locator(".code code").first.inner_text() == codes[-1]


@pytest.mark.parametrize("after", ["x", "rh_", "rh_%00", "rh_" + "x" * 70, "rh_'"])
def test_an_address_that_names_no_entry_shows_the_first_page(
    make: Make, anyone: httpx.Client, give_to: GiveTo, after: str
) -> None:
    customer = make()
    [code] = give_to(customer, TEN)
    answer = anyone.get(f"{link_of(customer)}?vouchers={after}")
    if answer.status_code == 200:
        assert code in answer.text
    else:
        assert (answer.status_code, "%00" in after) == (400, True)


async def test_who_holds_nothing_is_told_so(make: Make, tab: OpenTab, give_to: GiveTo) -> None:
    give_to(make(), TEN)
    async with tab(locale="en-GB") as opened:
        await opened.page.goto(link_of(make()))
        assert await opened.page.get_by_text("You have no vouchers just now.").is_visible()


def test_nobody_sees_what_another_holds(make: Make, anyone: httpx.Client, give_to: GiveTo) -> None:
    [code] = give_to(make(), TEN)
    assert code not in anyone.get(link_of(make())).text


def test_who_was_merged_sees_what_is_theirs_now_and_an_erased_one_nothing(
    make: Make, anyone: httpx.Client, give_to: GiveTo, open_shop: Shop
) -> None:
    one, other = make(), make()
    [code] = give_to(one, TEN)
    merged = open_shop.client.post(f"/v1/customers/{other['id']}/merge", json={"source": one["id"]})
    assert merged.status_code == 200
    assert code in anyone.get(link_of(other)).text
    assert open_shop.client.post(f"/v1/customers/{other['id']}/permanent-deletion").status_code == 200
    answer = anyone.get(link_of(other))
    assert answer.status_code == 410
    assert code not in answer.text


def test_a_deleted_voucher_is_not_shown(make: Make, anyone: httpx.Client, give_to: GiveTo, open_shop: Shop) -> None:
    customer = make()
    [code] = give_to(customer, TEN)
    assert open_shop.client.delete(f"/v1/vouchers/{code}").status_code == 204
    assert code not in anyone.get(link_of(customer)).text


def test_the_address_of_a_picture_holds_neither_the_code_nor_the_pages_token(
    make: Make, anyone: httpx.Client, give_to: GiveTo
) -> None:
    customer = make()
    [code] = give_to(customer, TEN)
    address = anyone.get(link_of(customer)).text.split('class="qr" src="')[1].split('"')[0]
    assert address.startswith("../v1/assets/qr/")
    assert code not in address
    assert link_of(customer).rpartition("/")[2] not in address


@pytest.mark.parametrize(
    ("discount", "english", "german"),
    [
        ('{"type":"PERCENT","percent_off":12.5}', "12.5% off", "12,5\xa0% Rabatt"),
        (
            '{"type":"PERCENT","percent_off":10,"effect":"APPLY_TO_ITEMS"}',
            "10% off selected products",
            "10\xa0% Rabatt auf ausgewählte Produkte",
        ),
        (
            '{"type":"PERCENT","percent_off":10,"amount_limit":500}',
            "10% off, at most €5.00",
            "10\xa0% Rabatt, höchstens 5,00\xa0€",
        ),
        ('{"type":"AMOUNT","amount_off":123456}', "€1,234.56 off", "1.234,56\xa0€ Rabatt"),
        ('{"type":"FIXED","fixed_amount":900}', "Your order for €9.00", "Ihre Bestellung für 9,00\xa0€"),
        (
            '{"type":"UNIT","unit_type":"prod_1","unit_off":2,"product":{"id":"prod_1","name":"Tea"}}',
            "Free with your order: 2 × Tea",
            "Gratis zu Ihrer Bestellung: 2 × Tea",
        ),
        (
            '{"type":"UNIT","effect":"ADD_MANY_ITEMS","units":[{"effect":"ADD_NEW_ITEMS","unit_off":1,"unit_type":"a",'
            '"product":{"id":"a","name":"Tea"}},{"effect":"ADD_NEW_ITEMS","unit_off":2,"unit_type":"b",'
            '"sku":{"id":"b","name":"Cup"}}]}',
            "Free with your order: Tea, 2 × Cup",
            "Gratis zu Ihrer Bestellung: Tea, 2 × Cup",
        ),
        (
            '{"type":"UNIT","unit_type":"time","effect":"ADD_NEW_ITEMS"}',
            "Something free with your order",
            "Etwas gratis zu Ihrer Bestellung",
        ),
    ],
)
def test_a_discount_is_said_in_plain_words(discount: str, english: str, german: str) -> None:
    assert gives(words_for("en", "UTC"), discount, "EUR") == english
    assert gives(words_for("de", "UTC"), discount, "EUR") == german


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [(123456, "EUR", "€1,234.56"), (500, "JPY", "¥500"), (1, "KWD", "KWD0.001"), (123456, "", "1,234.56")],
)
def test_money_has_the_decimals_of_its_currency(minor: int, currency: str, told: str) -> None:
    assert words_for("en", "UTC").money(minor, currency) == told


def test_days_of_the_week_begin_with_monday() -> None:
    assert words_for("en", "UTC").weekdays([0, 6, 1]) == "Monday, Saturday, Sunday"
    assert words_for("pl", "UTC").weekdays([0]) == "niedziela"
