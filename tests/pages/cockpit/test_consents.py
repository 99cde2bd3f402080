"""Customers see what they have allowed, and change it; each change is kept with where it came from."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest

from patron.pages.cockpit.consents import choices_of
from tests.pages.cockpit.conftest import Made, Make, OpenTab, link_of
from tests.support.servers import Shop


def said(shop: Shop, customer: Made) -> dict[str, bool]:
    """What the API tells that a customer has said."""
    consents = shop.client.get(f"/v1/customers/{customer['id']}").json()["system_metadata"].get("consents", {})
    return {consent_id: each["value"] for consent_id, each in consents.items()}


def say(shop: Shop, customer: Made, **choices: bool) -> None:
    answer = shop.client.put(f"/v1/customers/{customer['id']}/consents", json=choices)
    assert answer.status_code == 204, answer.text


def sent(anyone: httpx.Client, customer: Made, fields: dict[str, str], **headers: str) -> httpx.Response:
    return anyone.post(f"{link_of(customer)}/consents", data=fields, headers=headers)


async def test_a_customer_changes_what_they_allow(open_shop: Shop, make: Make, tab: OpenTab, asked: list[str]) -> None:
    news, offers, _ = asked
    customer = make()
    say(open_shop, customer, **{offers: True})
    async with tab(locale="en-GB", java_script_enabled=False) as opened:
        page = opened.page
        await page.goto(link_of(customer))
        assert [await page.is_checked(f"#{each}") for each in asked] == [False, True, False]
        assert (await page.inner_text(f"#{news}-note")).split("\n\n") == ["Once a week.", "Not chosen yet"]
        assert (await page.inner_text(f"#{offers}-note")).startswith("Agreed on ")
        assert await page.locator("fieldset").first.locator("legend").inner_text() == "By email"
        await page.get_by_label("News").check()
        await page.get_by_label("Offers").uncheck()
        await page.get_by_role("button").click()
        assert page.url == f"{link_of(customer)}?saved#notice"
        assert await page.get_by_role("status").inner_text() == "Your choices are saved."
        assert [await page.is_checked(f"#{each}") for each in asked] == [True, False, False]
        assert (await page.inner_text(f"#{offers}-note")).startswith("Withdrawn on ")
        assert opened.objections == []
    assert said(open_shop, customer) == {news: True, offers: False}
    history = open_shop.client.get(f"/v1/customers/{customer['id']}/consents/history?order=created_at").json()
    told = [(each["consent"]["id"], each["value"], each["channel"]) for each in history["consent_changes"]]
    assert told[0] == (offers, True, "API")
    assert sorted(told[1:]) == sorted([(news, True, "USER_PORTAL"), (offers, False, "USER_PORTAL")])


async def test_a_customer_unsubscribes_and_comes_back(
    open_shop: Shop, make: Make, tab: OpenTab, asked: list[str]
) -> None:
    customer = make()
    say(open_shop, customer, **{asked[0]: True})
    async with tab(locale="en-GB") as opened:
        page = opened.page
        await page.goto(link_of(customer))
        await page.get_by_label("Send me nothing at all").check()
        await page.get_by_role("button").click()
        assert said(open_shop, customer) == {asked[0]: True, "unsubscribed": True}
        assert await page.get_by_text("Unsubscribed on ").is_visible()
        await page.get_by_label("Send me what I have agreed to").check()
        await page.get_by_role("button").click()
        assert said(open_shop, customer) == {asked[0]: True, "unsubscribed": False}


async def test_the_form_is_used_by_keyboard_alone(open_shop: Shop, make: Make, tab: OpenTab, asked: list[str]) -> None:
    customer = make()
    async with tab() as opened:
        await opened.page.goto(link_of(customer))
        for key in ("Tab", "Space", "Tab", "Tab", "Space", "Tab", "ArrowDown", "Tab", "Enter"):
            await opened.page.keyboard.press(key)
        await opened.page.wait_for_url("**/*saved*")
    assert said(open_shop, customer) == {asked[0]: True, asked[2]: True, "unsubscribed": True}


def test_a_form_that_changes_nothing_writes_nothing(
    open_shop: Shop, anyone: httpx.Client, make: Make, asked: list[str]
) -> None:
    customer = make()
    form = {"was_given": "", "was_unsubscribed": "no", "unsubscribed": "no"}
    answer = sent(anyone, customer, form)
    token = link_of(customer).rpartition("/")[2]
    assert (answer.status_code, answer.headers["location"]) == (303, f"../{token}?saved#notice")
    assert said(open_shop, customer) == {}


def test_an_old_page_does_not_undo_what_was_said_elsewhere(
    open_shop: Shop, anyone: httpx.Client, make: Make, asked: list[str]
) -> None:
    news, offers, _ = asked
    customer = make()
    say(open_shop, customer, **{offers: True, "unsubscribed": True})
    shown_before = {"was_given": "", "was_unsubscribed": "no", "unsubscribed": "no", news: "on"}
    assert sent(anyone, customer, shown_before).status_code == 303
    assert said(open_shop, customer) == {news: True, offers: True, "unsubscribed": True}


def test_twenty_forms_at_once_end_in_one_state(
    open_shop: Shop, anyone: httpx.Client, make: Make, asked: list[str]
) -> None:
    customer = make()
    forms = [{asked[0]: "on"} if n % 2 else {"was_given": asked[0]} for n in range(20)]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda form: sent(anyone, customer, form), forms))
    assert {answer.status_code for answer in answers} == {303}
    history = open_shop.client.get(f"/v1/customers/{customer['id']}/consents/history?limit=100").json()
    values = [each["value"] for each in history["consent_changes"]]
    assert values[0] == said(open_shop, customer)[asked[0]]
    assert all(one != other for one, other in pairwise(values))


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
def test_a_form_of_another_site_is_refused(
    open_shop: Shop, anyone: httpx.Client, make: Make, asked: list[str], headers: dict[str, str]
) -> None:
    customer = make()
    answer = sent(anyone, customer, {asked[0]: "on"}, **headers)
    assert answer.status_code == 403
    assert said(open_shop, customer) == {}


def test_a_form_that_is_none_is_refused(open_shop: Shop, anyone: httpx.Client, make: Make, asked: list[str]) -> None:
    customer = make()
    address = f"{link_of(customer)}/consents"
    assert anyone.post(address, json={asked[0]: True}).status_code == 415
    assert sent(anyone, customer, {"x": "y" * 20_000}).status_code == 413
    assert sent(anyone, customer, {f"x{n}": "" for n in range(300)}).status_code == 400
    assert said(open_shop, customer) == {}


def test_a_form_under_a_link_that_is_over_changes_nothing(
    open_shop: Shop, anyone: httpx.Client, make: Make, asked: list[str]
) -> None:
    customer = make()
    assert anyone.post(f"{link_of(customer)}x/consents", data={asked[0]: "on"}).status_code == 404
    open_shop.client.delete(f"/v1/customers/{customer['id']}/cockpit-links")
    answer = sent(anyone, customer, {asked[0]: "on"})
    assert answer.status_code == 410
    assert 'href="../style.css?' in answer.text
    assert said(open_shop, customer) == {}


def test_what_the_form_says_beside_the_point_is_passed_over() -> None:
    assert choices_of({"cnst_1": "on", "cnst_gone": "on", "x": "1"}, {"cnst_1"}) == {"cnst_1": True}
    assert choices_of({"was_given": "cnst_1 cnst_gone"}, {"cnst_1"}) == {"cnst_1": False}
    assert choices_of({}, {"cnst_1"}) == {}
    assert choices_of({"unsubscribed": "perhaps", "was_unsubscribed": "yes"}, set()) == {}
