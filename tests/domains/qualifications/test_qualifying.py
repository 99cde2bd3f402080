"""What a customer may redeem, in every scenario (spec I 6)."""

import time
from typing import Any

import httpx
import pytest

from tests.domains.validations.conftest import Made, validate
from tests.domains.vouchers.conftest import Make, a_code, ok, refused

HUNDRED = {"amount": 10_000}
FIVE_OFF = {"type": "AMOUNT", "amount_off": 500}


@pytest.fixture
def category(client: httpx.Client) -> str:
    """All that a test makes is of it, so that it sees nothing of the others'."""
    return str(ok(client.post("/v1/categories", json={"name": a_code(), "hierarchy": 1}))["id"])


def only(category: str, **fields: Any) -> Made:
    """Options that look at one category."""
    return {"limit": 50, "filters": {"category_id": {"conditions": {"$is": [category]}}}, **fields}


def qualify(client: httpx.Client, category: str, options: Made | None = None, **body: Any) -> Made:
    return ok(client.post("/v1/qualifications", json={"options": only(category, **options or {}), **body}))


def ids(told: Made) -> list[str]:
    return [each["id"] for each in told["redeemables"]["data"]]


def somebody(client: httpx.Client) -> str:
    name = a_code()
    ok(client.post("/v1/customers", json={"source_id": name}))
    return name


def give(client: httpx.Client, code: str, customer: str) -> None:
    ok(client.post("/v1/publications", json={"voucher": code, "customer": {"source_id": customer}}))


def a_campaign(client: httpx.Client, kind: str, category: str) -> str:
    """A code of a new campaign: its only one, or one of many."""
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": FIVE_OFF, "category_id": category}
    body = {"name": a_code(), "campaign_type": "DISCOUNT_COUPONS", "type": kind, "category_id": category}
    if kind == "STANDALONE":
        code = a_code()
        ok(client.post("/v1/campaigns", json={**body, "voucher": {**voucher, "code": code}}))
        return code
    made = ok(client.post("/v1/campaigns", json={**body, "voucher": voucher}))
    return str(ok(client.post(f"/v1/campaigns/{made['id']}/vouchers", json={}))["code"])


def test_what_is_for_everybody_qualifies_without_a_customer(client: httpx.Client, make: Make, category: str) -> None:
    code = make(category_id=category)["code"]
    generic = a_campaign(client, "STANDALONE", category)
    a_campaign(client, "STATIC", category)
    told = qualify(client, category, order=HUNDRED)
    assert ids(told) == [generic, code]
    assert told["redeemables"]["data"][1]["order"]["total_amount"] == 9_000
    assert told["redeemables"]["data"][0]["campaign_name"]
    assert told["order"]["amount"] == 10_000
    assert (told["redeemables"]["total"], told["redeemables"]["has_more"], told["not_checked"]) == (
        2,
        False,
        ["campaign_budget"],
    )


def test_what_was_given_away_is_for_its_holder_alone(client: httpx.Client, make: Make, category: str) -> None:
    ada, eve = somebody(client), somebody(client)
    public, adas, of_campaign = (
        make(category_id=category)["code"],
        make(category_id=category)["code"],
        a_campaign(client, "STATIC", category),
    )
    give(client, adas, ada)
    give(client, of_campaign, ada)
    assert sorted(ids(qualify(client, category, customer={"source_id": ada}))) == sorted([public, adas])
    with_order = qualify(client, category, customer={"source_id": ada}, order=HUNDRED)
    assert ids(with_order) == [of_campaign, adas, public]
    assert ids(qualify(client, category, customer={"source_id": eve}, order=HUNDRED)) == [public]
    assert ids(qualify(client, category, customer={"source_id": a_code()}, order=HUNDRED)) == [public]


def test_the_wallet_is_what_the_customer_holds(client: httpx.Client, make: Make, category: str) -> None:
    ada = somebody(client)
    make(category_id=category)
    code = make(category_id=category)["code"]
    give(client, code, ada)
    wallet: Made = {"scenario": "CUSTOMER_WALLET", "customer": {"source_id": ada}}
    assert ids(qualify(client, category, **wallet)) == [code]
    assert ids(qualify(client, category, scenario="CUSTOMER_WALLET")) == []


def test_what_may_not_be_used_does_not_qualify(client: httpx.Client, make: Make, category: str) -> None:
    make(category_id=category, active=False)
    make(category_id=category, expiration_date="2001-01-01T00:00:00Z")
    held = make(category_id=category, redemption={"quantity": 1})["code"]
    assert ids(qualify(client, category)) == [held]
    validate(client, held, session={"type": "LOCK"})
    assert ids(qualify(client, category)) == []


def test_a_card_tells_what_is_locked(client: httpx.Client, make_card: Make, category: str) -> None:
    code = make_card(1_000, category_id=category)["code"]
    validate(client, code, order={"amount": 300}, session={"type": "LOCK"})
    told = qualify(client, category, order=HUNDRED, session={"type": "LOCK"})
    result = told["redeemables"]["data"][0]["result"]
    assert result["gift"] == {"balance": 700, "credits": 700, "locked_credits": 300}


def test_for_an_audience_the_order_does_not_matter(client: httpx.Client, make: Make, category: str) -> None:
    code = make(category_id=category, discount=FIVE_OFF)["code"]
    assert ids(qualify(client, category)) == []
    told = qualify(client, category, scenario="AUDIENCE_ONLY")
    assert (ids(told), told["not_checked"]) == ([code], ["order", "redemption", "campaign_budget"])
    [entry] = told["redeemables"]["data"]
    assert (entry["result"]["discount"], "order" in entry) == (FIVE_OFF, False)


def test_for_products_it_must_discount_lines(client: httpx.Client, make: Make, category: str) -> None:
    on_items = make(category_id=category, discount={**FIVE_OFF, "effect": "APPLY_TO_ITEMS"})["code"]
    make(category_id=category)
    order = {"items": [{"price": 1_000, "quantity": 1}]}
    for scenario in ("PRODUCTS_DISCOUNT", "PRODUCTS_DISCOUNT_BY_CUSTOMER"):
        assert ids(qualify(client, category, scenario=scenario, order=order)) == [on_items]
    for scenario in ("PRODUCTS", "PRODUCTS_BY_CUSTOMER", "PROMOTION_STACKS"):
        assert ids(qualify(client, category, scenario=scenario, order=order)) == []


def test_the_best_deal_comes_first_where_it_is_asked_for(client: httpx.Client, make: Make, category: str) -> None:
    small, large, middle = [
        make(category_id=category, discount={"type": "AMOUNT", "amount_off": amount})["code"] for amount in (1, 3, 2)
    ]

    def sorted_by(rule: str, **options: Any) -> list[str]:
        return ids(qualify(client, category, {"sorting_rule": rule, **options}, order=HUNDRED))

    assert sorted_by("BEST_DEAL") == [large, middle, small]
    assert sorted_by("LEAST_DEAL") == [small, middle, large]
    assert sorted_by("DEFAULT") == [middle, large, small]
    assert sorted_by("BEST_DEAL", limit=1) == [large]


def test_pages_go_on_where_they_ended(client: httpx.Client, make: Make, category: str) -> None:
    codes: list[str] = []
    for _ in range(7):
        codes.insert(0, make(category_id=category)["code"])
        time.sleep(0.002)  # `starting_after` tells whole milliseconds
    seen: list[str] = []
    options: Made = {"limit": 3}
    while True:
        page = qualify(client, category, options)
        seen += ids(page)
        if not page["redeemables"]["has_more"]:
            break
        options = {"limit": 3, "cursor": page["redeemables"]["next_cursor"]}
    assert seen == codes
    first = qualify(client, category, {"limit": 3})["redeemables"]
    second = qualify(client, category, {"limit": 3, "starting_after": first["more_starting_after"]})
    assert ids(second) == codes[3:6]


def test_without_a_limit_there_are_five(client: httpx.Client, make: Make, category: str) -> None:
    for _ in range(6):
        make(category_id=category)
    body = {"options": {"filters": {"category_id": {"conditions": {"$is": [category]}}}}}
    told = ok(client.post("/v1/qualifications", json=body))["redeemables"]
    assert (told["total"], told["has_more"]) == (5, True)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({"voucher_type": {"conditions": {"$is": ["DISCOUNT_VOUCHER"]}}}, True),
        ({"voucher_type": {"conditions": {"$is_not": ["DISCOUNT_VOUCHER"]}}}, False),
        ({"resource_type": {"conditions": {"$in": ["voucher", "campaign"]}}}, True),
        ({"resource_type": {"conditions": {"$not_in": ["voucher"]}}}, False),
        ({"campaign_id": {"conditions": {"$is_unknown": True}}}, True),
        ({"campaign_id": {"conditions": {"$has_value": True}}}, False),
        ({"holder_role": {"conditions": {"$is": ["OWNER"]}}}, False),
        ({"campaign_type": {"conditions": {"$is": ["DISCOUNT_COUPONS"]}}}, False),
        ({"junction": "or", "campaign_id": {"conditions": {"$has_value": True}}}, True),
    ],
)
def test_filters_say_what_is_looked_at(
    client: httpx.Client, make: Make, category: str, filters: Made, passes: bool
) -> None:
    code = make(category_id=category)["code"]
    both = {"category_id": {"conditions": {"$is": [category]}}, **filters}
    assert ids(qualify(client, category, {"filters": both})) == ([code] if passes else [])


def test_a_code_is_looked_up_by_itself(client: httpx.Client, make: Make) -> None:
    code = make()["code"]
    body = {"options": {"filters": {"code": {"conditions": {"$in": [code, "nobody's"]}}}}}
    assert ids(ok(client.post("/v1/qualifications", json=body))) == [code]


def test_what_was_asked_for_is_told(client: httpx.Client, make: Make, category: str) -> None:
    make(category_id=category, metadata={"a": 1})
    expand = {"expand": ["redeemable", "category", "validation_rules"]}
    [entry] = qualify(client, category, expand)["redeemables"]["data"]
    assert (entry["metadata"], entry["validation_rules_assignments"]["total"]) == ({"a": 1}, 0)
    [bare] = qualify(client, category)["redeemables"]["data"]
    assert not {"metadata", "categories", "validation_rules_assignments"} & bare.keys()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scenario": "SOME"}, "scenario"),
        ({"options": {"limit": 51}}, "limit"),
        ({"options": {"limit": 0}}, "limit"),
        ({"options": {"starting_after": "soon"}}, "starting_after"),
        ({"options": {"filters": {"code": {"conditions": {"$is": []}}}}}, "$is"),
        ({"options": {"filters": {"code": {}}}}, "conditions"),
        ({"options": {"sorting_rule": "WORST"}}, "sorting_rule"),
        ({"order": {"amount": -1}}, "amount"),
    ],
)
def test_what_is_no_request_is_refused(client: httpx.Client, body: Made, field: str) -> None:
    assert field in refused(client.post("/v1/qualifications", json=body), 400, "invalid_payload")


def test_a_cursor_of_another_list_is_refused(client: httpx.Client) -> None:
    refused(client.post("/v1/qualifications", json={"options": {"cursor": "x"}}), 400, "invalid_query_params")
