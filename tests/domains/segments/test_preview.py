"""Trying a filter: who passes it, and what is refused."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.servers import Shop

PATH = "/v1/segments/preview"


@pytest.fixture
def client(shared_shop: Shop) -> httpx.Client:
    return shared_shop.client


@pytest.fixture
def group() -> str:
    """What the customers of one test have in common, and no others."""
    return uuid4().hex


def create(client: httpx.Client, group: str, **fields: Any) -> str:
    metadata = {"group": group, **fields.pop("metadata", {})}
    answer = client.post("/v1/customers", json={**fields, "metadata": metadata})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def preview(client: httpx.Client, group: str, **filters: Any) -> dict[str, Any]:
    body = {"filter": {"metadata.group": {"conditions": {"$is": [group]}}, "$and": [filters]}}
    answer = client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(client: httpx.Client, group: str, **filters: Any) -> list[str]:
    return [each["id"] for each in preview(client, group, **filters)["sample"]]


def test_a_preview_counts_and_shows_the_newest_as_they_are(client: httpx.Client, group: str) -> None:
    made = [create(client, group, name=str(n)) for n in range(12)]
    found = preview(client, group, name={"conditions": {"$has_value": True}})
    assert (found["count"], [each["id"] for each in found["sample"]]) == (12, made[:1:-1])
    whole = client.get(f"/v1/customers/{made[-1]}").json()
    whole.pop("assets")
    assert found["sample"][0] == whole
    assert preview(client, group, name={"conditions": {"$is": "nobody"}}) == {"count": 0, "sample": []}


def test_a_filter_looks_at_the_profile_the_address_metadata_and_totals(client: httpx.Client, group: str) -> None:
    ada = create(
        client, group, email="ada@x.example", birthdate="1990-12-10", address={"country": "PL"}, metadata={"n": 5}
    )
    bob = create(client, group, email="bob@x.example", metadata={"n": "5", "tags": ["a", "b"]})
    order = {"status": "PAID", "amount": 12_300, "customer": {"id": bob}}
    assert client.post("/v1/orders", json=order).status_code == 200
    for filters, expected in (
        ({"email": {"conditions": {"$ends_with": ["@x.example"]}}}, [bob, ada]),
        ({"address.country": {"conditions": {"$is": "PL"}}}, [ada]),
        ({"address.country": {"conditions": {"$is_not": "PL"}}}, [bob]),
        ({"metadata.n": {"conditions": {"$more_than": [4]}}}, [ada]),
        ({"metadata.tags": {"conditions": {"$includes": ["b"]}}}, [bob]),
        ({"metadata.tags": {"conditions": {"$is": ["b"]}}}, []),
        ({"birthdate": {"conditions": {"$is_month": [12]}}}, [ada]),
        ({"created_at": {"conditions": {"$today": True}}}, [bob, ada]),
        ({"created_at": {"conditions": {"$more_than_ago": [1]}}}, []),
        ({"summary.orders.total_amount": {"conditions": {"$more_than_equal": ["12300"]}}}, [bob]),
        ({"summary.orders.last_order_date": {"conditions": {"$this_month": ""}}}, [bob]),
        ({"events.bought.count": {"conditions": {"$less_than": ["1"]}}}, [bob, ada]),
        ({"loyalty_points.campaigns.Tiers 2.points": {"conditions": {"$is_unknown": True}}}, [bob, ada]),
        ({"$not": {"email": {"conditions": {"$starts_with": ["a"]}}}}, [bob]),
        (
            {
                "junction": "OR",
                "address.country": {"conditions": {"$is": "PL"}},
                "metadata.tags": {"conditions": {"$count": [2]}},
            },
            [bob, ada],
        ),
    ):
        assert ids(client, group, **filters) == expected, filters


def test_what_comes_from_outside_is_no_sql(client: httpx.Client, group: str) -> None:
    """Keys and values are looked for as they are, whatever they look like."""
    strange = "x' OR 1=1; DROP TABLE customers; -- \" \\ $.a[0] %_ {0} :p1 $1 ?"
    made = create(client, group, name=strange, metadata={strange.replace(".", ","): strange})
    key = strange.replace(".", ",")
    create(client, group, name="other", metadata={"y": 1})
    assert ids(client, group, name={"conditions": {"$is": [strange]}}) == [made]
    assert ids(client, group, name={"conditions": {"$contains": ["DROP TABLE"]}}) == [made]
    assert ids(client, group, **{f"metadata.{key}": {"conditions": {"$in": [strange, "b"]}}}) == [made]
    assert ids(client, group, **{f"metadata.{key}": {"conditions": {"$starts_with": ["x' OR"]}}}) == [made]
    assert ids(client, group, **{f"events.{strange}.count": {"conditions": {"$more_than": [0]}}}) == []
    assert ids(client, group, **{f"loyalty_tier.{strange}": {"conditions": {"$has_value": True}}}) == []
    assert len(ids(client, group, name={"conditions": {"$has_value": True}})) == 2


def test_the_schema_says_the_type(client: httpx.Client, group: str) -> None:
    before = create(client, group, metadata={"points_of_old": 7})
    schema = {
        "related_object": "customer",
        "properties": {"points_of_old": {"type": "number", "array": False, "optional": True}},
    }
    made = client.post("/v1/metadata-schemas", json=schema)
    assert made.status_code == 200, made.text
    try:
        assert ids(client, group, **{"metadata.points_of_old": {"conditions": {"$is": ["7"]}}}) == [before]
        wrong = {"filter": {"metadata.points_of_old": {"conditions": {"$contains": ["7"]}}}}
        assert "of type number" in client.post(PATH, json=wrong).json()["details"]
    finally:
        client.delete(f"/v1/metadata-schemas/{made.json()['id']}")


REFUSED: list[tuple[Any, str]] = [
    ({}, "filter"),
    ({"filter": []}, "filter: expected"),
    ({"filter": {}}, "filter: expected at least one condition"),
    ({"filter": {"junction": "xor", "name": {"conditions": {"$is": "a"}}}}, "filter.junction: expected and, or"),
    ({"filter": {"age": {"conditions": {"$is": [1]}}}}, "filter.age: expected a field: id, source_id"),
    ({"filter": {"events.customer.born.count": {"conditions": {"$is": [1]}}}}, "expected a field"),
    ({"filter": {"name": {"conditions": {"$regex": ["a"]}}}}, "filter.name.conditions.$regex: expected an operator"),
    ({"filter": {"name": {"conditions": {"$more_than": [1]}}}}, "of a field of type text"),
    ({"filter": {"created_at": {"conditions": {"$timeframe": ["x"]}}}}, "$timeframe: expected an operator"),
    (
        {"filter": {"$or": [{"created_at": {"conditions": {"$after": ["soon"]}}}]}},
        "filter.$or[0].created_at.conditions",
    ),
    (
        {"filter": {f"metadata.k{n}": {"conditions": {"$is": ["a"]}} for n in range(10_000)}},
        "expected at most 200 conditions in all",
    ),
    ({"filter": {"name": {"conditions": {"$in": ["a"] * 10_000}}}}, "expected at most 1000 values"),
]


def test_what_cannot_be_understood_is_a_400_with_the_path_to_the_fault(client: httpx.Client) -> None:
    for body, expected in REFUSED:
        answer = client.post(PATH, json=body)
        assert answer.status_code == 400, answer.text
        assert expected in answer.json()["details"]


def test_groups_without_an_end_are_refused(client: httpx.Client) -> None:
    for levels in (20, 5_000):
        text = '{"filter":' + '{"$not":' * levels + '{"name":{"conditions":{"$is":"a"}}}' + "}" * levels + "}"
        answer = client.post(PATH, content=text, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text


def test_the_largest_filter_is_answered(client: httpx.Client, group: str) -> None:
    made = create(client, group, name="a")
    wide = {f"metadata.k{n}": {"conditions": {"$not_in": [str(n)] * 5}} for n in range(199)}
    deep: dict[str, Any] = {"name": {"conditions": {"$in": ["a", *map(str, range(999))]}}}
    for _ in range(5):
        deep = {"$not": deep}
    assert ids(client, group, **wide) == [made]
    assert ids(client, group, **deep) == []
    dates = [f"2026-{month:02}-01" for month in range(1, 13)] * 8
    assert ids(client, group, created_at={"conditions": {"$not_in": dates}}) == [made]
