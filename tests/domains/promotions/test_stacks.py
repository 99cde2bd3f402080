"""Promotion stacks: tiers of one campaign, in the order in which they are applied."""

from typing import Any

import httpx
import pytest

from tests.domains.promotions.conftest import Made, Make, category, ok, refused, stack, tiers_of

ALL = "/v1/promotions/stacks"


@pytest.fixture
def campaign(make: Make) -> Made:
    """A campaign with three tiers."""
    return make({"name": "a"}, {"name": "b"}, {"name": "c"})


@pytest.fixture
def ids(client: httpx.Client, campaign: Made) -> list[str]:
    return [each["id"] for each in tiers_of(client, campaign)]


@pytest.fixture
def path(campaign: Made) -> str:
    return f"/v1/promotions/{campaign['id']}/stacks"


def test_a_stack_is_told_as_it_was_created(client: httpx.Client, campaign: Made, ids: list[str], path: str) -> None:
    group = category(client)
    made = stack(client, campaign, ids[2], ids[0], category_id=group["id"])
    assert made["id"].startswith("stack_")
    assert made == {
        "id": made["id"],
        "name": "Both",
        "created_at": made["created_at"],
        "campaign_id": campaign["id"],
        "tiers": {"ids": [ids[2], ids[0]], "hierarchy_mode": "MANUAL"},
        "category_id": group["id"],
        "categories": [group],
        "object": "promotion_stack",
    }
    assert ok(client.get(f"{path}/{made['id']}")) == made
    assert ok(client.get(f"/v1/promotions/{campaign['name']}/stacks/{made['id']}")) == made


def test_a_stack_is_changed_and_deleted(client: httpx.Client, campaign: Made, ids: list[str], path: str) -> None:
    made = stack(client, campaign, *ids)
    assert (made["category_id"], made["categories"]) == (None, [])
    one = f"{path}/{made['id']}"
    changed = ok(client.put(one, json={"name": "Two", "tiers": {"ids": ids[:2]}}))
    told = {"ids": ids[:2], "hierarchy_mode": "MANUAL"}
    assert changed == {**made, "name": "Two", "tiers": told, "updated_at": changed["updated_at"]}
    assert ok(client.put(one, json={"name": "Two"})) == changed
    assert client.delete(one).status_code == 204
    for answer in (client.get(one), client.put(one, json={}), client.delete(one)):
        refused(answer, 404, "not_found")


def test_stacks_are_listed(client: httpx.Client, make: Make, campaign: Made, ids: list[str], path: str) -> None:
    first, second = stack(client, campaign, ids[0], name="z"), stack(client, campaign, ids[1], name="aa")
    other = make({})
    third = stack(client, other, tiers_of(client, other)[0]["id"], name="m")
    assert ok(client.get(path)) == {"object": "list", "data_ref": "data", "data": [second, first], "total": 2}
    listed = ok(client.get(ALL, params={"limit": 3}))
    assert listed["data"] == [third, second, first]
    window: Made = {"created_at[after]": "2001-01-01", "created_at[before]": "2999-01-01", "limit": 100}
    assert ok(client.get(ALL, params=window))["total"] == listed["total"]
    names = [each["name"] for each in ok(client.get(ALL, params={"limit": 100, "order": "name"}))["data"]]
    assert names == sorted(names)
    assert ok(client.get(ALL, params={"updated_at[after]": "2999-01-01"}))["data"] == []
    refused(client.get(ALL, params={"created_at[after]": "never"}), 400, "invalid_query_params")


def test_a_stack_holds_tiers_of_its_campaign_each_once(
    client: httpx.Client, make: Make, campaign: Made, ids: list[str], path: str
) -> None:
    stranger = tiers_of(client, make({}))[0]["id"]
    refusals: list[tuple[Any, int, str]] = [
        ({"name": "x", "tiers": {"ids": [stranger]}}, 404, "not_found"),
        ({"name": "x", "tiers": {"ids": ["promo_nothing"]}}, 404, "not_found"),
        ({"name": "x", "tiers": {"ids": [ids[0], ids[0]]}}, 400, "invalid_payload"),
        ({"name": "x", "tiers": {"ids": []}}, 400, "invalid_payload"),
        ({"name": "x", "tiers": {"ids": ids * 11}}, 400, "invalid_payload"),
        ({"name": "x", "tiers": {"ids": ids, "hierarchy_mode": "OTHER"}}, 400, "invalid_payload"),
        ({"tiers": {"ids": ids}}, 400, "invalid_payload"),
        ({"name": "x", "tiers": {"ids": ids}, "category_id": "cat_nothing"}, 404, "not_found"),
    ]
    made = stack(client, campaign, ids[0])
    for body, status, key in refusals:
        refused(client.post(path, json=body), status, key)
        if "name" in body:
            refused(client.put(f"{path}/{made['id']}", json=body), status, key)
    assert ok(client.get(path))["data"] == [made]
    refused(client.get(f"/v1/promotions/{make({})['id']}/stacks/{made['id']}"), 404, "not_found")
    refused(
        client.post("/v1/promotions/camp_nothing/stacks", json={"name": "x", "tiers": {"ids": ids}}), 404, "not_found"
    )
