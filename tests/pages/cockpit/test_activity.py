"""Customers see in words what happened lately, and nothing that has none."""

import httpx
import pytest

from tests.pages.cockpit.conftest import Make, OpenTab, link_of
from tests.support.management import MANAGEMENT_KEYS
from tests.support.servers import Shop


@pytest.fixture(scope="module")
def event(anyone: httpx.Client) -> str:
    """The name of an event that the shop tracks."""
    [project] = anyone.get("/management/v1/projects", headers=MANAGEMENT_KEYS).json()["data"]
    path = f"/management/v1/projects/{project['id']}/custom-event-schemas"
    body = {"name": "visited_the_<b>shop</b>", "schema": {"properties": {}}}
    answer = anyone.post(path, json=body, headers=MANAGEMENT_KEYS)
    assert answer.status_code == 200, answer.text
    return body["name"]  # type: ignore[return-value]


async def test_what_happened_is_told_in_words(
    open_shop: Shop, make: Make, tab: OpenTab, asked: list[str], event: str
) -> None:
    client, customer = open_shop.client, make()
    path = f"/v1/customers/{customer['id']}"
    client.put(path, json={"name": "Grace"})
    client.put(f"{path}/consents", json={asked[0]: True, asked[1]: True})
    client.put(f"{path}/consents", json={asked[1]: False, "unsubscribed": True})
    client.put(f"{path}/consents", json={"unsubscribed": False})
    assert client.post("/v1/events", json={"event": event, "customer": {"id": customer["id"]}}).status_code == 200
    async with tab(locale="en-GB") as opened:
        await opened.page.goto(link_of(customer))
        texts = await opened.page.locator(".activity li p:first-child").all_inner_texts()
        assert [text.split("\n") for text in texts] == [
            ["Noted", "visited the <b>shop</b>"],
            ["You wanted messages again"],
            ["You unsubscribed from all messages"],
            ["You withdrew", "Offers"],
            ["You agreed to", "News, Offers"],
            ["Your details were changed"],
            ["Your details came to us"],
        ]
        assert opened.objections == []


async def test_the_last_ten_are_shown(open_shop: Shop, make: Make, tab: OpenTab) -> None:
    customer = make()
    for n in range(15):
        open_shop.client.put(f"/v1/customers/{customer['id']}", json={"phone": str(n)})
    async with tab() as opened:
        await opened.page.goto(link_of(customer))
        assert await opened.page.locator(".activity li").count() == 10


def test_a_feed_keeps_no_link(open_shop: Shop, make: Make) -> None:
    customer = make()
    feed = open_shop.client.get(f"/v1/customers/{customer['id']}/activity")
    assert feed.json()["data"]
    assert "cockpit" not in feed.text
