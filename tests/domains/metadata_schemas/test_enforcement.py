"""What a schema says holds for every write of a customer, from the moment at which it was said."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.metadata_schemas.conftest import Define, a, ok, refused
from tests.support.imports import bulk, imported

KEY = "metadata_validation_failed"
SCHEMA = "/v1/metadata-schemas/customer"


def details(answer: httpx.Response) -> str:
    body = refused(answer, 400, KEY)
    assert body["message"] == "Metadata validation failed"
    return str(body["details"])


def test_a_customer_is_created_as_the_schema_wants_it_or_not_at_all(shop: httpx.Client, define: Define) -> None:
    define(age=a("number", gte=18))
    assert ok(shop.post("/v1/customers", json={"source_id": "a", "metadata": {"age": 18}}))["metadata"] == {"age": 18}
    refusal = shop.post("/v1/customers", json={"source_id": "b", "metadata": {"age": 17}})
    assert details(refusal) == "age: must be a number, must be greater than or equal to 18 (actual value is 17)"
    assert shop.get("/v1/customers/b").status_code == 404
    assert ok(shop.get("/v1/customers"))["total"] == 1
    ok(shop.post("/v1/customers", json={"source_id": "b", "metadata": {"age": 40}}))


def test_an_upsert_and_an_update_are_judged_by_the_metadata_after_the_merge(shop: httpx.Client, define: Define) -> None:
    define(age=a("number", optional=False), name=a())
    made = ok(shop.post("/v1/customers", json={"source_id": "a", "metadata": {"age": 18}}))
    assert ok(shop.post("/v1/customers", json={"source_id": "a", "metadata": {"name": "x"}}))["metadata"] == {
        "age": 18,
        "name": "x",
    }
    for refusal in (
        shop.post("/v1/customers", json={"source_id": "a", "metadata": {"age": "x"}}),
        shop.post("/v1/customers", json={"id": made["id"], "metadata": {"age": "x"}}),
        shop.put("/v1/customers/a", json={"name": "Ada", "metadata": {"age": "x"}}),
        shop.put(f"/v1/customers/{made['id']}", json={"metadata": {"age": "x"}}),
    ):
        assert details(refusal) == "age: must be a number (actual value is 'x')"
    assert details(shop.put("/v1/customers/a", json={"metadata": {"age": None}})) == "age: property is required"
    kept = ok(shop.get("/v1/customers/a"))
    assert (kept["metadata"], kept.get("name")) == ({"age": 18, "name": "x"}, None)


def test_bulk_work_is_judged_where_it_brings_metadata(shop: httpx.Client, define: Define) -> None:
    """As an update by itself: a customer from before the schema may still change its name."""
    ok(shop.post("/v1/customers", json={"source_id": "a", "metadata": {"age": "old"}}))
    define(age=a("number"))
    rows: list[dict[str, Any]] = [
        {"source_id": "a", "name": "Ada"},
        {"source_id": "a", "name": "no", "metadata": {"other": 1}},
    ]
    action = bulk(shop, rows)
    assert [(error["row"], error["key"]) for error in action["result"]["errors"]] == [(2, KEY)]
    assert ok(shop.get("/v1/customers/a"))["name"] == "Ada"
    action = imported(shop, "Source_id,Name\na,Grace\n", mode="merge")
    assert (action["result"]["done_count"], ok(shop.get("/v1/customers/a"))["name"]) == (1, "Grace")


def test_all_faults_are_told_up_to_a_bound(shop: httpx.Client, define: Define) -> None:
    define(**{f"k{n:02}": a("number", optional=n > 0) for n in range(30)})
    told = details(shop.post("/v1/customers", json={"metadata": {f"k{n:02}": "x" * 500 for n in range(1, 30)}}))
    parts = told.split("; ")
    assert parts[0] == "k00: property is required"
    assert parts[1] == f"k01: must be a number (actual value is '{'x' * 99}…)"
    assert (len(parts), parts[-1]) == (21, "and 10 more")


def test_a_new_customer_without_metadata_lacks_what_is_required(shop: httpx.Client, define: Define) -> None:
    ok(shop.post("/v1/customers", json={"source_id": "old"}))
    define(age=a("number", optional=False))
    lacking: list[Any] = [{"source_id": "new"}, {}, {"metadata": {}}, {"metadata": None}]
    for body in lacking:
        assert details(shop.post("/v1/customers", json=body)) == "age: property is required"
    silent: list[Any] = [{"source_id": "old", "name": "x"}, {"source_id": "old", "metadata": None}]
    for body in silent:
        ok(shop.post("/v1/customers", json=body))
    ok(shop.put("/v1/customers/old", json={"name": "y"}))
    assert details(shop.put("/v1/customers/old", json={"metadata": {"other": 1}})) == "age: property is required"
    ok(shop.put("/v1/customers/old", json={"metadata": {"age": 1}}))
    ok(shop.put("/v1/customers/old", json={"metadata": {"other": 1}}))


def test_keys_without_a_definition_are_taken_or_refused(shop: httpx.Client, define: Define) -> None:
    ok(shop.post("/v1/customers", json={"source_id": "old", "metadata": {"extra": 1}}))
    define(age=a("number"), gone=a("number", deleted=True))
    ok(shop.post("/v1/customers", json={"source_id": "a", "metadata": {"free": [1], "gone": "anything"}}))
    ok(shop.put(SCHEMA, json={"allow_defined_only": True}))
    refusal = shop.post("/v1/customers", json={"metadata": {"free": 1}})
    assert details(refusal) == "free: property is not defined (actual value is 1)"
    ok(shop.post("/v1/customers", json={"metadata": {"age": 1, "gone": "anything"}}))
    assert "extra: property is not defined" in details(shop.put("/v1/customers/old", json={"metadata": {"age": 1}}))
    ok(shop.put("/v1/customers/old", json={"metadata": {"age": 1, "extra": None}}))


def test_an_object_is_looked_into_at_any_depth(shop: httpx.Client, define: Define) -> None:
    define("Point", place=a("geopoint", optional=False))
    define("Address", allow_defined_only=True, city=a(optional=False), points=a("object", array=True,
           objectType="Point"))  # fmt: skip
    define(home=a("object", objectType="Address"), any=a("object"), free=a("object", objectType="unknown"))
    ok(shop.post("/v1/customers", json={"metadata": {"home": {"city": "Bonn", "points": [{"place": "geo:1,2"}]}}}))
    ok(shop.post("/v1/customers", json={"metadata": {"any": {"x": 1}, "free": {"y": 1}}}))
    bad = {"home": {"zip": 5, "points": [{"place": "geo:1,2"}, {}, {"place": "here"}]}, "any": [1]}
    assert details(shop.post("/v1/customers", json={"metadata": bad})).split("; ") == [
        "home.city: property is required",
        "home.points[1].place: property is required",
        "home.points[2].place: must be a geopoint in the form geo:<latitude>,<longitude> (actual value is 'here')",
        "home.zip: property is not defined (actual value is 5)",
        "any: must be an object (actual value is [1])",
    ]
    told = details(shop.post("/v1/customers", json={"metadata": {"home": {"city": "x", "points": {"place": 1}}}}))
    assert told.startswith("home.points: must be an array, and every element: must be an object")


def test_a_schema_of_another_resource_says_nothing_of_customers(shop: httpx.Client, define: Define) -> None:
    define("order", age=a("number", optional=False))
    define("Address", age=a("number", optional=False))
    ok(shop.post("/v1/customers", json={"metadata": {"age": "x"}}))


def test_a_retry_of_what_was_refused_is_judged_again(shop: httpx.Client, define: Define) -> None:
    define(age=a("number"))
    headers = {"Idempotency-Key": "k"}
    body = {"source_id": "a", "metadata": {"age": "x"}}
    details(shop.post("/v1/customers", json=body, headers=headers))
    shop.delete(SCHEMA)
    ok(shop.post("/v1/customers", json=body, headers=headers))


@pytest.mark.parametrize("write", ["create", "upsert", "update"])
def test_a_schema_holds_for_every_write_that_begins_after_its_answer(
    shop: httpx.Client, define: Define, write: str
) -> None:
    define(level=a("number"))
    ok(shop.post("/v1/customers", json={"source_id": "a", "metadata": {"level": 0}}))

    def attempt(level: int) -> httpx.Response:
        metadata = {"metadata": {"level": level}}
        if write == "update":
            return shop.put("/v1/customers/a", json=metadata)
        body = metadata if write == "create" else {"source_id": "a", **metadata}
        return shop.post("/v1/customers", json=body)

    for least in range(1, 11):
        ok(shop.put(SCHEMA, json={"properties": {"level": a("number", gte=least)}}))
        details(attempt(least - 1))
        ok(attempt(least))


def test_writes_beside_a_change_of_the_schema_obey_one_of_the_two(shop: httpx.Client, define: Define) -> None:
    """Of customers written while the schema goes to and fro, none is kept that neither schema would take."""
    define(v=a(eq=["a"]))

    def deed(n: int) -> Any:
        if n % 5 == 0:
            allowed = ["a"] if n % 2 else ["b"]
            return ok(shop.put(SCHEMA, json={"properties": {"v": a(eq=allowed)}}))
        value = "abc"[n % 3]
        return value, shop.post("/v1/customers", json={"source_id": f"s{n % 7}", "metadata": {"v": value}}).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = [answer for answer in pool.map(deed, range(200)) if isinstance(answer, tuple)]
    assert {status for value, status in answers if value == "c"} == {400}
    assert {status for value, status in answers if value != "c"} <= {200, 400}
    assert 200 in {status for _, status in answers}
    kept = ok(shop.get("/v1/customers?limit=100"))["customers"]
    assert {each["metadata"]["v"] for each in kept} <= {"a", "b"}
