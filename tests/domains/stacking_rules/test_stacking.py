"""How vouchers and tiers go together by categories and stacking rules; and all tiers of a project at once."""

import httpx

from tests.domains.promotions.conftest import add, promotion, stack, tiers_of
from tests.domains.promotions.test_validating import HALF, ORDER, coupon, ids, stacks, tiers
from tests.domains.stacking_rules.conftest import category, ok
from tests.domains.validations.conftest import validate, vouchers
from tests.support.management import CLIENT_KEYS, PAGES, Managed


def test_categories_are_told_with_how_they_stack_and_sort_what_is_asked(
    server: Managed,
    shop: httpx.Client,
    rules_path: str,
) -> None:
    late, early = category(shop, hierarchy=5), category(shop, hierarchy=1)
    body = promotion({"category_id": early["id"], "action": HALF}, {"name": "plain"}, category_id=late["id"])
    campaign = ok(shop.post("/v1/campaigns", json=body))
    half, plain = ids(tiers_of(shop, campaign))
    code = coupon(shop, 100, category=late["name"])
    asked = [*vouchers(code), *tiers(plain, half)]
    rules = {
        "redeemables_sorting_rule": "CATEGORY_HIERARCHY",
        "joint_categories": [early["id"]],
        "exclusive_categories": [late["id"]],
        "applicable_exclusive_redeemables_limit": 2,
    }
    document = ok(server.manager.post(rules_path, json=rules))
    told = validate(shop, redeemables=asked, order=ORDER, options={"expand": ["category"]})
    assert told["stacking_rules"]["redeemables_sorting_rule"] == "CATEGORY_HIERARCHY"
    assert ids(told["redeemables"]) == [code, plain, half]
    exclusive, joint = {**late, "stacking_rules_type": "EXCLUSIVE"}, {**early, "stacking_rules_type": "JOINT"}
    assert [each["categories"] for each in told["redeemables"]] == [[exclusive], [exclusive], [joint]]
    assert server.manager.delete(f"{rules_path}/{document['id']}").status_code == 204
    told = validate(shop, redeemables=asked, order=ORDER, options={"expand": ["category"]})
    assert [each["categories"] for each in told["redeemables"]] == [[late], [late], [early]]


def test_stacking_rules_decide_what_is_skipped(
    server: Managed,
    shop: httpx.Client,
    rules_path: str,
) -> None:
    group, alone = category(shop), category(shop)
    campaign = ok(shop.post("/v1/campaigns", json=promotion({}, {}, {}, category_id=group["id"])))
    three = tiers(*ids(tiers_of(shop, campaign)))
    document = ok(server.manager.post(rules_path, json={"applicable_redeemables_category_limits": {group["id"]: 2}}))
    path = f"{rules_path}/{document['id']}"
    told = validate(shop, redeemables=three, order=ORDER)
    assert (told["valid"], ids(told["redeemables"])) == (True, ids(three[:2]))
    [skipped] = told["skipped_redeemables"]
    assert skipped["result"]["details"]["key"] == "applicable_redeemables_per_category_limit_exceeded"
    ok(server.manager.put(path, json={"exclusive_categories": [alone["id"]]}))
    code = coupon(shop, 100, category_id=alone["id"])
    told = validate(shop, redeemables=[*three, *vouchers(code)], order=ORDER)
    assert ids(told["redeemables"]) == [code]
    assert {each["result"]["details"]["key"] for each in told["skipped_redeemables"]} == {"exclusion_rules_not_met"}
    ok(server.manager.put(path, json={"redeemables_limit": 2}))
    answer = shop.post("/v1/validations", json={"redeemables": three, "order": ORDER})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    both = stack(shop, campaign, *ids(three))
    assert validate(shop, redeemables=stacks(both), order=ORDER)["valid"], "a stack is one redeemable"


def test_all_tiers_are_validated_each_by_itself(shop: httpx.Client) -> None:
    path = "/v1/promotions/validation"
    assert ok(shop.post(path, json={"order": ORDER}))["promotions"] == []
    body = promotion({"name": "a", "hierarchy": 3}, {"name": "b", "hierarchy": 1, "action": HALF}, {"active": False})
    campaign = ok(shop.post("/v1/campaigns", json=body))
    told = ok(shop.post(path, json={"order": ORDER}))
    assert told["valid"] is True
    assert [(each["name"], each["order"]["total_amount"]) for each in told["promotions"]] == [
        ("b", 5_000),
        ("a", 9_000),
    ]
    for params in ({"audienceRulesOnly": "true"}, {"filters[promotion_id][conditions][$is]": campaign["id"]}):
        assert shop.post(path, json={}, params=params).json()["key"] == "invalid_query_params"
    without_order = ok(shop.post(path, json={}))["promotions"]
    assert [(each["name"], "order" in each) for each in without_order] == [("b", False)]
    add(shop, campaign, name="c", hierarchy=2)
    assert [each["name"] for each in ok(shop.post(path, json={"order": ORDER}))["promotions"]] == ["b", "c", "a"]


def test_a_page_asks_which_tiers_apply(server: Managed) -> None:
    shop, page = server.shop.client, server.client({**CLIENT_KEYS, "Origin": PAGES})
    campaign = ok(shop.post("/v1/campaigns", json=promotion({"name": "of the page"})))
    told = ok(page.get("/client/v1/promotions/validation", params={"amount": 10_000, "customer[source_id]": "eve"}))
    assert (told["valid"], told["promotions"][0]["name"]) == (True, "of the page")
    [listed] = ok(page.get("/client/v1/promotions/tiers", params={"limit": 1}))["tiers"]
    assert listed == tiers_of(shop, campaign)[0]
    answer = page.get("/client/v1/promotions/validation", params={"amount": -1})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")
