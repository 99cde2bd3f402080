"""Rules decide: a validation and a redemption say the same, what they count is exact, and a rollback gives it back."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from tests.domains.campaigns.conftest import settled
from tests.domains.validation_rules.conftest import PATH, Made, Make, a_code, coupons, discount, gift, ok, rule

_numbers = count()
ORDER = {"amount": 20_000}


def somebody() -> str:
    return f"buyer-{next(_numbers)}"


def voucher(client: httpx.Client, made: Made | None, **fields: Any) -> str:
    rules = {} if made is None else {"validation_rules": [made["id"]]}
    code: str = ok(client.post("/v1/vouchers", json=discount(code=a_code(), **rules, **fields)))["code"]
    return code


def asked(*codes: str, **fields: Any) -> Made:
    return {"redeemables": [{"object": "voucher", "id": code} for code in codes], "order": ORDER, **fields}


def validate(client: httpx.Client, *codes: str, **fields: Any) -> Made:
    return ok(client.post("/v1/validations", json=asked(*codes, **fields)))


def redeem(client: httpx.Client, *codes: str, **fields: Any) -> httpx.Response:
    return client.post("/v1/redemptions", json=asked(*codes, **fields))


def reason(told: Made) -> Made:
    """Why the one voucher of a validation does not apply."""
    assert not told["valid"]
    error: Made = told["redeemables"][0]["result"]["error"]
    return error


def both(client: httpx.Client, code: str, key: str | None, **fields: Any) -> None:
    """What a validation answers is what a redemption does: it applies (None), or is refused with this key."""
    told = validate(client, code, **fields)
    answer = redeem(client, code, **fields)
    if key is None:
        assert told["valid"], told
        ok(answer)
    else:
        assert reason(told)["key"] == key
        assert (answer.status_code, answer.json()["key"]) == (400, key)
        assert answer.json()["resource_id"].startswith("rf_")


def test_an_order_that_is_too_small_is_refused_with_the_shops_message(client: httpx.Client, make: Make) -> None:
    made = make(rule("order.amount", "$more_than", 10_000, error={"message": "From $100 on."}))
    code = voucher(client, made)
    refused = reason(validate(client, code, order={"amount": 10_000}, options={"expand": ["trace"]}))
    assert (refused["code"], refused["key"], refused["message"]) == (
        400,
        "order_rules_violated",
        "order does not match validation rules",
    )
    assert made["id"] in refused["details"]
    assert refused["error"] == {"message": "From $100 on."}
    told = validate(client, code, order={"amount": 10_000}, options={"expand": ["trace"]})
    [trace] = told["redeemables"][0]["result"]["trace"]
    assert (trace["actual"], trace["change"]) == (10_000, {"of": "order.amount", "by": 1})
    both(client, code, "order_rules_violated", order={"amount": 10_000})
    both(client, code, None, order={"amount": 10_001})


def test_a_voucher_is_under_its_own_rule_and_that_of_its_campaign(client: httpx.Client, make: Make) -> None:
    of_campaign = make(rule("order.metadata", "$is", "web", property="shop"))
    campaign = ok(client.post("/v1/campaigns", json=coupons(validation_rules=[of_campaign["id"]])))
    own = make(rule("customer.metadata", "$is", "gold", property="level"))
    code = voucher(client, own, campaign=campaign["name"])
    gold, web = {"metadata": {"level": "gold"}, "source_id": somebody()}, {**ORDER, "metadata": {"shop": "web"}}
    both(client, code, "order_rules_violated", customer=gold)
    both(client, code, "missing_customer", order=web)
    both(client, code, "customer_rules_violated", order=web, customer={"source_id": somebody()})
    both(client, code, None, order=web, customer=gold)
    told = validate(client, code, options={"expand": ["trace"]}, customer={"source_id": somebody()})
    keys = {each["key"] for each in told["redeemables"][0]["result"]["trace"]}
    assert keys == {"customer_rules_violated", "order_rules_violated"}


def test_what_the_request_says_of_a_customer_is_laid_over_what_is_stored(client: httpx.Client, make: Make) -> None:
    code = voucher(client, make(rule("customer.metadata", "$is", "gold", property="level")))
    source_id = somebody()
    ok(client.post("/v1/customers", json={"source_id": source_id, "metadata": {"level": "gold"}}))
    assert validate(client, code, customer={"source_id": source_id})["valid"]
    lesser = {"source_id": source_id, "metadata": {"level": "tin"}}
    assert reason(validate(client, code, customer=lesser))["key"] == "customer_rules_violated"
    assert validate(client, code, customer={"source_id": source_id})["valid"]


def test_an_amount_is_what_earlier_vouchers_leave(client: httpx.Client, make: Make) -> None:
    first = voucher(client, None, discount={"type": "AMOUNT", "amount_off": 5_000})
    dear = voucher(client, make(rule("order.amount", "$more_than_or_equal", 16_000)))
    assert validate(client, dear, first)["valid"]
    told = validate(client, first, dear)
    assert [each["status"] for each in told["redeemables"]] == ["SKIPPED", "INAPPLICABLE"]
    at_first = voucher(client, make(rule("order.initial_amount", "$more_than_or_equal", 16_000)))
    assert validate(client, first, at_first)["valid"]
    leaves = voucher(client, make(rule("order.total_amount", "$more_than_or_equal", 18_000)))
    assert validate(client, leaves)["valid"]
    refused = reason(validate(client, leaves, order={"amount": 19_999}))
    assert (refused["key"], "order.total_amount" in refused["details"]) == ("order_rules_violated", True)


@pytest.mark.parametrize("end", ["", ".daily", ".weekly", ".monthly"])
def test_a_customer_redeems_so_often_and_no_more(client: httpx.Client, make: Make, end: str) -> None:
    code = voucher(client, make(rule(f"redemption.count.per_customer{end}", "$less_than_or_equal", 2)))
    one, other = ({"source_id": somebody()} for _ in range(2))
    both(client, code, "missing_customer")
    for _ in range(2):
        both(client, code, None, customer=one)
    both(client, code, "redemption_rules_violated", customer=one)
    both(client, code, None, customer=other)


def test_a_rollback_gives_a_use_back_and_a_failure_takes_none(client: httpx.Client, make: Make) -> None:
    limits = [
        rule("redemption.count.daily", "$less_than_or_equal", 1),
        rule("redemption.count.per_api_key", "$less_than_or_equal", 1),
    ]
    code = voucher(client, make(*limits))
    done = ok(redeem(client, code))["redemptions"][0]
    both(client, code, "redemption_rules_violated")
    ok(client.post(f"/v1/redemptions/{done['id']}/rollback"))
    both(client, code, None)
    both(client, code, "redemption_rules_violated")


def test_a_campaign_counts_all_its_vouchers(client: httpx.Client, make: Make) -> None:
    made = make(
        rule("campaign.redemptions.count", "$less_than_or_equal", 3),
        rule("campaign.redemptions.customers_count", "$less_than_or_equal", 2),
    )
    campaign = ok(client.post("/v1/campaigns", json=coupons(validation_rules=[made["id"]])))
    codes = [voucher(client, None, campaign=campaign["name"]) for _ in range(5)]
    one, other = ({"source_id": somebody()} for _ in range(2))
    both(client, codes[0], None, customer=one)
    told = validate(client, codes[1], codes[2], customer=one)
    assert not told["valid"], "two at once, of which the second would be the third of the customer"
    refused = redeem(client, codes[1], codes[2], customer=one)
    assert (refused.status_code, refused.json()["key"]) == (400, "redemption_rules_violated")
    both(client, codes[1], None, customer=one)
    both(client, codes[2], "redemption_rules_violated", customer=one)
    both(client, codes[2], None, customer=other)
    both(client, codes[3], "redemption_rules_violated", customer=other)


def test_a_campaign_has_a_budget_of_orders_and_of_discounts(client: httpx.Client, make: Make) -> None:
    for limit, name in ((30_000, "campaign.orders.amount"), (3_000, "campaign.orders.amount_discounted")):
        made = make(rule(name, "$less_than_or_equal", limit))
        campaign = ok(client.post("/v1/campaigns", json=coupons(validation_rules=[made["id"]])))
        code = voucher(client, None, campaign=campaign["name"])
        done = ok(redeem(client, code))["redemptions"][0]
        both(client, code, "redemption_rules_violated")
        both(client, code, None, order={"amount": 10_000})
        both(client, code, "redemption_rules_violated", order={"amount": 100})
        ok(client.post(f"/v1/redemptions/{done['id']}/rollback"))
        both(client, code, None)


def test_a_gift_card_spends_so_much_at_once(client: httpx.Client, make: Make) -> None:
    made = make(rule("redemption.gift.amount", "$less_than_or_equal", 500))
    card = ok(client.post("/v1/vouchers", json=gift(2_000, validation_rules=[made["id"]])))["code"]
    asking = {"redeemables": [{"object": "voucher", "id": card, "gift": {"credits": 501}}], "order": ORDER}
    assert reason(ok(client.post("/v1/validations", json=asking)))["key"] == "redemption_rules_violated"
    asking["redeemables"] = [{"object": "voucher", "id": card, "gift": {"credits": 500}}]
    assert ok(client.post("/v1/redemptions", json=asking))["redemptions"][0]["result"] == "SUCCESS"


def test_only_the_holder_redeems(client: httpx.Client, make: Make) -> None:
    made = make(rule("publication.redeemable_by_linked_customer", "$is", "true"))
    campaign = ok(client.post("/v1/campaigns", json=coupons(vouchers_count=3, validation_rules=[made["id"]])))
    settled(client, campaign["id"])
    holder = {"source_id": somebody()}
    published = ok(client.post("/v1/publications", json={"campaign": {"name": campaign["name"]}, "customer": holder}))
    code = published["voucher"]["code"]
    both(client, code, "customer_rules_violated", customer={"source_id": somebody()})
    both(client, code, "missing_customer")
    both(client, code, None, customer=holder)


def test_a_discount_is_for_the_lines_that_its_rule_names(client: httpx.Client, make: Make) -> None:
    tea = ok(client.post("/v1/products", json={"name": "Tea", "price": 1_000}))
    cup = ok(client.post("/v1/products", json={"name": "Cup", "price": 3_000}))
    entry = {"id": tea["id"], "object": "product"}
    collection = ok(
        client.post("/v1/product-collections", json={"type": "STATIC", "name": "Teas", "products": [entry]})
    )
    of_teas = {"object": "products_collection", "id": collection["id"]}
    made = make(
        rule("order.items.any", "$from", {"id": collection["id"]}),
        applicable_to={"included": [{**of_teas, "aggregated_quantity_limit": 1}]},
    )
    value = {"type": "PERCENT", "percent_off": 50, "effect": "APPLY_TO_ITEMS"}
    code = voucher(client, made, discount=value)
    items = [{"product_id": cup["id"], "quantity": 1}, {"product_id": tea["id"], "quantity": 2}]
    told = validate(client, code, order={"items": items})
    assert told["order"]["total_discount_amount"] == 500
    applicable = told["redeemables"][0]["applicable_to"]
    assert [(each["id"], each["order_item_indices"]) for each in applicable["data"]] == [(collection["id"], [1])]
    assert reason(validate(client, code, order={"items": items[:1]}))["key"] == "order_rules_violated"
    but = make(applicable_to={"excluded": [of_teas], "included_all": True})
    others = voucher(client, but, discount=value)
    told = validate(client, others, order={"items": items})
    assert told["order"]["total_discount_amount"] == 1_500
    assert told["redeemables"][0]["inapplicable_to"]["total"] == 1


def test_a_rule_that_is_changed_decides_at_once(client: httpx.Client, make: Make) -> None:
    made = make(rule("order.amount", "$more_than", 1))
    code = voucher(client, made)
    both(client, code, None)
    ok(client.put(f"{PATH}/{made['id']}", json={"rules": {"1": rule("order.amount", "$more_than", 30_000)}}))
    answer = redeem(client, code)
    assert (answer.status_code, answer.json()["key"]) == (400, "order_rules_violated")


@pytest.mark.parametrize("kind", ["voucher", "campaign"])
def test_what_was_redeemed_before_a_rule_came_is_counted(client: httpx.Client, make: Make, kind: str) -> None:
    campaign = ok(client.post("/v1/campaigns", json=coupons()))
    code = voucher(client, None, campaign=campaign["name"])
    one, other = ({"source_id": somebody()} for _ in range(2))
    done = [ok(redeem(client, code, customer=one))["redemptions"][0] for _ in range(2)]
    assert redeem(client, code, customer=one, order=None).status_code == 200
    ok(client.post(f"/v1/redemptions/{done[0]['id']}/rollback"))
    limits = [
        rule("redemption.count.per_customer", "$less_than_or_equal", 3),
        rule("redemption.count.daily", "$less_than_or_equal", 4),
        rule("redemption.count.per_api_key", "$less_than_or_equal", 4),
    ]
    if kind == "campaign":
        limits.append(rule("campaign.orders.amount", "$less_than_or_equal", 60_000))
        limits.append(rule("campaign.redemptions.customers_count.monthly", "$less_than_or_equal", 3))
    made = make(*limits)
    object_id = campaign["id"] if kind == "campaign" else code
    body = {"related_object_type": kind, "related_object_id": object_id}
    ok(client.post(f"{PATH}/{made['id']}/assignments", json=body))
    both(client, code, None, customer=one)
    both(client, code, "redemption_rules_violated", customer=one)
    both(client, code, None, customer=other)
    both(client, code, "redemption_rules_violated", customer=other)
    again = ok(client.post(f"{PATH}/{made['id']}/assignments?force=true", json=body))
    assert again["rule_id"] == made["id"]
    both(client, code, "redemption_rules_violated", customer=other)
    ok(client.post(f"/v1/redemptions/{done[1]['id']}/rollback"))
    both(client, code, None, customer=other)


def test_an_assigned_rule_counts_what_it_has_counted(client: httpx.Client, make: Make) -> None:
    made = make(rule("redemption.count.daily", "$less_than", 9))
    voucher(client, made)
    other = {"rules": {"1": rule("redemption.count.per_customer", "$less_than", 9)}}
    answer = client.put(f"{PATH}/{made['id']}", json=other)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_validation_rules")
    ok(client.put(f"{PATH}/{made['id']}", json={"rules": {"1": rule("redemption.count.weekly", "$less_than", 5)}}))


CLIENTS = 30


def test_limits_are_exact_under_thirty_clients(client: httpx.Client, make: Make) -> None:
    one = {"source_id": somebody()}
    ok(client.post("/v1/customers", json=one))
    per_customer = voucher(client, make(rule("redemption.count.per_customer", "$less_than_or_equal", 4)))
    per_day = voucher(client, make(rule("redemption.count.daily", "$less_than_or_equal", 7)))
    budget = make(rule("campaign.orders.amount_discounted", "$less_than_or_equal", 11_000))
    campaign = ok(client.post("/v1/campaigns", json=coupons(validation_rules=[budget["id"]])))
    codes = [voucher(client, None, campaign=campaign["name"]) for _ in range(CLIENTS)]

    def successes(bodies: list[tuple[str, Made]]) -> int:
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(lambda each: redeem(client, each[0], **each[1]), bodies))
        assert {answer.status_code for answer in answers} <= {200, 400}
        return sum(answer.status_code == 200 for answer in answers)

    assert successes([(per_customer, {"customer": one})] * CLIENTS) == 4
    assert successes([(per_day, {"customer": {"source_id": somebody()}}) for _ in range(CLIENTS)]) == 7
    assert successes([(code, {"order": {"amount": 10_000}}) for code in codes]) == 11
