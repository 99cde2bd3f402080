"""Categories: created, found, changed and deleted; no two with one name."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.categories.conftest import Made, category, ok, refused
from tests.support.management import Managed

PATH = "/v1/categories"


def test_a_category_is_told_as_it_was_created(shop: httpx.Client) -> None:
    made = ok(shop.post(PATH, json={"name": "First", "hierarchy": 0}))
    assert made["id"].startswith("cat_")
    assert (made["name"], made["hierarchy"], made["object"]) == ("First", 0, "category")
    assert "updated_at" not in made
    assert ok(shop.get(f"{PATH}/{made['id']}")) == made


def test_the_newest_category_is_listed_first(shop: httpx.Client) -> None:
    assert ok(shop.get(PATH)) == {"object": "list", "data_ref": "data", "data": [], "total": 0}
    first, second = category(shop), category(shop)
    assert ok(shop.get(PATH)) == {"object": "list", "data_ref": "data", "data": [second, first], "total": 2}


def test_name_and_hierarchy_can_be_changed(shop: httpx.Client) -> None:
    made = category(shop, hierarchy=3)
    changed = ok(shop.put(f"{PATH}/{made['id']}", json={"name": "Other", "hierarchy": 5}))
    assert changed == {**made, "name": "Other", "hierarchy": 5, "updated_at": changed["updated_at"]}
    assert ok(shop.put(f"{PATH}/{made['id']}", json={"name": "Other", "hierarchy": 5})) == changed
    assert ok(shop.get(f"{PATH}/{made['id']}")) == changed


def test_a_deleted_category_is_gone_and_its_name_is_free(shop: httpx.Client) -> None:
    made = category(shop, name="Once")
    assert shop.delete(f"{PATH}/{made['id']}").status_code == 204
    refused(shop.get(f"{PATH}/{made['id']}"), 404, "not_found")
    refused(shop.delete(f"{PATH}/{made['id']}"), 404, "not_found")
    assert ok(shop.get(PATH))["total"] == 0
    assert category(shop, name="Once")["id"] != made["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"hierarchy": 1}, "name"),
        ({"name": "A"}, "hierarchy"),
        ({"name": "", "hierarchy": 1}, "name"),
        ({"name": "x" * 501, "hierarchy": 1}, "name"),
        ({"name": "A", "hierarchy": -1}, "hierarchy"),
        ({"name": "A", "hierarchy": 1.5}, "hierarchy"),
        ({"name": "A", "hierarchy": None}, "hierarchy"),
    ],
)
def test_what_is_no_category_is_refused(shop: httpx.Client, body: Any, field: str) -> None:
    assert field in refused(shop.post(PATH, json=body), 400, "invalid_payload")
    made = category(shop)
    assert field in refused(shop.put(f"{PATH}/{made['id']}", json=body), 400, "invalid_payload")
    assert ok(shop.get(PATH))["data"] == [made]


def test_no_two_categories_have_one_name(shop: httpx.Client) -> None:
    one, other = category(shop, name="One"), category(shop, name="Other")
    refused(shop.post(PATH, json={"name": "One", "hierarchy": 1}), 409, "duplicate_found")
    refused(shop.put(f"{PATH}/{other['id']}", json={"name": "One", "hierarchy": 1}), 409, "duplicate_found")
    refused(shop.put(f"{PATH}/cat_nothing", json={"name": "New", "hierarchy": 1}), 404, "not_found")
    assert ok(shop.get(PATH))["data"] == [other, one]


def test_of_twenty_at_once_one_gets_the_name(shop: httpx.Client) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: shop.post(PATH, json={"name": "Same", "hierarchy": 1}), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 19]
    assert ok(shop.get(PATH))["total"] == 1


def test_another_project_has_categories_of_its_own(server: Managed, shop: httpx.Client) -> None:
    made = category(shop, name="Mine")
    with server.shop_of(server.new_project()) as other:
        assert ok(other.get(PATH))["total"] == 0
        refused(other.get(f"{PATH}/{made['id']}"), 404, "not_found")
        refused(other.delete(f"{PATH}/{made['id']}"), 404, "not_found")
        category(other, name="Mine")
    assert ok(shop.get(PATH))["data"] == [made]


def test_a_category_in_the_stacking_rules_goes_only_with_them(
    server: Managed, shop: httpx.Client, rules_path: str
) -> None:
    one, kept = category(shop), category(shop)
    ids = [one["id"], kept["id"]]
    limits = dict.fromkeys(ids, 2)
    rules: Made = {"joint_categories": ids, "applicable_redeemables_category_limits": limits}
    document = ok(server.manager.post(rules_path, json=rules))
    details = refused(shop.delete(f"{PATH}/{one['id']}"), 400, "resource_in_use")
    assert document["id"] in details
    assert shop.delete(f"{PATH}/{one['id']}", params={"remove_from_stacking_rules": "true"}).status_code == 204
    after = ok(server.manager.get(f"{rules_path}/{document['id']}"))
    assert after["joint_categories"] == [kept["id"]]
    assert after["applicable_redeemables_category_limits"] == {kept["id"]: 2}
    assert server.manager.delete(f"{rules_path}/{document['id']}").status_code == 204
    assert shop.delete(f"{PATH}/{kept['id']}").status_code == 204
