"""The metadata of many vouchers in one request (spec I 1.5)."""

from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import Make, a_code, ok, refused
from tests.support.imports import Action, begun, ended, report_of


def bulk(client: httpx.Client, path: str, body: Any) -> Action:
    return ended(client, begun(client.post(f"/v1/vouchers/{path}/async", json=body)))


def of(client: httpx.Client, code: str) -> dict[str, Any]:
    return ok(client.get(f"/v1/vouchers/{code}"))


def test_metadata_is_merged_and_nothing_else_changes(client: httpx.Client, make: Make, make_card: Make) -> None:
    ten, card = make(metadata={"a": 1, "b": 2}), make_card(5)
    rows = [
        {"code": ten["code"], "metadata": {"b": 3, "c": None}, "active": False, "category": "ignored"},
        {"code": card["code"], "metadata": {"x": True}},
        {"code": ten["code"], "metadata": {"d": 4}},
    ]
    action = bulk(client, "bulk", rows)
    assert (action["type"], action["operation_status"]) == ("VOUCHERS.BULK_UPDATE", "SUCCESS")
    assert (action["result"]["done_count"], action["result"]["errors"]) == (3, [])
    after = of(client, ten["code"])
    assert after == {**ten, "metadata": {"a": 1, "b": 3, "c": None, "d": 4}, "updated_at": after["updated_at"]}
    assert of(client, card["code"])["metadata"] == {"x": True}
    assert [(row["code"], row["found"]) for row in report_of(action)] == [(row["code"], "true") for row in rows]


def test_unknown_codes_are_counted_as_failed_and_never_created(client: httpx.Client, make: Make) -> None:
    known, unknown, binned = make(), a_code(), make()
    client.delete(f"/v1/vouchers/{binned['code']}")
    codes = [unknown, known["code"], binned["code"], known["id"]]
    action = bulk(client, "bulk", [{"code": code, "metadata": {"a": 1}} for code in codes])
    assert (action["operation_status"], action["result"]["done_count"]) == ("SUCCESS", 1)
    errors = action["result"]["errors"]
    assert [(each["code"], each["row"], each["key"]) for each in errors] == [
        (unknown, 1, "not_found"), (binned["code"], 3, "not_found"), (known["id"], 4, "not_found"),
    ]  # fmt: skip
    assert all(each["message"] and each["details"] for each in errors)
    assert client.get(f"/v1/vouchers/{unknown}").status_code == 404


def test_the_same_metadata_goes_to_all_that_are_named(client: httpx.Client, make: Make) -> None:
    one, two, unknown = make(metadata={"kept": 1}), make(), a_code()
    body = {"codes": [one["code"], unknown, two["code"]], "metadata": {"season": "Fall"}}
    action = bulk(client, "metadata", body)
    assert (action["type"], action["result"]["done_count"]) == ("VOUCHERS.METADATA_UPDATE", 2)
    assert [(each["code"], each["row"]) for each in action["result"]["errors"]] == [(unknown, 2)]
    assert of(client, one["code"])["metadata"] == {"kept": 1, "season": "Fall"}
    assert of(client, two["code"])["metadata"] == {"season": "Fall"}


def test_metadata_that_would_be_too_much_is_a_row_that_fails(client: httpx.Client, make: Make) -> None:
    full = make(metadata={f"k{n}": n for n in range(999)})
    action = bulk(client, "metadata", {"codes": [full["code"]], "metadata": {"x": 1, "y": 2}})
    [error] = action["result"]["errors"]
    assert (action["operation_status"], error["key"]) == ("FAILED", "invalid_payload")
    assert of(client, full["code"]) == full


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("bulk", [{"metadata": {}}]),
        ("bulk", [{"code": "x"}]),
        ("bulk", [{"code": "", "metadata": {}}]),
        ("bulk", [{"code": "x", "metadata": {"n": 1e300}}]),
        ("bulk", {}),
        ("metadata", {"codes": [], "metadata": {"a": 1}}),
        ("metadata", {"codes": ["x"]}),
        ("metadata", {"codes": [1], "metadata": {}}),
        ("metadata", {"metadata": {}}),
        ("metadata", []),
    ],
)
def test_a_malformed_request_is_a_400(client: httpx.Client, path: str, body: Any) -> None:
    refused(client.post(f"/v1/vouchers/{path}/async", json=body), 400, "invalid_payload")


def test_no_vouchers_are_done_at_once(client: httpx.Client) -> None:
    action = bulk(client, "bulk", [])
    assert (action["status"], action["result"]["done_count"], action["result"]["failed_count"]) == ("DONE", 0, 0)
