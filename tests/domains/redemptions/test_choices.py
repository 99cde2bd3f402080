"""What a project chooses: how redeemables go together, what becomes of orders, what pages may do, retries."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from patron.config import Settings
from patron.domains.projects.actions.change_settings import change_settings
from patron.domains.projects.wire import ClientPatch, ProjectPatch
from patron.running import opened, project_ids
from tests.domains.redemptions.conftest import (
    Told,
    a_name,
    all_rolled_back,
    asked,
    counted,
    made,
    made_card,
    of_voucher,
    ok,
    refused,
    rolled_back,
)
from tests.support.management import CLIENT_KEYS, PAGES, Managed, managed


@pytest.fixture(scope="module")
def server(shared_database_url: str, contract_log: Path) -> Iterator[Managed]:
    with managed(shared_database_url, contract_log) as server:
        yield server


def a_shop(server: Managed, **rules: Any) -> httpx.Client:
    """A new project with these stacking rules; a client of it."""
    project = server.new_project()
    if rules:
        ok(server.manager.post(f"/management/v1/projects/{project['id']}/stacking-rules", json=rules))
    return server.shop_of(project)


def redeemed(shop: httpx.Client, *codes: Any, **fields: Any) -> Told:
    return ok(shop.post("/v1/redemptions", json={"redeemables": asked(*codes), **fields}))


def test_the_order_stays_where_rollbacks_are_without_it(server: Managed) -> None:
    shop = a_shop(server, redeemables_rollback_order_mode="WITHOUT_ORDER")
    who = a_name()
    told = redeemed(shop, made(shop), order={"source_id": "o", "amount": 100}, customer={"source_id": who})
    [redemption] = told["redemptions"]
    undone = ok(rolled_back(shop, redemption["id"]))
    assert (undone["order"]["status"], undone["order"]["total_amount"]) == ("PAID", 90)
    mark = ok(shop.get("/v1/orders/o"))["redemptions"][redemption["id"]]
    assert mark["rollback_id"] == undone["id"]
    [undoing] = ok(shop.get(f"/v1/redemptions/{redemption['id']}"))["related_redemptions"]["rollbacks"]
    assert undoing["rollback_order_mode"] == "WITHOUT_ORDER"
    assert ok(shop.get(f"/v1/customers/{who}"))["summary"]["orders"]["total_amount"] == 90


def test_what_applies_is_redeemed_where_parts_may_be(server: Managed) -> None:
    shop = a_shop(server, redeemables_application_mode="PARTIAL")
    good, bad, who = made(shop), made(shop, active=False), a_name()
    told = redeemed(shop, good, bad, order={"amount": 100}, customer={"source_id": who})
    assert [each["voucher"]["code"] for each in told["redemptions"]] == [good]
    assert "parent_redemption" not in told
    assert [each["id"] for each in told["inapplicable_redeemables"]] == [bad]
    assert counted(shop, who) == {"total_redeemed": 1, "total_succeeded": 1}
    body = {"redeemables": asked(bad), "customer": {"source_id": who}}
    refused(shop.post("/v1/redemptions", json=body), 400, "voucher_disabled")
    assert counted(shop, who) == {"total_redeemed": 2, "total_succeeded": 1, "total_failed": 1}


class TestOncePerOrder:
    """With the project's setting, what is sent again for the same order is answered again."""

    @pytest.fixture
    def shop(self, server: Managed, shared_database_url: str) -> httpx.Client:
        asyncio.run(change(shared_database_url, ProjectPatch(redeem_once_per_order=True)))
        return server.shop.client

    def test_the_same_is_redeemed_once(self, shop: httpx.Client) -> None:
        code, order = made(shop), {"source_id": a_name("order"), "amount": 100}
        answers = [redeemed(shop, code, order=order, customer={"source_id": "retries"}) for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert of_voucher(shop, code)["redemption"]["redeemed_quantity"] == 1

    def test_another_order_or_other_redeemables_are_something_else(self, shop: httpx.Client) -> None:
        code, card, name = made(shop), made_card(shop, 500), a_name("order")
        redeemed(shop, code, order={"source_id": name, "amount": 100})
        redeemed(shop, code, order={"source_id": a_name("order"), "amount": 100})
        redeemed(shop, code)
        redeemed(shop, code)
        redeemed(shop, (card, 1), order={"source_id": name})
        redeemed(shop, (card, 2), order={"source_id": name})
        assert of_voucher(shop, code)["redemption"]["redeemed_quantity"] == 4
        assert of_voucher(shop, card)["gift"]["balance"] == 497

    def test_what_failed_may_be_tried_again(self, shop: httpx.Client) -> None:
        code = made(shop, active=False)
        body = {"redeemables": asked(code), "order": {"source_id": a_name("order"), "amount": 100}}
        refused(shop.post("/v1/redemptions", json=body), 400, "voucher_disabled")
        ok(shop.post(f"/v1/vouchers/{code}/enable"))
        ok(shop.post("/v1/redemptions", json=body))

    def test_what_was_rolled_back_may_be_redeemed_again(self, shop: httpx.Client) -> None:
        code, card = made(shop), made_card(shop, 500)
        order = {"source_id": a_name("order"), "amount": 100}
        first = redeemed(shop, code, (card, 10), order=order)["parent_redemption"]
        ok(all_rolled_back(shop, first["id"]))
        second = redeemed(shop, code, (card, 10), order=order)["parent_redemption"]
        assert second["id"] != first["id"]


class TestPages:
    """Pages with a client key may redeem where the project says so."""

    @pytest.fixture
    def page(self, server: Managed) -> httpx.Client:
        page = server.client(CLIENT_KEYS)
        page.headers["Origin"] = PAGES
        return page

    def test_a_page_redeems_if_it_may(self, server: Managed, page: httpx.Client, shared_database_url: str) -> None:
        shop = server.shop.client
        code = made(shop)
        body = {"redeemables": asked(code), "order": {"amount": 100}}
        asyncio.run(change(shared_database_url, ProjectPatch(client=ClientPatch(redeem=False, requests=1_000))))
        refused(page.post("/client/v1/redemptions", json=body), 403, "forbidden")
        refused(page.post("/client/v1/redeem", json={}, params={"code": code}), 403, "forbidden")
        asyncio.run(change(shared_database_url, ProjectPatch(client=ClientPatch(redeem=True, requests=1_000))))
        [redemption] = ok(page.post("/client/v1/redemptions", json=body))["redemptions"]
        assert redemption["voucher"]["code"] == code
        told = ok(page.post("/client/v1/redeem", json={}, params={"code": code, "tracking_id": "visitor"}))
        assert told["tracking_id"].startswith("track_")
        assert of_voucher(shop, code)["redemption"]["redeemed_quantity"] == 2

    def test_a_page_touches_no_order_by_guessing_its_source_id(
        self, server: Managed, page: httpx.Client, shared_database_url: str
    ) -> None:
        shop = server.shop.client
        asyncio.run(change(shared_database_url, ProjectPatch(client=ClientPatch(redeem=True, requests=1_000))))
        code, name = made(shop), a_name("order")
        ok(shop.post("/v1/orders", json={"source_id": name, "amount": 1_000}))
        body = {"redeemables": asked(code), "order": {"source_id": name, "amount": 1}}
        refused(page.post("/client/v1/redemptions", json=body), 409, "duplicate_found")
        assert ok(shop.get(f"/v1/orders/{name}"))["status"] == "CREATED"


async def change(url: str, patch: ProjectPatch) -> None:
    """Change the settings of the shop's own project, and wait until its server knows."""
    async with opened(Settings(database_url=url), migrating=False) as patron:
        first, *_ = sorted(await project_ids(patron))
        await change_settings(patron.units, first, patch)
    await asyncio.sleep(1.1)
