"""Stacking rules: one document a project, within the reference's bounds; without it the defaults."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.stacking_rules.conftest import Made, category, ok, refused
from tests.support.management import Managed

DEFAULTS: Made = {
    "redeemables_limit": 30,
    "applicable_redeemables_limit": 5,
    "applicable_redeemables_per_category_limit": None,
    "applicable_redeemables_category_limits": {},
    "applicable_exclusive_redeemables_limit": 1,
    "applicable_exclusive_redeemables_per_category_limit": None,
    "exclusive_categories": [],
    "joint_categories": [],
    "redeemables_application_mode": "ALL",
    "redeemables_sorting_rule": "REQUESTED_ORDER",
    "redeemables_products_application_mode": "STACK",
    "redeemables_no_effect_rule": "REDEEM_ANYWAY",
    "no_effect_skip_categories": [],
    "no_effect_redeem_anyway_categories": [],
    "redeemables_rollback_order_mode": "WITH_ORDER",
    "discount_calculation_mode": "DISCOUNTED_AMOUNT",
    "initial_amount_mode_categories": [],
    "discounted_amount_mode_categories": [],
    "grouped_redeemables_sorting_rule": "JOINT_ALWAYS_LAST",
}


def test_a_new_document_says_what_was_sent_and_the_defaults(server: Managed, rules_path: str) -> None:
    assert ok(server.manager.get(rules_path)) == {"object": "list", "data_ref": "data", "data": [], "total": 0}
    made = ok(server.manager.post(rules_path, json={"applicable_redeemables_limit": 30}))
    assert made["id"].startswith("stk_")
    told = {name: made[name] for name in DEFAULTS}
    assert told == {**DEFAULTS, "applicable_redeemables_limit": 30}
    assert "updated_at" not in made
    assert ok(server.manager.get(f"{rules_path}/{made['id']}")) == made
    assert ok(server.manager.get(rules_path))["data"] == [made]


def test_a_project_has_one_document(server: Managed, rules_path: str) -> None:
    made = ok(server.manager.post(rules_path, json={}))
    details = refused(server.manager.post(rules_path, json={}), 409, "stacking_rules_exist")
    assert made["id"] in details
    assert server.manager.delete(f"{rules_path}/{made['id']}").status_code == 204
    refused(server.manager.get(f"{rules_path}/{made['id']}"), 404, "not_found")
    refused(server.manager.delete(f"{rules_path}/{made['id']}"), 404, "not_found")
    again = ok(server.manager.post(rules_path, json={}))
    assert again["id"] != made["id"]
    assert ok(server.manager.get(rules_path))["data"] == [again]


def test_of_twenty_at_once_one_writes_the_document(server: Managed, rules_path: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: server.manager.post(rules_path, json={}), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 19]


def test_a_change_leaves_what_it_does_not_name(server: Managed, shop: httpx.Client, rules_path: str) -> None:
    one, other = category(shop)["id"], category(shop)["id"]
    everything: Made = {
        "redeemables_limit": 25,
        "applicable_redeemables_per_category_limit": 2,
        "applicable_redeemables_category_limits": {one: 1, other: 10},
        "applicable_exclusive_redeemables_limit": 2,
        "applicable_exclusive_redeemables_per_category_limit": 5,
        "exclusive_categories": [one, one],
        "joint_categories": [other],
        "redeemables_application_mode": "PARTIAL",
        "redeemables_sorting_rule": "CATEGORY_HIERARCHY",
        "redeemables_products_application_mode": "ONCE",
        "redeemables_no_effect_rule": "SKIP",
        "no_effect_skip_categories": [one],
        "no_effect_redeem_anyway_categories": [other],
        "redeemables_rollback_order_mode": "WITHOUT_ORDER",
        "discount_calculation_mode": "INITIAL_AMOUNT",
        "initial_amount_mode_categories": [one],
        "discounted_amount_mode_categories": [other],
    }
    made = ok(server.manager.post(rules_path, json=everything))
    wanted = {**DEFAULTS, **everything, "exclusive_categories": [one]}
    assert {name: made[name] for name in DEFAULTS} == wanted
    path = f"{rules_path}/{made['id']}"
    change: Made = {"applicable_redeemables_per_category_limit": None, "joint_categories": []}
    changed = ok(server.manager.put(path, json=change))
    assert changed == {**made, **change, "updated_at": changed["updated_at"]}
    assert ok(server.manager.get(path)) == changed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("redeemables_limit", 0),
        ("redeemables_limit", 31),
        ("redeemables_limit", None),
        ("applicable_redeemables_limit", 31),
        ("applicable_redeemables_per_category_limit", 31),
        ("applicable_exclusive_redeemables_limit", 6),
        ("applicable_exclusive_redeemables_per_category_limit", 6),
        ("applicable_redeemables_category_limits", {"cat_1": 11}),
        ("redeemables_application_mode", "SOME"),
        ("redeemables_sorting_rule", "RANDOM"),
        ("exclusive_categories", "cat_1"),
        ("joint_categories", ["cat"] * 501),
    ],
)
def test_what_is_out_of_bounds_is_refused(server: Managed, rules_path: str, field: str, value: Any) -> None:
    assert field in refused(server.manager.post(rules_path, json={field: value}), 400, "invalid_payload")
    assert ok(server.manager.get(rules_path))["total"] == 0


def test_a_category_is_in_one_of_two_opposite_lists(server: Managed, shop: httpx.Client, rules_path: str) -> None:
    one = category(shop)["id"]
    for fields in (
        ("exclusive_categories", "joint_categories"),
        ("no_effect_skip_categories", "no_effect_redeem_anyway_categories"),
        ("initial_amount_mode_categories", "discounted_amount_mode_categories"),
    ):
        body = {field: [one] for field in fields}
        assert one in refused(server.manager.post(rules_path, json=body), 400, "invalid_payload")
    made = ok(server.manager.post(rules_path, json={"joint_categories": [one]}))
    path = f"{rules_path}/{made['id']}"
    refused(server.manager.put(path, json={"exclusive_categories": [one]}), 400, "invalid_payload")
    assert ok(server.manager.get(path)) == made


def test_an_unknown_category_is_a_404(server: Managed, rules_path: str) -> None:
    for field, value in (
        ("joint_categories", ["cat_nothing"]),
        ("applicable_redeemables_category_limits", {"cat_nothing": 1}),
    ):
        assert "cat_nothing" in refused(server.manager.post(rules_path, json={field: value}), 404, "not_found")
    made = ok(server.manager.post(rules_path, json={}))
    body = {"joint_categories": ["cat_nothing"]}
    refused(server.manager.put(f"{rules_path}/{made['id']}", json=body), 404, "not_found")
    refused(server.manager.put(f"{rules_path}/stk_nothing", json={}), 404, "not_found")


def test_only_the_management_of_the_project_may_look(server: Managed, shop: httpx.Client, rules_path: str) -> None:
    ok(server.manager.post(rules_path, json={}))
    assert shop.get(rules_path).status_code == 401
    other = server.new_project()
    assert ok(server.manager.get(f"/management/v1/projects/{other['id']}/stacking-rules"))["total"] == 0
