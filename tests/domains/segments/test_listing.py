"""The list of segments: its order, its pages, and what it may be asked for."""

from typing import Any

import httpx
import pytest

from tests.domains.products.conftest import ok
from tests.domains.segments.test_segments import PATH, VIP, create, customer, refused
from tests.support.filters import filters
from tests.support.servers import Shop


@pytest.fixture
def client(shop: Shop) -> httpx.Client:
    return shop.client


def test_segments_are_listed_newest_first(client: httpx.Client) -> None:
    made = [create(client, type="passive", filter=VIP, name=str(n))["id"] for n in range(3)]
    page = ok(client.get(PATH, params={"limit": 2}))
    assert ([each["id"] for each in page["data"]], page["total"], page["has_more"]) == (made[:0:-1], 3, True)
    page = ok(client.get(PATH, params={"limit": 2, "page": 2}))
    assert ([each["id"] for each in page["data"]], page["has_more"]) == (made[:1], False)
    page = ok(client.get(PATH, params={"order": "created_at"}))
    assert [each["id"] for each in page["data"]] == made
    page = ok(client.get(PATH, params={"ids": made[1]}))
    assert ([each["id"] for each in page["data"]], page["total"]) == ([made[1]], 1)
    page = ok(client.get(PATH, params={"starting_after": "2000-01-01T00:00:00Z"}))
    assert (page["data"], page["has_more"]) == ([], False)


def test_segments_are_listed_by_what_they_are(client: httpx.Client) -> None:
    ada = customer(client, name="Ada")
    static = create(client, type="static", customers=[ada], name="Friends")["id"]
    passive = create(client, type="passive", filter=VIP, name="Best")
    active = create(client, filter=VIP, name="Best of all")["id"]

    def listed(**params: Any) -> list[str]:
        page = ok(client.get(PATH, params={"order": "created_at", **params}))
        assert page["total"] == len(page["data"])
        return [each["id"] for each in page["data"]]

    assert listed(**filters(type={"$in": ["static", "auto-update"]})) == [static, active]
    assert listed(**filters(name={"$starts_with": "Best"}, type={"$is_not": "passive"})) == [active]
    assert listed(**filters("or", name={"$is": "Friends"}, id={"$is": active})) == [static, active]
    assert listed(**filters(created_at={"$before": "2020-01-01"})) == []
    assert listed(start_date=passive["created_at"]) == [passive["id"], active]
    assert listed(end_date=passive["created_at"]) == [static, passive["id"]]
    for field, operator in (("shoes", "$is"), ("name", "$more_than")):
        answer = client.get(PATH, params=filters(**{field: {operator: "1"}}))
        refused(answer, 400, "invalid_query_params", f"filters.{field}")
