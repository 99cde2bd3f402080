"""Schemas through a project's own API: made, found, changed, deleted; and every refusal of one that cannot hold."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.metadata_schemas.conftest import Body, Define, a, ok, refused
from tests.support.management import Managed

PATH = "/v1/metadata-schemas"
AT_ONCE = 20


def wanted(properties: Any, related_object: str = "customer", **fields: Any) -> Body:
    return {"related_object": related_object, "properties": properties, **fields}


def test_a_schema_is_created_and_found_by_its_resource_and_by_its_id(shop: httpx.Client) -> None:
    properties = {"age": a("number", gte=0), "color": a(eq=["red", "blue"])}
    made = ok(shop.post(PATH, json=wanted(properties)))
    assert made["id"].startswith("ms_")
    assert (made["related_object"], made["object"]) == ("customer", "metadata_schema")
    assert made["properties"] == {name: {**each, "objectType": None} for name, each in properties.items()}
    assert (made["allow_defined_only"], made["updated_at"]) == (None, None)
    assert ok(shop.get(f"{PATH}/customer")) == made
    assert ok(shop.get(f"{PATH}/{made['id']}")) == made


def test_every_constraint_comes_back_as_it_was_sent(shop: httpx.Client) -> None:
    properties = {
        "s": a(array=True, optional=False, minLength=1, maxLength=5, ne=["x"]),
        "e": a(exactLength=3, deleted=True),
        "n": a("number", gt=-5, lt=5, ne=[1, 2]),
        "m": a("number", gte=-5, lte=5, eq=[1, 2.5]),
        "d": a("date", eq=["2024-02-29"]),
        "o": a("object", objectType="unknown"),
        **{kind: a(kind) for kind in ("datetime", "geopoint", "boolean", "image_url")},
    }
    made = ok(shop.post(PATH, json=wanted(properties, allow_defined_only=True)))
    assert made["properties"] == {name: {"objectType": None, **each} for name, each in properties.items()}
    assert made["allow_defined_only"] is True


def test_the_list_has_every_schema_by_name(shop: httpx.Client, define: Define) -> None:
    assert ok(shop.get(PATH)) == {"object": "list", "data_ref": "schemas", "schemas": [], "total": 0}
    made = [define(name) for name in ("order", "Address", "customer")]
    listed = ok(shop.get(PATH))
    assert listed["schemas"] == [made[1], made[2], made[0]]
    assert listed["total"] == 3


def test_a_change_replaces_what_it_names_and_leaves_the_rest(shop: httpx.Client, define: Define) -> None:
    made = define(age=a("number", gte=18), name=a())
    changed = ok(shop.put(f"{PATH}/{made['id']}", json={"properties": {"age": a("number"), "size": a()}}))
    assert set(changed["properties"]) == {"age", "name", "size"}
    assert "gte" not in changed["properties"]["age"]
    assert changed["updated_at"] is not None
    assert (changed["id"], changed["created_at"]) == (made["id"], made["created_at"])
    assert ok(shop.get(f"{PATH}/customer")) == changed
    closed = ok(shop.put(f"{PATH}/customer", json={"allow_defined_only": True}))
    assert (closed["allow_defined_only"], closed["properties"]) == (True, changed["properties"])


def test_a_deleted_schema_is_gone_and_its_resource_is_free(shop: httpx.Client, define: Define) -> None:
    made = define(age=a("number"))
    assert shop.delete(f"{PATH}/{made['id']}").status_code == 204
    for name in (made["id"], "customer"):
        body = refused(shop.get(f"{PATH}/{name}"), 404, "not_found")
        assert (body["resource_id"], body["resource_type"]) == (name, "metadata schema")
    assert shop.delete(f"{PATH}/{made['id']}").status_code == 404
    assert ok(shop.get(PATH))["total"] == 0
    again = define(age=a("string"))
    assert again["id"] != made["id"]
    assert ok(shop.get(f"{PATH}/customer")) == again


def test_what_is_not_there_is_a_404(shop: httpx.Client) -> None:
    refused(shop.get(f"{PATH}/customer"), 404, "not_found")
    refused(shop.put(f"{PATH}/ms_1", json={"properties": {}}), 404, "not_found")
    refused(shop.delete(f"{PATH}/ms_1"), 404, "not_found")


def test_a_second_schema_of_a_resource_is_a_409(shop: httpx.Client, define: Define) -> None:
    define()
    body = refused(shop.post(PATH, json=wanted({})), 409, "duplicate_found")
    assert (body["resource_id"], body["resource_type"]) == ("customer", "metadata schema")
    assert body["details"] == "Duplicated metadata schema exists with related_object customer"


def test_of_twenty_who_create_one_schema_at_once_one_does(shop: httpx.Client) -> None:
    def create(n: int) -> int:
        return shop.post(PATH, json=wanted({f"k{n}": a()})).status_code

    for _ in range(3):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert sorted(pool.map(create, range(AT_ONCE))) == [200] + [409] * (AT_ONCE - 1)
        assert ok(shop.get(PATH))["total"] == 1
        shop.delete(f"{PATH}/customer")


def test_twenty_who_change_one_schema_at_once_lose_nothing(shop: httpx.Client, define: Define) -> None:
    define()

    def change(n: int) -> int:
        return shop.put(f"{PATH}/customer", json={"properties": {f"k{n}": a()}}).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(change, range(AT_ONCE))) == {200}
    assert set(ok(shop.get(f"{PATH}/customer"))["properties"]) == {f"k{n}" for n in range(AT_ONCE)}


def test_two_schemas_that_would_hold_each_other_are_never_both_kept(shop: httpx.Client, define: Define) -> None:
    for n in range(3):
        left, right = f"left{n}", f"right{n}"
        define(left)
        define(right)

        def refer(pair: tuple[str, str]) -> int:
            body = {"properties": {"o": a("object", objectType=pair[1])}}
            return shop.put(f"{PATH}/{pair[0]}", json=body).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(refer, [(left, right), (right, left)])) == [200, 400]


def test_a_retry_is_answered_again(shop: httpx.Client) -> None:
    headers = {"Idempotency-Key": "one"}
    first = shop.post(PATH, json=wanted({"a": a()}), headers=headers)
    assert shop.post(PATH, json=wanted({"a": a()}), headers=headers).content == first.content


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ({"type": "string", "array": False}, "properties[...]: expected the field optional"),
        ({"array": False, "optional": True}, "properties[...]: expected the field type"),
        (a("text"), "properties[...].type: expected one of boolean, date, datetime"),
        (a(minlength=3), "properties[...]: expected no field minlength"),
        (a(min_length=3), "properties[...]: expected no field min_length"),
        (a(lt=3), "properties.x.lt: expected with the type number alone"),
        (a(gte=3), "properties.x.gte: expected with the type number alone"),
        (a("number", minLength=3), "properties.x.minLength: expected with the type string alone"),
        (a("boolean", eq=[True]), "properties.x.eq: expected with the type string or number or date alone"),
        (
            a("datetime", ne=["2024-01-01T00:00:00Z"]),
            "properties.x.ne: expected with the type string or number or date",
        ),
        (a(objectType="Address"), "properties.x.objectType: expected with the type object alone"),
        (a(eq=["a", 1]), "properties.x.eq[1]: expected a string"),
        (a("number", eq=["1"]), "properties.x.eq[0]: expected a number"),
        (a("number", eq=[True]), "properties.x.eq[0]: expected a number"),
        (a("number", ne=[2**60]), "properties.x.ne[0]: expected a finite number within ±2^53"),
        (a("number", lt=2**60), "properties.x.lt: expected a finite number within ±2^53"),
        (a("date", eq=["2023-02-29"]), "properties.x.eq[0]: expected a date"),
        (a("number", gt=5, lt=5), "properties.x.gt: expected a number below lt"),
        (a("number", gte=6, lte=5), "properties.x.gte: expected a number below lte"),
        (a("number", gt=5, lte=5), "properties.x.gt: expected a number below lte"),
        (a(minLength=6, maxLength=5), "properties.x.minLength: expected at most maxLength"),
        (a(minLength=1, exactLength=5), "properties.x.exactLength: expected no other bound"),
        (a(minLength=-1), "properties[...].minLength"),
        (a("number", lt=9.5, eq=[105.5]), "properties.x.eq: expected at least one value"),
        (a("object", objectType="Nobody"), "properties.x.objectType: expected the name of a custom object"),
        (a("object", objectType="order"), "properties.x.objectType: expected the name of a custom object"),
        (a("object", objectType="customer"), "properties.x.objectType: expected the name of a custom object"),
        (a(eq=["x"] * 201), "properties[...].eq"),
    ],
    ids=range(28),
)
def test_a_definition_that_cannot_hold_is_refused(shop: httpx.Client, definition: Body, told: str) -> None:
    body = refused(shop.post(PATH, json=wanted({"x": definition})), 400, "invalid_payload")
    assert told in body["details"]
    assert ok(shop.get(PATH))["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"related_object": "customer"},
        {"properties": {}},
        {"related_object": "", "properties": {}},
        {"related_object": "x" * 256, "properties": {}},
        {"related_object": "unknown", "properties": {}},
        {"related_object": "customer", "properties": []},
        {"related_object": "customer", "properties": {"": a()}},
        {"related_object": "customer", "properties": {"x" * 256: a()}},
        {"related_object": "customer", "properties": {}, "allow_defined_only": "yes"},
        {"related_object": "customer", "properties": {f"k{n}": a() for n in range(101)}},
        {"related_object": "customer", "properties": {f"k{n}": a(eq=["x" * 400 + str(i) for i in range(100)])
                                                       for n in range(10)}},
    ],
    ids=range(12),
)  # fmt: skip
def test_a_schema_without_its_form_is_refused(shop: httpx.Client, body: Any) -> None:
    refused(shop.post(PATH, json=body), 400, "invalid_payload")
    assert ok(shop.get(PATH))["total"] == 0


def test_a_type_never_changes(shop: httpx.Client, define: Define) -> None:
    define(age=a("number"), gone=a("number", deleted=True))
    for name in ("age", "gone"):
        body = refused(shop.put(f"{PATH}/customer", json={"properties": {name: a("string")}}), 400, "invalid_payload")
        assert body["details"] == f"properties.{name}.type: expected number, which cannot be changed"


def test_definitions_out_of_use_count_too(shop: httpx.Client, define: Define) -> None:
    define(**{f"k{n}": a(deleted=True) for n in range(100)})
    body = refused(shop.put(f"{PATH}/customer", json={"properties": {"one": a()}}), 400, "invalid_payload")
    assert "at most 100" in body["details"]
    assert ok(shop.put(f"{PATH}/customer", json={"properties": {"k0": a()}}))["properties"]["k0"].get("deleted") is None


def test_no_object_holds_itself_at_any_depth(shop: httpx.Client, define: Define) -> None:
    refused(shop.post(PATH, json=wanted({"o": a("object", objectType="Self")}, "Self")), 400, "invalid_payload")
    define("C")
    define("B", c=a("object", objectType="C"))
    define("A", b=a("object", objectType="B"))
    for name in "ABC":
        body = {"properties": {"o": a("object", objectType=name)}}
        told = refused(shop.put(f"{PATH}/C", json=body), 400, "invalid_payload")["details"]
        assert told.startswith("properties.o.objectType: expected an object that holds no C itself")


def test_an_object_in_use_is_not_deleted(shop: httpx.Client, define: Define) -> None:
    address = define("Address", city=a())
    define(home=a("object", objectType="Address"))
    body = refused(shop.delete(f"{PATH}/Address"), 400, "resource_in_use")
    assert (body["resource_id"], body["resource_type"]) == (address["id"], "metadata schema")
    assert "customer" in body["details"]
    ok(shop.put(f"{PATH}/customer", json={"properties": {"home": a("object", objectType="Address", deleted=True)}}))
    assert shop.delete(f"{PATH}/Address").status_code == 204
    revived = {"properties": {"home": a("object", objectType="Address")}}
    refused(shop.put(f"{PATH}/customer", json=revived), 400, "invalid_payload")


def test_a_project_has_so_many_schemas(shop: httpx.Client, define: Define) -> None:
    for n in range(100):
        define(f"object {n}")
    refused(shop.post(PATH, json=wanted({})), 400, "invalid_payload")


def test_no_project_sees_another(server: Managed, shop: httpx.Client, define: Define) -> None:
    made = define(age=a("number", gte=18))
    with server.shop_of(server.new_project()) as other:
        assert ok(other.get(PATH))["total"] == 0
        refused(other.get(f"{PATH}/{made['id']}"), 404, "not_found")
        refused(other.put(f"{PATH}/{made['id']}", json={"properties": {}}), 404, "not_found")
        refused(other.delete(f"{PATH}/{made['id']}"), 404, "not_found")
        ok(other.post(PATH, json=wanted({"age": a("string")})))
        ok(other.post("/v1/customers", json={"metadata": {"age": "old"}}))
    assert ok(shop.get(f"{PATH}/customer")) == made


@pytest.mark.parametrize("keys", [{}, {"X-App-Id": "shop", "X-App-Token": "wrong"}])
def test_a_key_is_needed(server: Managed, keys: dict[str, str]) -> None:
    with server.client(keys) as stranger:
        refused(stranger.get(PATH), 401, "unauthorized")
        refused(stranger.post(PATH, json=wanted({})), 401, "unauthorized")
