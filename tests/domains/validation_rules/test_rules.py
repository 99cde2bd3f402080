"""Validation rules: made, told as they were sent, changed with a version each, deleted when nothing is under them."""

from typing import Any

import httpx
import pytest

from patron.engine.rules.logic import MOST_PARENTHESES
from patron.engine.rules.parsing import MOST_RULES
from tests.domains.validation_rules.conftest import PATH, Made, Make, a_code, discount, ok, refused, rule

DEAR = rule("order.amount", "$more_than", 10_000)
OFTEN = rule("redemption.count.per_customer", "$less_than_or_equal", 2, error={"message": "Twice at most."})
RED = rule("order.metadata", "$is", "red", property="color")


def test_a_rule_is_told_as_it_was_sent(client: httpx.Client, make: Make) -> None:
    made = ok(
        client.post(
            PATH,
            json={
                "name": "Dear or red",
                "rules": {"1": DEAR, "2": RED, "3": OFTEN, "logic": "(1 OR 2) and 3"},
                "error": {"message": "Not today."},
                "applicable_to": {
                    "included": [{"object": "product", "id": "prod_1", "quantity_limit": 2, "repeat": None}],
                    "excluded": [{"object": "sku", "id": "sku_1", "source_id": "tea"}],
                },
                "type": "complex",
                "context_type": "campaign.discount_coupons",
            },
        )
    )
    blank: Made = {"property": None, "rules": {}}
    assert made["rules"] == {
        "1": {**blank, **DEAR},
        "2": {**blank, **RED},
        "3": {**blank, **OFTEN},
        "logic": "(1 OR 2) and 3",
    }
    assert made["applicable_to"] == {
        "included": [
            {
                "object": "product",
                "id": "prod_1",
                "effect": "APPLY_TO_EVERY",
                "quantity_limit": 2,
            }
        ],
        "excluded": [{"object": "sku", "id": "sku_1", "source_id": "tea", "effect": "APPLY_TO_EVERY"}],
        "included_all": False,
    }
    assert (made["error"], made["type"], made["context_type"]) == (
        {"message": "Not today."},
        "complex",
        "campaign.discount_coupons",
    )
    assert (made["assignments_count"], "updated_at" in made, made["bundle_rules"]) == (0, False, {})
    assert made["id"].startswith("val_")
    assert ok(client.get(f"{PATH}/{made['id']}")) == made


def test_a_rule_may_say_nothing(client: httpx.Client) -> None:
    made = ok(client.post(PATH, json={"name": "All"}))
    assert made["rules"] == {"logic": ""}
    assert (made["type"], made["context_type"]) == ("expression", "global")
    assert made["applicable_to"] == {"included": [], "excluded": [], "included_all": False}
    assert "error" not in made
    assert ok(client.post(PATH, json={"name": "All", "rules": {"logic": ""}}))["rules"] == {"logic": ""}


def test_rules_without_a_logic_must_all_hold(make: Make) -> None:
    assert make(DEAR, RED)["rules"]["logic"] == "1 and 2"


def test_a_change_makes_a_version_and_earlier_ones_can_be_read(client: httpx.Client, make: Make) -> None:
    made = make(DEAR)
    path = f"{PATH}/{made['id']}"
    changed = ok(client.put(path, json={"name": "Red", "rules": {"1": RED}, "error": {"message": "Red alone."}}))
    assert (changed["name"], changed["rules"]["1"]["name"], changed["applicable_to"]) == (
        "Red",
        "order.metadata",
        made["applicable_to"],
    )
    assert changed["updated_at"] is not None
    assert ok(client.put(path, json={"name": "Red"})) == changed
    cleared = ok(client.put(path, json={"error": None, "bundle_rules": None}))
    assert "error" not in cleared
    versions = ok(client.get(f"{path}/versions"))
    assert [each["version"] for each in versions["data"]] == [3, 2, 1]
    first = ok(client.get(f"{path}/versions/1"))
    assert first == versions["data"][2]
    assert (first["rule"]["name"], first["rule"]["rules"]) == (made["name"], made["rules"])
    refused(client.get(f"{path}/versions/4"), 404, "not_found")
    refused(client.get(f"{path}/versions/x"), 404, "not_found")
    refused(client.get(f"{PATH}/val_1/versions"), 404, "not_found")
    assert client.delete(path).status_code == 204
    assert ok(client.get(f"{path}/versions/2"))["rule"]["error"] == {"message": "Red alone."}


def test_rules_are_listed_in_every_order(client: httpx.Client, make: Make) -> None:
    made = [make(DEAR, name=f"{3 - n} of three") for n in range(3)]
    ok(client.put(f"{PATH}/{made[1]['id']}", json={"type": "basic"}))
    newest = ok(client.get(PATH, params={"limit": 2}))
    assert [each["id"] for each in newest["data"]] == [made[2]["id"], made[1]["id"]]
    assert (newest["object"], newest["data_ref"]) == ("list", "data")
    assert newest["total"] >= 3
    assert ok(client.get(PATH, params={"limit": 2, "page": 2}))["data"][0]["id"] == made[0]["id"]
    by_name = [each["name"] for each in ok(client.get(PATH, params={"limit": 100, "order": "name"}))["data"]]
    assert by_name == sorted(by_name)
    assert ok(client.get(PATH, params={"order": "-updated_at"}))["data"][0]["id"] == made[1]["id"]
    later = ok(client.get(PATH, params={"start_date": "2100-01-01"}))
    assert (later["data"], later["total"]) == ([], 0)
    assert ok(client.get(PATH, params={"end_date": "2100-01-01"}))["total"] == newest["total"]
    refused(client.get(PATH, params={"start_date": "soon"}), 400, "invalid_query_params")


def test_a_rule_that_is_assigned_is_not_deleted(client: httpx.Client, make: Make) -> None:
    made = make(DEAR)
    voucher = ok(client.post("/v1/vouchers", json=discount(code=a_code(), validation_rules=[made["id"]])))
    path = f"{PATH}/{made['id']}"
    assert ok(client.get(path))["assignments_count"] == 1
    refused(client.delete(path), 400, "resource_in_use")
    assert client.delete(f"/v1/vouchers/{voucher['code']}?force=true").status_code == 204
    assert ok(client.get(path))["assignments_count"] == 0
    assert client.delete(path).status_code == 204
    for answer in (client.get(path), client.put(path, json={"name": "x"}), client.delete(path)):
        assert refused(answer, 404, "not_found")["resource_type"] == "validation_rules"


MANY = {str(n): DEAR for n in range(1, MOST_RULES + 2)}
DEEP = "(" * (MOST_PARENTHESES + 1) + "1" + ")" * (MOST_PARENTHESES + 1)
ANY = {"name": "order.items.any", "conditions": {"$is": [{"id": "prod_1"}]}}
FAULTS: list[tuple[Any, str]] = [
    ({"1": {}}, "rules.1.name: expected the name of a rule"),
    ({"1": {"name": "order.color"}}, "rules.1.name: expected the name of a rule"),
    ({"1": {"name": ["order.amount"]}}, "rules.1.name: expected the name of a rule"),
    ({"1": "order.amount"}, "rules.1: expected an object"),
    ({"1": {"name": "order.amount"}}, "rules.1.conditions: expected"),
    ({"1": rule("order.amount", "$near", 1)}, "rules.1.conditions.$near: expected an operator"),
    ({"1": rule("order.amount", "$more_than", "much")}, "rules.1.conditions.$more_than: expected one number"),
    ({"1": rule("order.amount", "$in", 1, "much")}, "rules.1.conditions.$in[1]: expected a number"),
    ({"1": rule("order.metadata", "$is", 1)}, "rules.1.property: expected one, which order.metadata needs"),
    ({"1": rule("custom_event.metadata", "$is", 1)}, "rules.1.property: expected one"),
    ({"1": {**DEAR, "rules": {"1": DEAR}}}, "rules.1.rules: expected no rules below"),
    ({"1": {**DEAR, "error": "no"}}, "rules.1.error: expected an object with a message"),
    ({"1": {**ANY, "rules": {"1": DEAR}}}, "rules.1.rules.1.name: expected the name of a rule"),
    ({"1": {**ANY, "rules": {"1": rule("order.items.quantity", "$is", "x")}}}, "rules.1.rules.1.conditions.$is[0]"),
    ({"1": {**ANY, "rules": {"logic": "2"}}}, "rules.1.rules.logic: expected numbers of rules that are there"),
    ({"1": DEAR, "logic": "1 and 2"}, "rules.logic: expected numbers of rules that are there, and 2 is not"),
    ({"1": DEAR, "logic": "1 and"}, "rules.logic: expected a rule's number"),
    ({"1": DEAR, "logic": "1 1"}, "rules.logic: expected and, or, or the end"),
    ({"1": DEAR, "logic": "(1"}, "rules.logic: expected each parenthesis to be closed"),
    ({"1": DEAR, "logic": "1; DROP TABLE vouchers"}, "rules.logic: expected numbers of rules"),
    ({"1": DEAR, "logic": DEEP}, "rules.logic: expected at most"),
    ({"1": DEAR, "logic": "1 or " * 1_000 + "1"}, "rules.logic: expected at most"),
    ({"1": DEAR, "logic": 1}, "rules.logic: expected a text"),
    ({"0": DEAR}, "rules.0: expected a number from 1"),
    ({"'; DROP TABLE vouchers": DEAR}, "rules.'; DROP TABLE vouchers: expected a number from 1"),
    (MANY, f"rules: expected at most {MOST_RULES} rules in all"),
    ({str(n): DEAR for n in range(1, 10_001)}, f"rules: expected at most {MOST_RULES} rules in all"),
    ({"1": rule("redemption.count.per_user", "$is", 1)}, "rules.1.name: expected redemption.count.per_api_key"),
    ({"1": rule("redemption.reward.pay_with_points.points_used", "$is", 1)}, "rules.1.name: expected another rule"),
]


@pytest.mark.parametrize(("rules", "expected"), FAULTS, ids=[f"{n} {each[1][:40]}" for n, each in enumerate(FAULTS)])
def test_what_is_no_rule_is_a_400_by_the_path_to_the_fault(client: httpx.Client, rules: Any, expected: str) -> None:
    body = refused(client.post(PATH, json={"name": "x", "rules": rules}), 400, "invalid_validation_rules")
    assert body["message"] == "Invalid Validation Rule Definition"
    assert expected in body["details"]


OTHER_FAULTS: list[tuple[Made, str, str]] = [
    ({"rules": {}}, "invalid_payload", "name"),
    ({"name": ""}, "invalid_payload", "name: expected"),
    ({"name": "x", "rules": []}, "invalid_payload", "rules: expected"),
    ({"name": "x", "type": "simple"}, "invalid_payload", "type: expected"),
    ({"name": "x", "context_type": "moon"}, "invalid_validation_rules", "context_type: expected"),
    ({"name": "x", "applicable_to": {"included": [{"id": "prod_1"}]}}, "invalid_validation_rules", "included[0]"),
    (
        {"name": "x", "applicable_to": {"excluded": [{"id": "p", "object": "product", "repeat": 0}]}},
        "invalid_validation_rules",
        "applicable_to.excluded[0].repeat: expected",
    ),
    (
        {
            "name": "x",
            "applicable_to": {
                "included": [{"id": "p", "object": "product", "product_customer_campaign_quantity_limit": 1}]
            },
        },
        "invalid_validation_rules",
        "product_customer_campaign_quantity_limit: expected none, as units of products are not counted",
    ),
    ({"name": "x", "bundle_rules": {"1": DEAR}}, "invalid_validation_rules", "bundle_rules.1.name: expected"),
    ({"name": "x", "bundle_rules": {"limit": 101}}, "invalid_validation_rules", "bundle_rules.limit: expected"),
]


@pytest.mark.parametrize(("body", "key", "expected"), OTHER_FAULTS)
def test_bad_fields_are_named(client: httpx.Client, body: Made, key: str, expected: str) -> None:
    assert expected in refused(client.post(PATH, json=body), 400, key)["details"]


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("redemption.count.daily", "earning_rule.order.paid"),
        ("campaign.orders.amount", "distribution.order.paid"),
        ("order.amount", "earning_rule.custom_event"),
        ("order.items.count", "distribution.custom_event"),
    ],
)
def test_a_rule_without_meaning_in_its_context_is_refused(client: httpx.Client, name: str, context: str) -> None:
    body = {"name": "x", "rules": {"1": rule(name, "$more_than", 1)}, "context_type": context}
    details = refused(client.post(PATH, json=body), 400, "invalid_validation_rules")["details"]
    assert details.startswith(f"rules.1.name: expected another rule: {name}")
    made = ok(client.post(PATH, json={**body, "context_type": "global"}))
    refused(client.put(f"{PATH}/{made['id']}", json={"context_type": context}), 400, "invalid_validation_rules")
    assert ok(client.get(f"{PATH}/{made['id']}")) == made


def test_old_spellings_of_names_are_taken(make: Make) -> None:
    made = make(rule("customer_segment", "$is", "seg_1"), rule("order_metadata", "$is", 1, property="x"))
    assert made["rules"]["1"]["name"] == "customer_segment"
