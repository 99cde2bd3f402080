"""What a customer sees, in a real browser."""

import time
from datetime import UTC, datetime

import httpx
import pytest

from tests.pages.cockpit.conftest import Make, OpenTab, link_of
from tests.support.servers import Shop

ADDRESS = {"line_1": "Lindenweg 12", "line_2": None, "city": "Köln", "postal_code": "50667", "country": "Germany"}


async def test_a_customer_finds_what_the_shop_knows(make: Make, tab: OpenTab) -> None:
    customer = make(
        name="Zoé Lefèvre", email="zoe@example.com", phone="+33 4 555", birthdate="1985-12-10", address=ADDRESS
    )
    async with tab(locale="en-GB", java_script_enabled=False) as opened:
        await opened.page.goto(link_of(customer))
        assert await opened.page.inner_text("h1") == "Hello, Zoé Lefèvre"
        details = await opened.page.inner_text("dl")
        for told in ("zoe@example.com", "+33 4 555", "10 December 1985", "Lindenweg 12\n50667 Köln\nGermany"):
            assert told in details
        today = datetime.now(UTC)  # noqa: TID251
        assert f"{today.day} {today:%B %Y}" in details
        assert opened.objections == []
        assert opened.elsewhere == []


async def test_a_customer_of_whom_nothing_is_known_has_a_page_too(make: Make, tab: OpenTab) -> None:
    async with tab(locale="en-US") as opened:
        await opened.page.goto(link_of(make(name=None)))
        assert await opened.page.inner_text("h1") == "Hello"
        assert await opened.page.locator("dt").count() == 1


@pytest.mark.parametrize(
    ("language", "hello"),
    [("de-AT", "Guten Tag, Ada"), ("fr", "Bonjour Ada"), ("es", "Hola, Ada"), ("pl", "Dzień dobry, Ada"), ("zh", "H")],
)
async def test_the_page_is_in_the_browsers_language(make: Make, tab: OpenTab, language: str, hello: str) -> None:
    async with tab(locale=language) as opened:
        await opened.page.goto(link_of(make()))
        assert (await opened.page.inner_text("h1")).startswith(hello)
        lang = await opened.page.get_attribute("html", "lang")
        assert lang == ("en" if language == "zh" else language[:2])


def test_the_page_is_kept_by_nobody_and_told_to_nobody(make: Make) -> None:
    answer = httpx.get(link_of(make()))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.text


def test_the_parts_of_the_page_are_kept_for_good(open_shop: Shop) -> None:
    for name, kind in (("style.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")):
        answer = httpx.get(f"{open_shop.url}/cockpit/{name}?123")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert "immutable" in answer.headers["cache-control"]


def test_a_page_is_looked_at_by_head_too(make: Make) -> None:
    answer = httpx.head(link_of(make()))
    assert (answer.status_code, answer.content) == (200, b"")


def test_no_link_is_in_the_log(open_shop: Shop, make: Make) -> None:
    link = link_of(make())
    token = link.rpartition("/")[2]
    for address in (link, link + "x", f"{link}?saved"):
        httpx.get(address)
    httpx.post(f"{link}/consents", data={"unsubscribed": "no"})
    deadline = time.monotonic() + 120
    while not any(line.get("route") == "/cockpit/{token}/consents" for line in open_shop.log):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert any(line.get("route") == "/cockpit/{token}" for line in open_shop.log)
    assert token[:40] not in repr(open_shop.log)
