"""Orders are created, found, changed and listed."""

from typing import Any

import httpx
import pytest

from tests.domains.orders.conftest import a_name, change, kinds, ok, place, refusal


def test_an_order_is_told_as_it_was_made(client: httpx.Client) -> None:
    name = a_name()
    made = place(client, source_id=name, amount=100, metadata={"a": 1}, customer={"source_id": a_name(), "name": "Ada"})
    customer = ok(client.get(f"/v1/customers/{made['customer_id']}"))
    assert made["id"].startswith("ord_")
    assert customer["name"] == "Ada"
    assert made == {
        "id": made["id"],
        "source_id": name,
        "created_at": made["created_at"],
        "updated_at": None,
        "status": "CREATED",
        "amount": 100,
        "initial_amount": 100,
        "total_amount": 100,
        "metadata": {"a": 1},
        "customer": {"id": customer["id"], "object": "customer"},
        "customer_id": customer["id"],
        "referrer_id": None,
        "object": "order",
    }
    assert ok(client.get(f"/v1/orders/{made['id']}")) == made
    assert ok(client.get(f"/v1/orders/{name}")) == made


def test_an_empty_order_is_created(client: httpx.Client) -> None:
    made = place(client)
    assert (made["status"], made["source_id"], made["customer_id"], made["metadata"]) == ("CREATED", None, None, {})
    assert place(client)["id"] != made["id"]


def test_an_upsert_changes_the_order_with_this_source_id_or_id(client: httpx.Client) -> None:
    name = a_name()
    made = place(client, source_id=name, amount=100, metadata={"a": 1})
    again = place(client, source_id=name, status="PAID", metadata={"b": 2})
    assert (again["id"], again["amount"], again["status"]) == (made["id"], 100, "PAID")
    assert again["metadata"] == {"a": 1, "b": 2}
    assert again["updated_at"] is not None
    assert place(client, id=made["id"], amount=7)["amount"] == 7


def test_a_write_that_says_nothing_new_changes_nothing(client: httpx.Client) -> None:
    customer = a_name()
    made = place(client, amount=100, items=[{"amount": 5}], metadata={"a": 1}, customer={"source_id": customer})
    before = kinds(client, customer)
    again = change(
        client,
        made,
        amount=100,
        items=[{"amount": 5}],
        metadata={"a": 1},
        status="CREATED",
        source_id=None,
        customer=None,
        created_at=made["created_at"],
    )
    assert again == made
    assert kinds(client, customer) == before


@pytest.mark.parametrize("first", ["CREATED", "PAID", "CANCELED", "FULFILLED"])
@pytest.mark.parametrize("second", ["CREATED", "PAID", "CANCELED", "FULFILLED"])
def test_any_status_may_follow_any_other(client: httpx.Client, first: str, second: str) -> None:
    made = place(client, status=first)
    assert made["status"] == first
    assert change(client, made, status=second)["status"] == second


def test_an_order_may_be_told_when_it_was_created(client: httpx.Client) -> None:
    made = place(client, created_at="2020-02-29T12:00:00Z")
    assert made["created_at"] == "2020-02-29T12:00:00Z"
    assert change(client, made, created_at="2019-01-01")["created_at"] == "2019-01-01T00:00:00Z"


def test_a_referrer_is_brought_along_or_named(client: httpx.Client) -> None:
    made = place(client, referrer={"source_id": a_name(), "name": "Jane"}, customer={"source_id": a_name()})
    assert made["referrer"] == {"id": made["referrer_id"], "object": "customer"}
    assert made["referrer_id"] != made["customer_id"]
    other = place(client, referrer_id=made["referrer_id"])
    assert other["referrer_id"] == made["referrer_id"]
    kept = change(client, other, referrer_id=None, status="PAID")
    assert kept["referrer_id"] == made["referrer_id"]


def test_one_new_person_may_be_customer_and_referrer(client: httpx.Client) -> None:
    person = {"source_id": a_name()}
    made = place(client, customer=person, referrer=person)
    assert made["customer_id"] == made["referrer_id"]


def test_an_order_without_a_source_id_may_get_one(client: httpx.Client) -> None:
    made, name = place(client), a_name()
    assert change(client, made, source_id=name)["source_id"] == name
    assert ok(client.get(f"/v1/orders/{name}"))["id"] == made["id"]
    by_name = ok(client.put(f"/v1/orders/{name}", json={"source_id": name, "amount": 3}))
    assert (by_name["id"], by_name["amount"]) == (made["id"], 3)


@pytest.mark.parametrize("name", ["a/b", "a b+c", "100%", "ü-🎁", "a?b=c&d#e", "ord_of mine"])
def test_any_character_may_stand_in_a_source_id(client: httpx.Client, name: str) -> None:
    made = place(client, source_id=name)
    found = client.get(f"/v1/orders/{httpx.QueryParams({'x': name})}".replace("x=", "").replace("+", "%20"))
    assert ok(found)["id"] == made["id"]


def test_a_source_id_is_neither_changed_nor_taken_from_another(client: httpx.Client) -> None:
    taken, other = place(client, source_id=a_name()), place(client)
    body = {"source_id": taken["source_id"]}
    refusal(client.put(f"/v1/orders/{other['id']}", json=body), 409, "duplicate_found")
    refusal(client.post("/v1/orders", json={**body, "id": other["id"]}), 409, "duplicate_found")
    details = refusal(client.put(f"/v1/orders/{taken['id']}", json={"source_id": a_name()}), 400, "invalid_payload")
    assert "source_id" in details
    assert ok(client.get(f"/v1/orders/{other['id']}")) == other


@pytest.mark.parametrize("name", ["ord_nothing", "nothing"])
def test_an_unknown_order_is_a_404(client: httpx.Client, name: str) -> None:
    for answer in (
        client.get(f"/v1/orders/{name}"),
        client.put(f"/v1/orders/{name}", json={"amount": 1}),
        client.post("/v1/orders", json={"id": name}),
    ):
        assert name in refusal(answer, 404, "not_found")
        assert answer.json()["resource_type"] == "order"


@pytest.mark.parametrize(
    "body", [{"customer": {"id": "cust_x"}}, {"referrer": {"id": "cust_x"}}, {"referrer_id": "cust_x"}]
)
def test_an_unknown_person_is_a_404_and_leaves_nothing(client: httpx.Client, body: dict[str, Any]) -> None:
    name, total = a_name(), ok(client.get("/v1/orders"))["total"]
    refusal(client.post("/v1/orders", json={"source_id": name, **body}), 404, "not_found")
    refusal(client.get(f"/v1/orders/{name}"), 404, "not_found")
    assert ok(client.get("/v1/orders"))["total"] == total


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"status": "PROCESSING"}, "CANCELED, CREATED, FULFILLED, PAID"),
        ({"source_id": ""}, "source_id"),
        ({"source_id": "x" * 256}, "source_id"),
        ({"metadata": [1]}, "metadata"),
        ({"metadata": {"a": {"b": 1e300}}}, "metadata.a.b"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at"),
        ({"created_at": "1969-12-31"}, "created_at"),
        ({"customer": "Ada"}, "customer"),
        ({"customer": {"birthdate": "soon"}}, "customer.birthdate"),
        ({"items": {}}, "items"),
    ],
)
def test_what_is_not_as_documented_is_refused(client: httpx.Client, body: dict[str, Any], named: str) -> None:
    assert named in refusal(client.post("/v1/orders", json=body), 400, "invalid_payload")
    made = place(client)
    assert named in refusal(client.put(f"/v1/orders/{made['id']}", json=body), 400, "invalid_payload")
    assert ok(client.get(f"/v1/orders/{made['id']}")) == made


def test_metadata_is_held_to_its_schemas(client: httpx.Client) -> None:
    for resource in ("order", "order_item"):
        number = {"type": "number", "array": False, "optional": True}
        body = {"related_object": resource, "properties": {f"n_{resource}": number}}
        assert client.post("/v1/metadata-schemas", json=body).status_code == 200
    wrong: list[dict[str, Any]] = [
        {"metadata": {"n_order": "x"}},
        {"items": [{"metadata": {"n_order_item": "x"}}]},
    ]
    for fields in wrong:
        refusal(client.post("/v1/orders", json=fields), 400, "metadata_validation_failed")
    assert place(client, metadata={"n_order": 1}, items=[{"metadata": {"n_order_item": 1}}])["metadata"] == {
        "n_order": 1
    }


def test_an_idempotency_key_makes_one_order(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": a_name()}
    made = [ok(client.post("/v1/orders", json={"amount": 1}, headers=headers)) for _ in range(2)]
    assert made[0] == made[1]


def test_lists_come_in_pages_in_every_order(client: httpx.Client) -> None:
    orders = [place(client, amount=n) for n in range(25)]
    for n in (3, 11, 7):
        change(client, orders[n], amount=1000 + n)
    total = ok(client.get("/v1/orders"))["total"]
    for order in ("created_at", "-created_at", "updated_at", "-updated_at"):
        pages = [
            ok(client.get("/v1/orders", params={"order": order, "limit": 10, "page": page}))
            for page in range(1, total // 10 + 2)
        ]
        entries = [entry for page in pages for entry in page["orders"]]
        assert len({entry["id"] for entry in entries}) == total == len(entries)
        assert pages[0]["data_ref"] == "orders"
        field = order.removeprefix("-")
        moments = [entry[field] or "" for entry in entries]
        assert moments == sorted(moments, reverse=order.startswith("-"))
        assert by_cursor(client, order) == [entry["id"] for entry in entries]


def by_cursor(client: httpx.Client, order: str) -> list[str]:
    ids: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = ok(client.get("/v1/orders", params={"order": order, "limit": 7, **more}))
        ids += [entry["id"] for entry in page["orders"]]
        if not page["has_more"]:
            return ids
        more = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"order": "amount"}, {"cursor": "x"}, {"page": 0}])
def test_a_query_that_is_not_as_documented_is_refused(client: httpx.Client, query: dict[str, Any]) -> None:
    refusal(client.get("/v1/orders", params=query), 400, "invalid_query_params")


def test_a_cursor_is_for_its_own_order(client: httpx.Client) -> None:
    for _ in range(2):
        place(client)
    cursor = ok(client.get("/v1/orders", params={"limit": 1}))["next_cursor"]
    answer = client.get("/v1/orders", params={"cursor": cursor, "order": "created_at"})
    assert "cursor" in refusal(answer, 400, "invalid_query_params")
