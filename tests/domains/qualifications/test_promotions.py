"""Promotion tiers and stacks that a customer may redeem (spec I 6)."""

import time
from typing import Any

import httpx
import pytest

from tests.domains.promotions.conftest import TEN_OFF, add, promotion, stack
from tests.domains.qualifications.test_qualifying import FIVE_OFF, HUNDRED, category, give, ids, qualify, somebody
from tests.domains.validation_rules.conftest import rule
from tests.domains.validations.conftest import Made, validate
from tests.domains.vouchers.conftest import Make, a_code, ok

__all__ = ["category"]

OFF_A_LINE = {"discount": {"type": "AMOUNT", "amount_off": 100, "effect": "APPLY_TO_ITEMS"}}


def a_promotion(client: httpx.Client, category: str, *tiers: Made, **fields: Any) -> tuple[Made, list[str]]:
    """A campaign of a category with these tiers; it and their ids."""
    campaign = ok(client.post("/v1/campaigns", json=promotion(*tiers, category_id=category, **fields)))
    return campaign, [each["id"] for each in campaign["promotion"]["tiers"]]


def a_rule(client: httpx.Client, *rules: Made, **fields: Any) -> str:
    numbered = {str(n): each for n, each in enumerate(rules, 1)}
    return str(ok(client.post("/v1/validation-rules", json={"name": a_code(), "rules": numbered, **fields}))["id"])


def of(told: Made, thing: str) -> Made:
    """What is told of one redeemable."""
    [entry] = [each for each in told["redeemables"]["data"] if each["id"] == thing]
    return dict(entry)


def test_tiers_and_stacks_qualify_beside_vouchers_the_newest_first(
    client: httpx.Client, make: Make, category: str
) -> None:
    older = make(category_id=category)["code"]
    time.sleep(0.002)
    campaign, [first, second] = a_promotion(client, category, {"banner": "Look"}, {"active": False})
    time.sleep(0.002)
    newer = make(category_id=category)["code"]
    time.sleep(0.002)
    third = add(client, campaign)["id"]
    time.sleep(0.002)
    both = stack(client, campaign, third, first, category_id=category)["id"]
    told = qualify(client, category, order=HUNDRED)
    assert ids(told) == [both, third, newer, first, older]
    entry = of(told, first)
    assert (entry["object"], entry["result"], entry["campaign_id"], entry["campaign_name"]) == (
        "promotion_tier",
        {"discount": TEN_OFF["discount"]},
        campaign["id"],
        campaign["name"],
    )
    assert (entry["order"]["total_amount"], "banner" in entry, "name" in entry) == (9_000, False, False)
    assert second not in ids(told)


def test_a_stack_tells_its_tiers_as_they_are_applied(client: httpx.Client, category: str) -> None:
    campaign, [first, second] = a_promotion(client, category, {"metadata": {"a": 1}, "banner": "Look"}, {})
    both = stack(client, campaign, second, first, category_id=category)
    expand = {"expand": ["redeemable", "category", "validation_rules"]}
    entry = of(qualify(client, category, expand, scenario="PROMOTION_STACKS", order=HUNDRED), both["id"])
    assert (entry["object"], entry["name"], entry["created_at"]) == ("promotion_stack", "Both", both["created_at"])
    assert (entry["order"]["total_amount"], entry["order"]["total_applied_discount_amount"]) == (8_000, 2_000)
    assert [each["id"] for each in entry["redeemables"]] == [second, first]
    assert [each["order"]["total_amount"] for each in entry["redeemables"]] == [9_000, 8_000]
    assert [each["id"] for each in entry["categories"]] == [category]
    last = entry["redeemables"][1]
    assert (last["banner"], last["name"], last["metadata"]) == ("Look", "Ten off", {"a": 1})
    assert last["validation_rules_assignments"]["total"] == 0
    body = {"redeemables": [{"object": "promotion_stack", "id": both["id"]}], "order": HUNDRED}
    assert validate(client, **body)["order"]["total_amount"] == 8_000


def test_a_stack_qualifies_as_it_would_be_redeemed(client: httpx.Client, category: str) -> None:
    """In mode ALL, one of its tiers that does not apply keeps it back."""
    campaign, [first, second] = a_promotion(client, category, {}, {"active": False})
    both = stack(client, campaign, first, second, category_id=category)["id"]
    assert ids(qualify(client, category, scenario="PROMOTION_STACKS", order=HUNDRED)) == []
    ok(client.post(f"/v1/promotions/tiers/{second}/enable"))
    assert ids(qualify(client, category, scenario="PROMOTION_STACKS", order=HUNDRED)) == [both]


def test_scenarios_say_which_promotions_are_meant(client: httpx.Client, make: Make, category: str) -> None:
    campaign, [plain, on_lines] = a_promotion(client, category, {}, {"action": OFF_A_LINE})
    both = stack(client, campaign, plain, on_lines, category_id=category)["id"]
    one = stack(client, campaign, plain, category_id=category)["id"]
    order = {"items": [{"price": 5_000, "quantity": 1}]}

    def found(scenario: str, **body: Any) -> set[str]:
        return set(ids(qualify(client, category, scenario=scenario, **body)))

    assert found("ALL", order=order) == {plain, on_lines, both, one}
    assert found("PROMOTION_STACKS", order=order) == {both, one}
    assert found("PRODUCTS_DISCOUNT", order=order) == {on_lines, both}
    assert found("PRODUCTS_DISCOUNT_BY_CUSTOMER", order=order) == {on_lines, both}
    assert found("CUSTOMER_WALLET", order=order, customer={"source_id": somebody(client)}) == set()
    assert found("ALL") == set()
    assert found("AUDIENCE_ONLY") == {plain, on_lines, both, one}
    told = of(qualify(client, category, scenario="AUDIENCE_ONLY"), both)
    assert ([each["id"] for each in told["redeemables"]], "order" in told) == ([plain, on_lines], False)
    assert told["redeemables"][1]["result"] == {"discount": OFF_A_LINE["discount"]}


def test_a_promotion_for_a_product_is_told_with_its_lines(client: httpx.Client, category: str) -> None:
    product = ok(client.post("/v1/products", json={"source_id": a_code(), "price": 1_000}))["id"]
    for_it = {"included": [{"object": "product", "id": product}]}
    _, [tier, _] = a_promotion(
        client, category, {"action": OFF_A_LINE, "validation_rules": [a_rule(client, applicable_to=for_it)]}, {}
    )
    order = {"items": [{"price": 500}, {"product_id": product, "price": 1_000, "quantity": 1}]}
    for scenario in ("PRODUCTS", "PRODUCTS_BY_CUSTOMER"):
        told = qualify(client, category, {"expand": ["validation_rules"]}, scenario=scenario, order=order)
        assert ids(told) == [tier]
        [entry] = told["redeemables"]["data"]
        [lines] = entry["applicable_to"]["data"]
        assert (lines["id"], lines["order_item_indices"], entry["order"]["total_amount"]) == (product, [1], 1_400)
        [assignment] = entry["validation_rules_assignments"]["data"]
        assert (assignment["related_object_type"], assignment["related_object_id"]) == ("promotion_tier", tier)
        assert entry["validation_rule_id"] == assignment["rule_id"]
    validated = validate(client, redeemables=[{"object": "promotion_tier", "id": tier}], order=order)
    assert validated["redeemables"][0]["applicable_to"]["data"][0]["order_item_indices"] == [1]


def test_the_rule_of_a_voucher_is_told_where_it_is_asked_for(client: httpx.Client, make: Make, category: str) -> None:
    made = a_rule(client, rule("redemption.count.per_customer", "$less_than_or_equal", 5))
    code = make(category_id=category, validation_rules=[made])["code"]
    body: Made = {"customer": {"source_id": somebody(client)}, "order": HUNDRED}
    [entry] = qualify(client, category, {"expand": ["validation_rules"]}, **body)["redeemables"]["data"]
    assert (entry["id"], entry["validation_rule_id"]) == (code, made)
    assert "validation_rule_id" not in qualify(client, category, **body)["redeemables"]["data"][0]


@pytest.mark.parametrize("name", ["redemption.count.per_customer", "campaign.redemptions.customers_count"])
def test_who_has_used_up_their_share_is_not_offered_more(client: httpx.Client, category: str, name: str) -> None:
    once = {"validation_rules": [a_rule(client, rule(name, "$less_than_or_equal", 1))]}
    if name.startswith("campaign"):
        _, [tier] = a_promotion(client, category, {}, **once)
    else:
        _, [tier] = a_promotion(client, category, once)
    ada, eve = somebody(client), somebody(client)
    things = [{"object": "promotion_tier", "id": tier}]
    ok(client.post("/v1/redemptions", json={"redeemables": things, "customer": {"source_id": ada}, "order": HUNDRED}))
    assert ids(qualify(client, category, customer={"source_id": ada}, order=HUNDRED)) == []
    assert ids(qualify(client, category, customer={"source_id": eve}, order=HUNDRED)) == [tier]
    assert ids(qualify(client, category, order=HUNDRED)) == []


def test_what_all_customers_share_is_not_asked_and_that_is_said(client: httpx.Client, category: str) -> None:
    once = a_rule(client, rule("campaign.redemptions.count", "$less_than_or_equal", 1))
    _, [tier] = a_promotion(client, category, {}, validation_rules=[once])
    body: Made = {"redeemables": [{"object": "promotion_tier", "id": tier}], "order": HUNDRED}
    ok(client.post("/v1/redemptions", json=body))
    told = qualify(client, category, order=HUNDRED)
    assert (ids(told), told["not_checked"]) == ([tier], ["campaign_budget"])
    assert not validate(client, **body)["valid"]


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({"resource_type": {"conditions": {"$is": ["promotion_tier"]}}}, "tier"),
        ({"resource_type": {"conditions": {"$in": ["promotion_stack", "campaign"]}}}, "stack"),
        ({"resource_type": {"conditions": {"$is_not": ["promotion_tier"]}}}, "stack voucher"),
        ({"campaign_type": {"conditions": {"$is": ["PROMOTION"]}}}, "stack tier"),
        ({"campaign_type": {"conditions": {"$is_not": ["PROMOTION"]}}}, "voucher"),
        ({"voucher_type": {"conditions": {"$is": ["DISCOUNT_VOUCHER"]}}}, "voucher"),
        ({"voucher_type": {"conditions": {"$is_unknown": True}}}, "stack tier"),
        ({"code": {"conditions": {"$has_value": True}}}, "voucher"),
        ({"holder_role": {"conditions": {"$is": ["OWNER"]}}}, "voucher"),
        ({"campaign_id": {"conditions": {"$is": ["{campaign}"]}}}, "stack tier"),
        ({"campaign_id": {"conditions": {"$is": ["camp_none"]}}}, ""),
        ({"resource_id": {"conditions": {"$in": ["{tier}", "{stack}", "{tier}"]}}}, "stack tier"),
        ({"resource_id": {"conditions": {"$is": ["{voucher}"]}}}, "voucher"),
    ],
)
def test_filters_choose_among_all_kinds(
    client: httpx.Client, make: Make, category: str, filters: Made, passes: str
) -> None:
    voucher = make(category_id=category)
    customer = somebody(client)
    give(client, voucher["code"], customer)
    campaign, [tier] = a_promotion(client, category, {})
    one = stack(client, campaign, tier, category_id=category)["id"]
    names = {"{campaign}": campaign["id"], "{tier}": tier, "{stack}": one, "{voucher}": voucher["id"]}
    named = {
        field: {"conditions": {op: [names.get(v, v) for v in vs] if isinstance(vs, list) else vs}}
        for field, given in filters.items()
        for op, vs in given["conditions"].items()
    }
    both = {"category_id": {"conditions": {"$is": [category]}}, **named}
    told = qualify(client, category, {"filters": both}, order=HUNDRED, customer={"source_id": customer})
    kinds = {"voucher": voucher["code"], "tier": tier, "stack": one}
    assert sorted(ids(told)) == sorted(kinds[each] for each in passes.split())


def test_pages_go_over_all_kinds_and_tell_each_once(client: httpx.Client, make: Make, category: str) -> None:
    made = []
    campaign, [tier] = a_promotion(client, category, {})
    made.append(tier)
    for n in range(8):
        time.sleep(0.002)
        kinds = (
            lambda: make(category_id=category)["code"],
            lambda: add(client, campaign)["id"],
            lambda: stack(client, campaign, tier, category_id=category)["id"],
        )
        made.append(kinds[n % 3]())
    for goes_on in ("cursor", "starting_after"):
        seen: list[str] = []
        options: Made = {"limit": 2}
        while True:
            page = qualify(client, category, options, order=HUNDRED)["redeemables"]
            seen += [each["id"] for each in page["data"]]
            if not page["has_more"]:
                break
            after = page["next_cursor"] if goes_on == "cursor" else page["more_starting_after"]
            options = {"limit": 2, goes_on: after}
        assert seen == made[::-1]


def test_the_best_deal_is_found_among_all_kinds(client: httpx.Client, make: Make, category: str) -> None:
    code = make(category_id=category, discount={"type": "AMOUNT", "amount_off": 1_500})["code"]
    campaign, [tier, other] = a_promotion(client, category, {}, {"action": {"discount": FIVE_OFF}})
    both = stack(client, campaign, tier, other, add(client, campaign)["id"], category_id=category)["id"]
    assert ids(qualify(client, category, {"sorting_rule": "BEST_DEAL", "limit": 2}, order=HUNDRED)) == [both, code]
    told = ids(qualify(client, category, {"sorting_rule": "LEAST_DEAL"}, order=HUNDRED))
    assert (told[0], told[-2:]) == (other, [code, both])


def test_a_request_looks_at_so_many_tiers_and_goes_on(client: httpx.Client, category: str) -> None:
    """A stack counts for as many as it has tiers; what is switched off is looked at too."""
    campaign, tiers = a_promotion(client, category, *({"active": False} for _ in range(30)))
    [good] = a_promotion(client, category, {})[1]
    for _ in range(12):
        stack(client, campaign, *tiers, category_id=category)
    first = qualify(client, category, {"limit": 1}, order=HUNDRED)["redeemables"]
    assert (first["data"], first["has_more"]) == ([], True)
    second = qualify(client, category, {"limit": 1, "cursor": first["next_cursor"]}, order=HUNDRED)["redeemables"]
    assert [each["id"] for each in second["data"]] == [good]
