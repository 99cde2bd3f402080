"""Bundles decide: a validation, a redemption and a qualification say the same of what is in the order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import settled
from tests.domains.validation_rules.conftest import (
    PATH,
    Made,
    Make,
    a_code,
    a_name,
    coupons,
    discount,
    gift,
    ok,
    refused,
)

CLIENTS = 20
TEN_OFF = {"type": "AMOUNT", "amount_off": 1_000}
_numbers = count()


class Shelf:
    """Two bottles and three things of a brand are a bundle."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.bottle, self.shirt, self.socks = (product(client, price) for price in (2_499, 1_999, 499))
        entries = [{"object": "product", "id": each} for each in (self.shirt, self.socks)]
        body = {"type": "STATIC", "name": a_name(), "products": entries}
        self.brand: str = ok(client.post("/v1/product-collections", json=body))["id"]

    def bundle(self, limit: int = 5, **of_bottles: Any) -> Made:
        bottles, brand = part("product", self.bottle, 2), part("products_collection", self.brand, 3)
        return {"1": {**bottles, **of_bottles}, "2": brand, "limit": limit}

    def order(self, bottles: int, shirts: int, socks: int) -> Made:
        quantities = ((self.bottle, bottles), (self.shirt, shirts), (self.socks, socks))
        return {"items": [{"product_id": each, "quantity": n} for each, n in quantities if n]}


@pytest.fixture(scope="module")
def shelf(shared_shop: Any) -> Shelf:
    return Shelf(shared_shop.client)


def product(client: httpx.Client, price: int) -> str:
    made = {"name": "Thing", "source_id": f"bundled-{next(_numbers)}", "price": price}
    return str(ok(client.post("/v1/products", json=made))["id"])


def part(kind: str, name: str, units: int) -> Made:
    thing = {"id": name, "object": kind, "type": kind if kind == "products_collection" else "product_or_sku"}
    below = {"name": "order.items.aggregated_quantity", "conditions": {"$is": [units]}, "rules": {}}
    return {"name": "order.items.any", "conditions": {"$is": [thing]}, "rules": {"1": below, "logic": "1"}}


def voucher(client: httpx.Client, made: Made, **fields: Any) -> Made:
    body = discount(code=a_code(), **{"discount": TEN_OFF, "validation_rules": [made["id"]], **fields})
    return {"object": "voucher", "id": ok(client.post("/v1/vouchers", json=body))["code"]}


def tier(client: httpx.Client, made: Made, *, of_campaign: bool = False) -> Made:
    rules = {"validation_rules": [made["id"]]}
    tiers = [{"name": a_name(), "action": {"discount": TEN_OFF}, **({} if of_campaign else rules)}]
    body = {"name": a_name(), "campaign_type": "PROMOTION", "promotion": {"tiers": tiers}}
    campaign = ok(client.post("/v1/campaigns", json=body | (rules if of_campaign else {})))
    return {"object": "promotion_tier", "id": campaign["promotion"]["tiers"][0]["id"]}


def of_campaign(client: httpx.Client, made: Made) -> Made:
    campaign = ok(client.post("/v1/campaigns", json=coupons(validation_rules=[made["id"]])))
    settled(client, campaign["id"])
    code = ok(client.post(f"/v1/campaigns/{campaign['id']}/vouchers", json={}))["code"]
    return {"object": "voucher", "id": code}


def validate(client: httpx.Client, thing: Made, order: Made, *expand: str) -> Made:
    body = {"redeemables": [thing], "order": order, "options": {"expand": ["order", *expand]}}
    told: Made = ok(client.post("/v1/validations", json=body))["redeemables"][0]
    return told


def redeem(client: httpx.Client, thing: Made, order: Made) -> httpx.Response:
    return client.post("/v1/redemptions", json={"redeemables": [thing], "order": order})


def test_an_order_with_two_bundles_takes_the_discount_off_twice(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    thing = voucher(client, make(bundle_rules=shelf.bundle()))
    told = validate(client, thing, shelf.order(4, 3, 4))
    assert told["result"] == {
        "discount": {**TEN_OFF, "effect": "APPLY_TO_ORDER"},
        "bundle": {
            "quantity": 2,
            "limit": 5,
            "identified": [
                {"id": shelf.bottle, "object": "product", "item_index": 0, "item_quantity": 4},
                {"id": shelf.shirt, "object": "product", "item_index": 1, "item_quantity": 2},
                {"id": shelf.socks, "object": "product", "item_index": 2, "item_quantity": 4},
            ],
        },
    }
    assert told["order"]["total_applied_discount_amount"] == 2_000
    redeemed = ok(redeem(client, thing, shelf.order(4, 3, 4)))
    assert redeemed["order"]["total_applied_discount_amount"] == 2_000
    told = validate(client, voucher(client, make(bundle_rules=shelf.bundle(1))), shelf.order(4, 3, 4))
    assert (told["result"]["bundle"]["quantity"], told["order"]["total_applied_discount_amount"]) == (1, 1_000)


def test_what_lacks_is_told(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    bundle = shelf.bundle(error={"message": "Two bottles, please."})
    made = make(bundle_rules=bundle, error={"message": "Not today."})
    assert made["bundle_rules"] == bundle
    thing = voucher(client, made)
    told = validate(client, thing, shelf.order(1, 1, 0), "trace")["result"]
    assert told["bundle"] == {
        "quantity": 0,
        "limit": 5,
        "identified": [
            {"id": shelf.bottle, "object": "product", "item_index": 0, "item_quantity": 1},
            {"id": shelf.shirt, "object": "product", "item_index": 1, "item_quantity": 1},
        ],
        "missing": [
            {"id": shelf.bottle, "object": "product", "item_quantity": 1},
            {"id": shelf.brand, "object": "products_collection", "item_quantity": 2},
        ],
    }
    assert (told["error"]["key"], told["error"]["error"]["message"]) == ("order_rules_violated", "Two bottles, please.")
    first, second = told["trace"]
    assert first["details"].startswith(f"{made['id']}: bundle_rules.1: expected 2 of product {shelf.bottle}")
    assert (second["check"], second["expected"], second["actual"]) == (f"{made['id']}/bundle_rules.2", 3, 1)
    alone = validate(client, thing, shelf.order(2, 1, 0), "trace")["result"]
    assert (alone["error"]["error"]["message"], alone["trace"][0]["change"]) == (
        "Not today.",
        {"of": shelf.brand, "by": 2},
    )
    failed = redeem(client, thing, shelf.order(1, 1, 0)).json()
    assert (failed["key"], failed["details"]) == ("order_rules_violated", told["error"]["details"])
    assert (failed["error"]["message"], failed["resource_id"][:3]) == ("Two bottles, please.", "rf_")
    assert validate(client, thing, {"amount": 90_000})["result"]["bundle"]["identified"] == []


@pytest.mark.parametrize("kind", [of_campaign, tier, lambda client, made: tier(client, made, of_campaign=True)])
def test_campaigns_and_promotion_tiers_need_their_bundles_too(
    client: httpx.Client, make: Make, shelf: Shelf, kind: Any
) -> None:
    thing = kind(client, make(bundle_rules=shelf.bundle()))
    assert validate(client, thing, shelf.order(1, 3, 0))["status"] == "INAPPLICABLE"
    assert validate(client, thing, shelf.order(2, 3, 0))["result"]["bundle"]["quantity"] == 1
    refused(redeem(client, thing, shelf.order(1, 3, 0)), 400, "order_rules_violated")
    ok(redeem(client, thing, shelf.order(2, 3, 0)))


def test_a_discount_on_items_is_for_the_units_of_the_bundles(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    percent = {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ITEMS"}
    order = shelf.order(3, 0, 5)
    thing = voucher(client, make(bundle_rules=shelf.bundle()), discount=percent)
    told = validate(client, thing, order)["order"]["items"]
    assert [each["discount_amount"] for each in told] == [500, 150]
    everywhere = make(bundle_rules=shelf.bundle(), applicable_to={"included_all": True})
    told = validate(client, voucher(client, everywhere, discount=percent), order)["order"]["items"]
    assert [each["discount_amount"] for each in told] == [750, 250]
    socks = make(bundle_rules=shelf.bundle(), applicable_to={"included": [{"object": "product", "id": shelf.socks}]})
    told = validate(client, voucher(client, socks, discount=percent), order)["order"]["items"]
    assert [each.get("discount_amount", 0) for each in told] == [0, 250]


def test_a_sku_is_of_its_product(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    sku = ok(client.post(f"/v1/products/{shelf.bottle}/skus", json={"sku": "Blue", "price": 2_599}))["id"]
    thing = voucher(client, make(bundle_rules={"1": part("product", shelf.bottle, 2), "2": part("sku", sku, 1)}))
    blue = {"product_id": shelf.bottle, "sku_id": sku}
    told = validate(client, thing, {"items": [{**blue, "quantity": 2}]})
    assert told["result"]["bundle"]["identified"] == [{"id": sku, "object": "sku", "item_index": 0, "item_quantity": 2}]
    assert told["result"]["bundle"]["missing"] == [{"id": shelf.bottle, "object": "product", "item_quantity": 1}]
    assert validate(client, thing, {"items": [{**blue, "quantity": 3}]})["status"] == "APPLICABLE"


def test_a_gift_card_needs_a_bundle_and_pays_once(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    made = make(bundle_rules=shelf.bundle())
    code = ok(client.post("/v1/vouchers", json=gift(10_000, code=a_code(), validation_rules=[made["id"]])))["code"]
    thing = {"object": "voucher", "id": code, "gift": {"credits": 100}}
    told = validate(client, thing, shelf.order(4, 3, 3))
    assert (told["result"]["bundle"]["quantity"], told["result"]["gift"]["credits"]) == (2, 100)
    assert validate(client, thing, shelf.order(1, 3, 3))["status"] == "INAPPLICABLE"


def test_a_rule_may_ask_for_more_than_its_bundle(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    twice = {"name": "redemption.count.per_customer", "conditions": {"$less_than_or_equal": [1]}}
    thing = voucher(client, make(twice, bundle_rules=shelf.bundle()))
    body = {"redeemables": [thing], "order": shelf.order(2, 3, 0), "customer": {"source_id": a_code()}}
    ok(client.post("/v1/redemptions", json=body))
    refused(client.post("/v1/redemptions", json=body), 400, "redemption_rules_violated")


def test_twenty_at_once_get_the_bundles_discount_once_each(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    thing = voucher(client, make(bundle_rules=shelf.bundle()), redemption={"quantity": 10})
    orders = [shelf.order(4, 3, 3) if n % 2 else shelf.order(1, 3, 3) for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda order: redeem(client, thing, order), orders))
    assert [answer.status_code for answer in answers] == [400, 200] * 10
    taken = {answer.json()["order"]["total_discount_amount"] for answer in answers if answer.is_success}
    assert taken == {2_000}


def test_a_change_of_the_bundle_holds_at_once(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    made = make(bundle_rules=shelf.bundle())
    thing = voucher(client, made)
    assert validate(client, thing, shelf.order(1, 0, 0))["status"] == "INAPPLICABLE"
    ok(client.put(f"{PATH}/{made['id']}", json={"bundle_rules": {"7": part("product", shelf.bottle, 1)}}))
    told = validate(client, thing, shelf.order(3, 0, 0))["result"]["bundle"]
    assert (told["quantity"], told["limit"]) == (1, 1)
    assert ok(client.put(f"{PATH}/{made['id']}", json={"bundle_rules": None}))["bundle_rules"] == {}
    assert "bundle" not in validate(client, thing, shelf.order(1, 0, 0))["result"]
    first = ok(client.get(f"{PATH}/{made['id']}/versions/1"))["rule"]
    assert first["bundle_rules"] == made["bundle_rules"]


def test_a_collection_that_a_bundle_names_is_not_deleted(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    body = {"type": "STATIC", "name": a_name(), "products": [{"object": "product", "id": shelf.socks}]}
    collection = ok(client.post("/v1/product-collections", json=body))["id"]
    made = make(bundle_rules={"1": part("products_collection", collection, 1)})
    details = refused(client.delete(f"/v1/product-collections/{collection}"), 400, "resource_in_use")["details"]
    assert made["id"] in details


@pytest.mark.parametrize("is_new", [True, False])
def test_of_a_bundle_that_names_a_collection_and_its_deletion_at_once_one_is_refused(
    client: httpx.Client, make: Make, is_new: bool
) -> None:
    body = {"type": "STATIC", "name": a_name()}
    collections = [ok(client.post("/v1/product-collections", json=body))["id"] for _ in range(CLIENTS)]
    others = [make()["id"] for _ in range(0 if is_new else CLIENTS)]

    def save(n: int) -> int:
        bundle = {"bundle_rules": {"1": part("products_collection", collections[n], 1)}}
        if is_new:
            return client.post(PATH, json={"name": "A", **bundle}).status_code
        return client.put(f"{PATH}/{others[n]}", json=bundle).status_code

    def delete(n: int) -> int:
        return client.delete(f"/v1/product-collections/{collections[n]}").status_code

    with ThreadPoolExecutor(CLIENTS) as at_once:
        asked: list[tuple[Callable[[int], int], int]] = [(each, n) for n in range(CLIENTS) for each in (save, delete)]
        statuses = list(at_once.map(lambda each: each[0](each[1]), asked))
    pairs = list(zip(statuses[::2], statuses[1::2], strict=True))
    assert set(pairs) <= {(200, 400), (400, 204)}, pairs


def test_a_product_that_is_gone_is_in_no_order(client: httpx.Client, make: Make) -> None:
    name = product(client, 100)
    thing = voucher(client, make(bundle_rules={"1": part("product", name, 1)}))
    assert validate(client, thing, {"items": [{"product_id": name, "quantity": 1}]})["status"] == "APPLICABLE"
    assert client.delete(f"/v1/products/{name}?force=true").status_code == 204
    told = validate(client, thing, {"items": [{"product_id": "other", "quantity": 1, "price": 100}]})
    assert told["result"]["bundle"]["missing"] == [{"id": name, "object": "product", "item_quantity": 1}]


def test_trying_a_rule_out_shows_its_bundle(client: httpx.Client, make: Make, shelf: Shelf) -> None:
    made = make(bundle_rules=shelf.bundle())
    told = ok(client.post(f"{PATH}/{made['id']}/test", json={"order": shelf.order(4, 3, 4)}))
    assert (told["holds"], told["bundle"]["quantity"], told["errors"]) == (True, 2, [])
    case = {"order": shelf.order(1, 3, 0), "rules": {}, "bundle_rules": shelf.bundle(), "error": {"message": "No."}}
    told = ok(client.post(f"{PATH}/test", json=case))
    assert (told["holds"], told["rules"]) == (False, [])
    assert told["bundle"]["missing"] == [{"id": shelf.bottle, "object": "product", "item_quantity": 1}]
    [reason] = told["errors"]
    assert (reason["key"], reason["error"]) == ("order_rules_violated", {"message": "No."})
    assert reason["details"].startswith("rules: bundle_rules.1: expected 2")
    assert "bundle" not in ok(client.post(f"{PATH}/test", json={**case, "bundle_rules": None}))
    assert (
        ok(client.post(f"{PATH}/test", json={"rules": {}, "bundle_rules": shelf.bundle()}))["bundle"]["quantity"] == 0
    )
    refused(client.post(f"{PATH}/test", json={**case, "bundle_rules": {"limit": 0}}), 400, "invalid_validation_rules")


@pytest.mark.parametrize(
    ("scenario", "finds"),
    [
        ("ALL", False),
        ("AUDIENCE_ONLY", True),
        ("PRODUCTS", True),
        ("PRODUCTS_BY_CUSTOMER", True),
        ("PRODUCTS_DISCOUNT", False),
        ("PROMOTION_STACKS", False),
    ],
)
def test_scenarios_that_ask_for_no_bundle_tell_what_lacks(
    client: httpx.Client, make: Make, shelf: Shelf, scenario: str, finds: bool
) -> None:
    category = ok(client.post("/v1/categories", json={"name": a_name(), "hierarchy": 1}))["id"]
    thing = voucher(client, make(bundle_rules=shelf.bundle()), category_id=category)
    options = {"filters": {"category_id": {"conditions": {"$is": [category]}}}}
    body = {"scenario": scenario, "options": options, "order": shelf.order(1, 0, 3)}
    told = ok(client.post("/v1/qualifications", json=body))["redeemables"]["data"]
    assert [each["id"] for each in told] == [thing["id"]] * finds
    for each in told:
        assert each["result"]["bundle"]["missing"] == [{"id": shelf.bottle, "object": "product", "item_quantity": 1}]
        assert each["result"]["discount"]["amount_off"] == 1_000
    complete = {**body, "order": shelf.order(2, 0, 3)}
    told = ok(client.post("/v1/qualifications", json=complete))["redeemables"]["data"]
    if scenario in ("ALL", "AUDIENCE_ONLY", "PRODUCTS"):
        assert told[0]["result"]["bundle"]["quantity"] == 1


@pytest.mark.parametrize("lines", [0, 1])
def test_an_offer_for_a_product_in_the_order_is_found_before_its_bundle_is_complete(
    client: httpx.Client, make: Make, shelf: Shelf, lines: int
) -> None:
    category = ok(client.post("/v1/categories", json={"name": a_name(), "hierarchy": 1}))["id"]
    of_items = {**TEN_OFF, "effect": "APPLY_TO_ITEMS"}
    for_socks = {"included": [{"object": "product", "id": shelf.socks}]}
    made = make(bundle_rules=shelf.bundle(), applicable_to=for_socks)
    thing = voucher(client, made, category_id=category, discount=of_items)
    options = {"filters": {"category_id": {"conditions": {"$is": [category]}}}}
    body = {"scenario": "PRODUCTS_DISCOUNT", "options": options, "order": shelf.order(1, 1, lines)}
    told = ok(client.post("/v1/qualifications", json=body))["redeemables"]["data"]
    assert [each["id"] for each in told] == [thing["id"]] * lines


def _of_units(units: Any) -> Made:
    return {
        "1": {
            **part("product", "p", 1),
            "rules": {"1": {**part("product", "p", 1)["rules"]["1"], "conditions": {"$is": units}}},
        }
    }


def _of(**thing: Any) -> Made:
    given = {"id": "p", "object": "product", "type": "product_or_sku", **thing}
    return {"1": {**part("product", "p", 1), "conditions": {"$is": [given]}}}


GOOD = part("product", "p", 1)
FAULTS: list[tuple[Any, str]] = [
    ({"limit": 0}, "bundle_rules.limit: expected a whole number from 1 to 100"),
    ({"limit": 101}, "bundle_rules.limit: expected"),
    ({"limit": True}, "bundle_rules.limit: expected"),
    ({"limit": 10**400}, "bundle_rules.limit: expected"),
    ({"limit": 1.5, "1": GOOD}, "bundle_rules.limit: expected"),
    ({str(n + 1): GOOD for n in range(1_000)}, "bundle_rules: expected at most 50 rules"),
    ({"zero": GOOD}, "bundle_rules.zero: expected a number from 1"),
    ({"1" * 10_000: GOOD}, "expected a number from 1"),
    ({"1": []}, "bundle_rules.1.name: expected order.items.any"),
    ({"1": {**GOOD, "name": "order.items.every"}}, "bundle_rules.1.name: expected order.items.any"),
    ({"1": {**GOOD, "conditions": {"$is": []}}}, "bundle_rules.1.conditions.$is: expected one value"),
    ({"1": {**GOOD, "conditions": {"$is": ["p"]}}}, "bundle_rules.1.conditions.$is[0]: expected one product"),
    (_of(id=7), "bundle_rules.1.conditions.$is[0].id: expected a text"),
    (_of(id="p" * 256), "bundle_rules.1.conditions.$is[0].id: expected a text"),
    (_of(object="thing"), "bundle_rules.1.conditions.$is[0].object: expected one of product"),
    (_of(object={}), "bundle_rules.1.conditions.$is[0].object: expected one of product"),
    (_of(type={"much": "more"}), "bundle_rules.1.conditions.$is[0].type: expected product_or_sku"),
    ({"1": {**GOOD, "rules": {}}}, "bundle_rules.1.rules: expected one rule"),
    ({"1": {**GOOD, "rules": {"1": GOOD}}}, "bundle_rules.1.rules.1.name: expected order.items.aggregated_quantity"),
    (_of_units([0]), "bundle_rules.1.rules.1.conditions.$is[0]: expected a whole number"),
    (_of_units([10**9]), "bundle_rules.1.rules.1.conditions.$is[0]: expected a whole number"),
    (_of_units([1, 2]), "bundle_rules.1.rules.1.conditions.$is: expected one value"),
    ({"1": {**GOOD, "error": {"message": 7}}}, "bundle_rules.1.error.message: expected a text"),
    (_of(id="prod_1"), "bundle_rules.1.conditions.$is[0].id: expected the id of a product"),
    (_of(id="sku_1", object="sku"), "bundle_rules.1.conditions.$is[0].id: expected the id of a sku"),
    (
        _of(id="pc_1", object="products_collection", type="products_collection"),
        "bundle_rules.1.conditions.$is[0].id: expected the id of a products_collection",
    ),
]


@pytest.mark.parametrize(("bundle", "expected"), FAULTS)
def test_what_is_no_bundle_is_refused_by_its_path(
    client: httpx.Client, make: Make, shelf: Shelf, bundle: Made, expected: str
) -> None:
    body = {"name": "x", "bundle_rules": bundle}
    details = refused(client.post(PATH, json=body), 400, "invalid_validation_rules")["details"]
    assert expected in details
    assert len(details) < 300
    made = make(bundle_rules=shelf.bundle())
    refused(client.put(f"{PATH}/{made['id']}", json={"bundle_rules": bundle}), 400, "invalid_validation_rules")
    assert ok(client.get(f"{PATH}/{made['id']}")) == made


def test_a_bundle_of_nothing_is_none(make: Make) -> None:
    assert make(bundle_rules={"limit": 3})["bundle_rules"] == {}
