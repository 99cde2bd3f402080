"""A rule can be tried out against a case, stored or not: every node is told, and nothing is kept."""

from typing import Any

import httpx
import pytest

from tests.domains.validation_rules.conftest import PATH, Made, Make, ok, refused, rule

NODES = {
    "1": rule("order.amount", "$more_than", 10_000, error={"message": "From $100 on."}),
    "2": rule("customer.metadata", "$is", "gold", property="level"),
    "3": rule("redemption.count.per_customer", "$less_than_or_equal", 2),
    "4": rule("order.items.any", "$is", {"id": "tea"}),
    "logic": "(1 or 2) and 3",
}


def outcomes(told: Made) -> dict[str, str]:
    return {node["path"]: node["outcome"] for node in told["rules"]}


def test_every_node_is_told_with_what_was_expected_and_found(client: httpx.Client) -> None:
    case = {"order": {"amount": 9_000}, "customer": {"metadata": {"level": "tin"}}, "counters": {}}
    told = ok(client.post(f"{PATH}/test", json={**case, "rules": NODES}))
    assert (told["holds"], outcomes(told)) == (False, {"1": "failed", "2": "failed", "3": "passed", "4": "skipped"})
    assert told["rules"][0]["conditions"] == [
        {"operator": "$more_than", "expected": [10_000], "actual": 9_000, "passes": False}
    ]
    assert told["rules"][0]["change"] == {"of": "order.amount", "by": 1_001}
    assert [each["key"] for each in told["errors"]] == ["order_rules_violated", "customer_rules_violated"]
    assert told["errors"][0]["error"] == {"message": "From $100 on."}
    case["counters"] = {"redemption.count.per_customer": 2}
    told = ok(client.post(f"{PATH}/test", json={**case, "rules": NODES, "order": {"amount": 10_001}}))
    assert (told["holds"], told["rules"][2]["change"]) == (False, {"of": "redemption.count.per_customer", "by": -1})


def test_a_stored_rule_is_tried_on_a_stored_customer(client: httpx.Client, make: Make) -> None:
    made = make(NODES["2"])
    ok(client.post("/v1/customers", json={"source_id": "tried", "metadata": {"level": "gold"}}))
    path = f"{PATH}/{made['id']}/test"
    assert ok(client.post(path, json={"customer": {"source_id": "tried"}}))["holds"]
    other = {"source_id": "tried", "metadata": {"level": "tin"}}
    assert not ok(client.post(path, json={"customer": other}))["holds"]
    assert ok(client.post(path, json={}))["errors"][0]["key"] == "missing_customer"
    refused(client.post(f"{PATH}/val_1/test", json={}), 404, "not_found")
    assert ok(client.get(f"{PATH}/{made['id']}")) == made


def test_a_moment_may_be_chosen(client: httpx.Client) -> None:
    rules = {"1": rule("redemption.metadata", "$is_days_ago", 1, property="made")}
    case = {"rules": rules, "metadata": {"made": "2024-02-29"}}
    assert ok(client.post(f"{PATH}/test", json={**case, "at": "2024-03-01T12:00:00Z"}))["holds"]
    assert not ok(client.post(f"{PATH}/test", json={**case, "at": "2024-03-02T12:00:00Z"}))["holds"]


def test_segments_and_lines_are_looked_at(client: httpx.Client) -> None:
    rules = {"1": rule("customer.segment", "$is", "seg_1"), "2": rule("order.items.any", "$is", {"id": "tea"})}
    case: Made = {"rules": rules, "customer": {}, "segments": ["seg_1"]}
    told = ok(client.post(f"{PATH}/test", json={**case, "order": {"items": [{"product_id": "tea", "quantity": 1}]}}))
    assert told["holds"]
    assert outcomes(ok(client.post(f"{PATH}/test", json=case))) == {"1": "passed", "2": "failed"}


@pytest.mark.parametrize(
    ("body", "key", "expected"),
    [
        ({}, "invalid_payload", "rules"),
        ({"rules": {"1": {}}}, "invalid_validation_rules", "rules.1.name: expected"),
        ({"rules": {}, "at": "soon"}, "invalid_payload", "at: expected"),
        ({"rules": {}, "counters": {"x": -1}}, "invalid_payload", "counters"),
    ],
)
def test_what_is_no_case_is_a_400(client: httpx.Client, body: Any, key: str, expected: str) -> None:
    assert expected in refused(client.post(f"{PATH}/test", json=body), 400, key)["details"]
