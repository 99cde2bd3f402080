"""Customers see what they redeemed, and what of it was taken back."""

import httpx

from tests.pages.cockpit.conftest import Make, OpenTab, link_of
from tests.support.servers import Shop


def redeemed(client: httpx.Client, customer: str, code: str, **gift: int) -> str:
    """Redeem a code for an order of 20.00; the id of the redemption."""
    thing = {"object": "voucher", "id": code, **({"gift": gift} if gift else {})}
    body = {"redeemables": [thing], "customer": {"id": customer}, "order": {"amount": 2_000}}
    answer = client.post("/v1/redemptions", json=body)
    return str(answer.json()["redemptions"][0]["id"]) if answer.status_code == 200 else ""


async def test_what_was_redeemed_is_shown(open_shop: Shop, make: Make, tab: OpenTab) -> None:
    client, customer = open_shop.client, make()
    ten = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    client.post("/v1/vouchers", json={**ten, "code": "SHOWN-TEN"})
    client.post("/v1/vouchers", json={"type": "GIFT_VOUCHER", "gift": {"amount": 900}, "code": "SHOWN-<b>CARD"})
    client.post(f"/v1/redemptions/{redeemed(client, customer['id'], 'SHOWN-TEN')}/rollback", json={}).raise_for_status()
    assert redeemed(client, customer["id"], "SHOWN-<b>CARD", credits=500)
    assert not redeemed(client, customer["id"], "SHOWN-<b>CARD", credits=500)
    async with tab(locale="en-GB") as opened:
        await opened.page.goto(link_of(customer))
        texts = await opened.page.locator(".redeemed li p:first-child").all_inner_texts()
        assert [text.split("\n") for text in texts] == [
            ["5.00 paid by gift card", "SHOWN-<b>CARD"],
            ["2.00 saved", "SHOWN-TEN"],
        ]
        dates = await opened.page.locator(".redeemed li .date").all_inner_texts()
        assert ["taken back" in date for date in dates] == [False, True]
        assert opened.objections == []


async def test_who_redeemed_nothing_is_told_nothing(make: Make, tab: OpenTab) -> None:
    async with tab() as opened:
        await opened.page.goto(link_of(make()))
        assert await opened.page.locator(".redeemed").count() == 0
