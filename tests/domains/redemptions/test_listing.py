"""Lists of redemptions and rollbacks: all, a customer's, a voucher's, in every order and by every filter."""

from typing import Any, get_args

import httpx
import pytest

from patron.domains.redemptions.wire.asked import Order
from tests.domains.redemptions.conftest import Told, a_name, asked, made, made_card, ok, refused, rolled_back
from tests.support.servers import Shop


class Filled:
    """A shop with redemptions of a campaign's code, of a card and of several; one failed, one was rolled back."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
        body = {"name": "Listed", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher}
        self.campaign = ok(client.post("/v1/campaigns", json=body))["id"]
        [code] = ok(client.get("/v1/vouchers", params={"campaign": "Listed"}))["vouchers"]
        self.code, self.card = code["code"], made_card(client, 500)
        self.first = self._redeem(self.code, "ada")["redemptions"][0]
        self.failed = refused(self._ask((self.card, 900), "ada"), 400, "gift_amount_exceeded")["resource_id"]
        self.several = self._redeem(self.card, "eve", made(client))
        self.undone = ok(rolled_back(client, self.first["id"]))
        self.all = self.listed(limit=100)

    def _ask(self, thing: Any, who: str, *more: Any) -> httpx.Response:
        body = {"redeemables": asked(thing, *more), "customer": {"source_id": who}, "order": {"amount": 100}}
        return self.client.post("/v1/redemptions", json=body)

    def _redeem(self, thing: Any, who: str, *more: Any) -> Told:
        return ok(self._ask(thing, who, *more))

    def listed(self, **query: Any) -> Told:
        return ok(self.client.get("/v1/redemptions", params=query))

    def ids(self, **query: Any) -> list[str]:
        told = self.listed(**query)
        assert told["total"] == len(told["redemptions"])
        return [each["id"] for each in told["redemptions"]]


@pytest.fixture(scope="module")
def shop(shared_shop: Shop) -> Filled:
    return Filled(shared_shop.client)


def test_everything_is_listed_newest_first(shop: Filled) -> None:
    parts, parent = shop.several["redemptions"], shop.several["parent_redemption"]
    told = shop.all["redemptions"]
    expected = [shop.undone["id"], parent["id"], parts[1]["id"], parts[0]["id"], shop.failed, shop.first["id"]]
    assert [each["id"] for each in told] == expected
    assert told[0]["object"] == "redemption_rollback"
    assert told[-1]["status"] == "ROLLED_BACK"
    for each in told:
        assert ok(shop.client.get(f"/v1/redemptions/{each['id']}")) == each


@pytest.mark.parametrize("order", get_args(Order))
def test_pages_follow_one_another_in_any_order(shop: Filled, order: str) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = shop.listed(limit=2, order=order, **cursor)
        found += [each["id"] for each in page["redemptions"]]
        assert page["total"] == 6
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(found) == sorted(each["id"] for each in shop.all["redemptions"])
    by_page = [each["id"] for n in (1, 2, 3) for each in shop.listed(limit=2, order=order, page=n)["redemptions"]]
    assert by_page == found


def test_filters_of_the_reference(shop: Filled) -> None:
    assert shop.ids(customer="ada") == [shop.undone["id"], shop.failed, shop.first["id"]]
    assert shop.ids(result="FAILURE") == [shop.failed]
    assert len(shop.ids(result="SUCCESS", limit=100)) == 5
    assert len(shop.ids(result=["SUCCESS", "FAILURE"], limit=100)) == 6
    assert shop.ids(campaign="Listed") == [shop.undone["id"], shop.first["id"]]
    assert shop.ids(campaign="None") == []
    at = {"created_at[after]": shop.first["date"], "created_at[before]": shop.undone["date"]}
    assert len(shop.ids(**at)) == 4
    refused(shop.client.get("/v1/redemptions", params={"customer": "nobody"}), 404, "not_found")


def test_filters_by_fields(shop: Filled) -> None:
    parent = shop.several["parent_redemption"]["id"]
    parts = [each["id"] for each in reversed(shop.several["redemptions"])]
    expected = {
        "voucher_code": (shop.code, [shop.undone["id"], shop.first["id"]]),
        "related_object_id": (shop.first["related_object_id"], [shop.undone["id"], shop.first["id"]]),
        "related_object_parent_id": (shop.campaign, [shop.undone["id"], shop.first["id"]]),
        "parent_redemption_id": (parent, parts),
        "failure_code": ("gift_amount_exceeded", [shop.failed]),
        "result": ("FAILURE", [shop.failed]),
        "object": ("redemption_rollback", [shop.undone["id"]]),
        "customer_id": (shop.first["customer_id"], [shop.undone["id"], shop.failed, shop.first["id"]]),
        "campaign_name": ("Listed", [shop.undone["id"], shop.first["id"]]),
        "user_login": ("eve", []),
    }
    for field, (value, ids) in expected.items():
        assert shop.ids(**{f"filters[{field}][conditions][$is]": value}) == ids, field
    both = {
        "filters[junction]": "or",
        "filters[failure_code][conditions][$has_value]": "true",
        "filters[object][conditions][$in][]": "redemption_rollback",
    }
    assert shop.ids(**both) == [shop.undone["id"], shop.failed]


@pytest.mark.parametrize(
    "query",
    [
        {"order": "amount"},
        {"result": "MAYBE"},
        {"created_at[after]": "yesterday"},
        {"page": 100},
        {"limit": 101},
        {"cursor": "x"},
        {"filters[nothing][conditions][$is]": "x"},
        {"filters[result][conditions][$nearly]": "x"},
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(shop: Filled, query: dict[str, Any]) -> None:
    assert shop.client.get("/v1/redemptions", params=query).status_code == 400


def test_a_vouchers_own(shop: Filled) -> None:
    told = ok(shop.client.get(f"/v1/vouchers/{shop.card}/redemption"))
    assert (told["total"], told["redeemed_quantity"], told["redeemed_amount"]) == (2, 1, 100)
    assert [each["result"] for each in told["redemption_entries"]] == ["SUCCESS", "FAILURE"]
    page = ok(shop.client.get(f"/v1/vouchers/{shop.code}/redemptions", params={"limit": 1}))
    assert (page["total"], page["has_more"], "redeemed_amount" in page) == (2, True, False)
    rest = ok(shop.client.get(f"/v1/vouchers/{shop.code}/redemptions", params={"cursor": page["next_cursor"]}))
    assert [each["id"] for each in rest["redemption_entries"]] == [shop.first["id"]]
    refused(shop.client.get(f"/v1/vouchers/{a_name('NONE')}/redemption"), 404, "not_found")
    refused(shop.client.get("/v1/redemptions/r_none"), 404, "not_found")


def test_a_merged_customers_history_is_the_others(shop: Filled) -> None:
    client, one, other = shop.client, a_name(), a_name()
    ok(client.post("/v1/customers", json={"source_id": other}))
    body = {"redeemables": asked(made(client)), "customer": {"source_id": one}}
    [redemption] = ok(client.post("/v1/redemptions", json=body))["redemptions"]
    ok(client.post(f"/v1/customers/{other}/merge", json={"source": one}))
    [told] = shop.listed(customer=other)["redemptions"]
    assert (told["id"], told["customer"]["source_id"]) == (redemption["id"], other)
