"""Many customers in one request (spec C 2.7): merged, created where missing, each reported by itself."""

from typing import Any

import httpx
import pytest

from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused
from tests.support.imports import begun, bulk, ended, report_of


def of(client: httpx.Client, source_id: str) -> dict[str, Any]:
    return ok(client.get(f"/v1/customers/{source_id}"))


def test_known_customers_are_merged_and_missing_ones_created(client: httpx.Client, make: Make) -> None:
    known = make(name="Ada", phone="1", metadata={"a": 1, "b": 2}, address={"city": "London"})
    new = a_source_id()
    action = bulk(
        client,
        [
            {"source_id": known["source_id"], "name": "Ada L.", "metadata": {"b": 3}, "address": {"country": "GB"}},
            {"source_id": new, "name": "Grace", "metadata": {"list": [1, None]}},
        ],
    )
    assert (action["type"], action["status"], action["operation_status"]) == (
        "CUSTOMERS.BULK_UPDATE",
        "DONE",
        "SUCCESS",
    )
    assert (action["result"]["done_count"], action["result"]["failed_count"], action["result"]["errors"]) == (2, 0, [])
    changed = of(client, known["source_id"])
    assert (changed["id"], changed["name"], changed["phone"]) == (known["id"], "Ada L.", "1")
    assert changed["metadata"] == {"a": 1, "b": 3}
    assert (changed["address"]["city"], changed["address"]["country"]) == ("London", "GB")
    assert of(client, new)["metadata"] == {"list": [1, None]}
    assert [(row["row"], row["source_id"], row["found"], row["updated"]) for row in report_of(action)] == [
        ("1", known["source_id"], "true", "true"),
        ("2", new, "false", "true"),
    ]


def test_metadata_goes_to_all_that_are_named(client: httpx.Client, make: Make) -> None:
    known, new = make(name="Ada", metadata={"kept": 1, "tier": "old"}), a_source_id()
    body = {"source_ids": [known["source_id"], new], "metadata": {"tier": "gold", "n": 1.5}}
    action = ended(client, begun(client.post("/v1/customers/metadata/async", json=body)))
    assert (action["type"], action["result"]["done_count"]) == ("CUSTOMERS.METADATA_UPDATE", 2)
    assert of(client, known["source_id"])["metadata"] == {"kept": 1, "tier": "gold", "n": 1.5}
    assert of(client, known["source_id"])["name"] == "Ada"
    assert of(client, new)["metadata"] == {"tier": "gold", "n": 1.5}
    assert [row["found"] for row in report_of(action)] == ["true", "false"]


def test_a_customer_named_twice_is_changed_twice(client: httpx.Client) -> None:
    source_id = a_source_id()
    rows = [{"source_id": source_id, "name": f"{n}", "metadata": {f"k{n}": n}} for n in range(3)]
    action = bulk(client, rows)
    assert action["result"]["done_count"] == 3
    assert of(client, source_id)["name"] == "2"
    assert of(client, source_id)["metadata"] == {"k0": 0, "k1": 1, "k2": 2}
    assert [row["found"] for row in report_of(action)] == ["false", "true", "true"]


def test_one_rows_fault_costs_no_other_row(client: httpx.Client, make: Make) -> None:
    full = make(metadata={f"k{n}": n for n in range(999)})
    other = a_source_id()
    rows = [
        {"source_id": full["source_id"], "name": "too much", "metadata": {"x": 1, "y": 2}},
        {"source_id": other, "name": "fine"},
    ]
    action = bulk(client, rows)
    assert (action["operation_status"], action["result"]["done_count"]) == ("SUCCESS", 1)
    [error] = action["result"]["errors"]
    assert (error["source_id"], error["row"], error["key"]) == (full["source_id"], 1, "invalid_payload")
    assert error["message"]
    assert "metadata" in error["details"]
    assert "name" not in of(client, full["source_id"])
    assert of(client, other)["name"] == "fine"
    assert [row["updated"] for row in report_of(action)] == ["false", "true"]


def test_progress_and_counts_of_many_chunks_are_exact(client: httpx.Client) -> None:
    prefix = a_source_id()
    action = bulk(client, [{"source_id": f"{prefix}-{n}", "name": f"{n}"} for n in range(350)])
    assert (action["progress"], action["result"]["done_count"]) == (100, 350)
    assert [int(row["row"]) for row in report_of(action)] == list(range(1, 351))
    assert of(client, f"{prefix}-349")["name"] == "349"


def test_no_customers_are_done_at_once(client: httpx.Client) -> None:
    action = bulk(client, [])
    assert (action["status"], action["result"]["done_count"], action["result"]["failed_count"]) == ("DONE", 0, 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([{"name": "x"}], "source_id"),
        ([{"source_id": ""}], "source_id"),
        ([{"source_id": "x" * 256}], "source_id"),
        ([{"source_id": "a", "name": 1}], "name"),
        ([{"source_id": "a", "birthdate": "2000-02-30"}], "birthdate"),
        ([{"source_id": "a", "metadata": {"n": 1e300}}], "metadata"),
        (["a"], "body"),
        ({"source_id": "a"}, "body"),
        (None, "body"),
    ],
)
def test_a_malformed_list_is_a_400_and_begins_nothing(client: httpx.Client, body: Any, field: str) -> None:
    before = client.get("/v1/async-actions", params={"limit": 1}).json()["async_actions"]
    problem = refused(client.post("/v1/customers/bulk/async", json=body), 400, "invalid_payload")
    assert field in problem["details"] or "[0]" in problem["details"]
    assert client.get("/v1/async-actions", params={"limit": 1}).json()["async_actions"] == before


def test_metadata_for_nobody_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/customers/metadata/async", json={"source_ids": [], "metadata": {"a": 1}})
    assert "source_ids" in refused(answer, 400, "not_enough_source_ids")["details"]


@pytest.mark.parametrize(
    "body",
    [
        {"source_ids": ["a"]},
        {"metadata": {}},
        {"source_ids": [1], "metadata": {}},
        {"source_ids": ["a"], "metadata": None},
        {"source_ids": ["a"], "metadata": [1]},
        {"source_ids": ["a"], "metadata": {"a": {"b": [[[[[[[[1]]]]]]]]}}},
        [],
    ],
)
def test_malformed_metadata_is_a_400(client: httpx.Client, body: Any) -> None:
    refused(client.post("/v1/customers/metadata/async", json=body), 400, "invalid_payload")


def test_more_than_10_mb_are_a_413(client: httpx.Client) -> None:
    body = b'[{"source_id":"a","description":"' + b"x" * 10_485_760 + b'"}]'
    answer = client.post("/v1/customers/bulk/async", content=body, headers={"Content-Type": "application/json"})
    assert "10485760" in refused(answer, 413, "payload_too_large")["details"]


def test_a_repeated_request_with_its_idempotency_key_begins_nothing_new(client: httpx.Client) -> None:
    body = [{"source_id": a_source_id(), "name": "x"}]
    first, second = (
        client.post("/v1/customers/bulk/async", json=body, headers={"Idempotency-Key": body[0]["source_id"]})
        for _ in range(2)
    )
    assert begun(first) == begun(second)
    assert ended(client, begun(first))["result"]["done_count"] == 1


def test_bulk_work_moves_the_total_of_the_list(client: httpx.Client) -> None:
    before = ok(client.get("/v1/customers"))["total"]
    known = a_source_id()
    bulk(client, [{"source_id": known}, {"source_id": a_source_id()}, {"source_id": known, "name": "x"}])
    assert ok(client.get("/v1/customers"))["total"] == before + 2
