"""Bad input: a 400 that names the field and what was expected, and nothing left behind."""

import json
from typing import Any

import httpx
import pytest

from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused

FAULTS: list[tuple[str, Any, str]] = [
    ("name", 5, "name: expected"),
    ("name", ["x"], "name: expected"),
    ("name", "x" * 501, "name: expected"),
    ("description", "x" * 5_001, "description: expected"),
    ("email", {}, "email: expected"),
    ("email", "x" * 321, "email: expected"),
    ("phone", 123, "phone: expected"),
    ("birthdate", "2023-02-29", "birthdate: expected a day"),
    ("birthdate", "1.2.2023", "birthdate: expected"),
    ("birthday", "2023-13-01", "birthday: expected a day"),
    ("birthday", "2023-01-01T00:00:00Z", "birthday: expected"),
    ("address", "London", "address: expected"),
    ("address", {"city": 5}, "address.city: expected"),
    ("address", {"line_1": "x" * 501}, "address.line_1: expected"),
    ("source_id", 5, "source_id: expected"),
    ("source_id", "", "source_id: expected"),
    ("source_id", "x" * 256, "source_id: expected"),
    ("metadata", [], "metadata: expected"),
    ("metadata", "x", "metadata: expected"),
    ("metadata", {"n": 2**53 + 1}, "metadata.n: expected"),
    ("metadata", {"n": -(2**60)}, "metadata.n: expected"),
    ("metadata", {"deep": {"n": 10**400}}, "metadata"),
]


@pytest.mark.parametrize(("field", "value", "expected"), FAULTS, ids=[f"{f}-{n}" for n, (f, _, _) in enumerate(FAULTS)])
def test_a_creation_names_the_field_and_what_was_expected(
    client: httpx.Client, field: str, value: Any, expected: str
) -> None:
    source_id = a_source_id()
    body = {"source_id": source_id, field: value}
    details = refused(client.post("/v1/customers", json=body), 400, "invalid_payload")["details"]
    assert expected in details
    assert client.get(f"/v1/customers/{source_id}").status_code == 404


@pytest.mark.parametrize(("field", "value", "expected"), [fault for fault in FAULTS if fault[0] != "source_id"])
def test_a_change_names_it_too_and_changes_nothing(
    client: httpx.Client, make: Make, field: str, value: Any, expected: str
) -> None:
    made = make(name="Ada")
    path = f"/v1/customers/{made['id']}"
    details = refused(client.put(path, json={"phone": "1", field: value}), 400, "invalid_payload")["details"]
    assert expected in details
    assert ok(client.get(path)) == made


@pytest.mark.parametrize(
    "raw",
    [b'{"metadata": {"n": NaN}}', b'{"name": "\\ud800"}', b'{"name": "a\\u0000b"}', b'{"name": "a\x00b"}',
     b'{"metadata": {"k\\u0000": 1}}', b'{"metadata": {"n": 1e999}}', b"[]", b"null", b'"x"', b"{", b'{"name":}'],
)  # fmt: skip
def test_what_is_no_json_of_ours_is_a_400(client: httpx.Client, raw: bytes) -> None:
    before = ok(client.get("/v1/customers"))["total"]
    answer = client.post("/v1/customers", content=raw, headers={"Content-Type": "application/json"})
    refused(answer, 400, "invalid_payload")
    assert ok(client.get("/v1/customers"))["total"] == before


def test_of_duplicate_keys_the_last_wins(client: httpx.Client) -> None:
    raw = b'{"name": "first", "name": "last"}'
    made = ok(client.post("/v1/customers", content=raw, headers={"Content-Type": "application/json"}))
    assert made["name"] == "last"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "limit=1.5", "page=0", "page=-1", "page=", "order=name",
        "order=--created_at", "created_at[before]=yesterday", "updated_at[after]=2023-02-29", "cursor=abc",
        "starting_after=x", "starting_after=2023-01-01&order=source_id", "email=%00", "name=%ff",
    ],
)  # fmt: skip
def test_a_bad_parameter_of_the_list_is_a_400_that_names_it(client: httpx.Client, query: str) -> None:
    body = refused(client.get(f"/v1/customers?{query}"), 400, "invalid_query_params")
    assert body["details"].startswith(query.split("=")[0])


def test_a_page_beyond_the_last_is_a_400_that_names_the_cursor(client: httpx.Client) -> None:
    assert "cursor" in refused(client.get("/v1/customers?page=100"), 400, "page_over_limit")["details"]


def test_a_cursor_that_was_tampered_with_is_a_400(client: httpx.Client, make: Make) -> None:
    for _ in range(3):
        make()
    cursor = ok(client.get("/v1/customers?limit=1"))["next_cursor"]
    for other in (cursor[:-1], cursor + "A", cursor.swapcase(), json.dumps([1])):
        refused(client.get("/v1/customers", params={"cursor": other}), 400, "invalid_query_params")


def test_a_segment_that_does_not_exist_is_a_404(client: httpx.Client) -> None:
    refused(client.get("/v1/customers?segment_id=seg_none"), 404, "not_found")
